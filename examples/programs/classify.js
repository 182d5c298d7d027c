// The rules as a program, asked line by line on stdin: node classify.js
const FATAL = /^(30[0-57]|4(?!0[89])\d\d|50[15])$/;

function outcome(status) {
  if (status === "200") return "success";
  return FATAL.test(status) ? "fatal" : "transient";
}

function countPosts(events) {
  let posts = 1;
  let last = null; // the last answer; null while a post is outstanding
  for (const event of events) {
    if (event !== "retry" && event !== "resume") {
      last = event;
    } else if (last !== null && last !== "200" && last !== "403") {
      if (event === "retry" && outcome(last) === "fatal") continue;
      posts += 1;
      last = null;
    }
  }
  return posts;
}

function answer(line) {
  const [word, ...events] = line.split(" ");
  if (word === "posts") return countPosts(events);
  if (!/^\d{3}$/.test(line)) return "rejected";
  if (line === "200") return "success no 0";
  const hresult = (0x80190000 + Number(line)).toString(16).toUpperCase();
  return `${outcome(line)} ${line === "403" ? "no" : "yes"} 7 0x${hresult}`;
}

const lines = require("node:readline").createInterface({ input: process.stdin });
lines.on("line", (line) => process.stdout.write(`${answer(line)}\n`));
