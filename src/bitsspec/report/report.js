"use strict";
{
  const data = JSON.parse(document.getElementById("filters").textContent);
  const picture = document.getElementById("picture");
  const told = document.getElementById("told");
  const shown = document.getElementById("shown");
  const form = document.getElementById("choose");
  const cells = [...picture.querySelectorAll("[role=gridcell]")];
  const parts = [...document.querySelectorAll("#departing tbody")];
  const kinds = cells.map((cell) => cell.className);
  const expand = (ranges) => {
    const codes = new Set();
    for (const [first, last] of ranges) for (let code = first; code <= last; code++) codes.add(code);
    return codes;
  };
  const expected = [];
  for (const [outcome, ranges] of Object.entries(data.outcomes))
    for (const code of expand(ranges)) expected[code] = outcome;
  const clauses = new Map(data.clauses.map((clause) => [clause.id, {
    ...clause, governs: expand(clause.governs), departs: expand(clause.departs),
    accepted: expand(clause.accepted),
  }]));
  const isShown = (code) => !cells[code].classList.contains("out");

  // One tab stop for the whole picture; the arrow keys move it.
  let current = 0;
  const stopAt = (code) => {
    cells[current].tabIndex = -1;
    current = code;
    cells[current].tabIndex = 0;
  };
  const firstShown = (from, step, last) => {
    for (let code = from; step > 0 ? code <= last : code >= last; code += step)
      if (isShown(code)) return code;
    return current;
  };
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10, PageDown: 100, PageUp: -100 };
  picture.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const row = current - (current % 10);
    let to;
    if (event.key in steps) {
      const step = steps[event.key];
      to = firstShown(current + step, step, step > 0 ? 999 : 0);
    } else if (event.key === "Home") {
      to = event.ctrlKey ? firstShown(0, 1, 999) : firstShown(row, 1, row + 9);
    } else if (event.key === "End") {
      to = event.ctrlKey ? firstShown(999, -1, 0) : firstShown(row + 9, -1, row);
    } else return;
    event.preventDefault();
    cells[to].focus();
  });
  picture.addEventListener("focusin", (event) => {
    stopAt(cells.indexOf(event.target));
    told.textContent = event.target.title;
  });
  picture.addEventListener("mouseover", (event) => {
    if (event.target.title) told.textContent = event.target.title;
  });

  // What a code is with regard to one clause, or to all of them; null where the clause says nothing of it.
  const kindOf = (code, clause) => {
    if (!clause) return kinds[code];
    if (!clause.governs.has(code)) return null;
    if (kinds[code].startsWith("unobserv")) return kinds[code];
    if (clause.departs.has(code)) return "departs";
    if (clause.accepted.has(code)) return "accepted";
    return clause.asked ? expected[code] : "unasked";
  };
  const filter = () => {
    const { result, clause, outcome } = Object.fromEntries(new FormData(form));
    const fits = (kind) => !result || kind === result || (result === "conforms" && kind in data.outcomes);
    let codes = 0;
    cells.forEach((cell, code) => {
      const kind = kindOf(code, clauses.get(clause));
      const isIn = kind !== null && fits(kind) && (!outcome || expected[code] === outcome);
      cell.className = isIn ? kind : `${kinds[code]} out`;
      codes += isIn;
    });
    if (!isShown(current)) stopAt(firstShown(0, 1, 999));
    for (const part of parts) {
      let rows = 0;
      for (const row of part.querySelectorAll("[data-expected]")) {
        row.hidden = !fits(row.className || "departs")
          || Boolean(outcome && !row.dataset.expected.split(" ").includes(outcome));
        rows += !row.hidden;
      }
      part.hidden = Boolean(!rows && (result || outcome)) || Boolean(clause && part.dataset.clause !== clause);
    }
    shown.textContent = `${codes} of 1000 codes`;
  };
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  for (const cell of cells) cell.tabIndex = -1;
  stopAt(Math.max(0, kinds.indexOf("departs")));
  form.hidden = told.hidden = false;
}
