// What the clients for Node.js share: one upload a line is read, URL and file separated by a tab, and when an
// upload has ended it is printed how. Several may be under way at once.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

export function serve(put) {
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const [url, file] = line.split("\t");
    let word = "success";
    try {
      await put(url, await readFile(file));
    } catch {
      word = "failure";
    }
    console.log(`${url} ${word}`);
  });
}

// fetch and what is made like it report an error by the status alone.
export function mustBeOk({ ok, status }) {
  if (!ok) throw new Error(`HTTP ${status}`);
}
