"""Reports as a run may make them, without a run."""

from collections.abc import Iterable
from typing import Any

from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full
from bitsspec.spec import CLAUSE_BY_ID

HOSTILE = [
    "<script>alert(1)</script>",
    "| a | b |\n| --- | --- |",
    "` `` ``` <b> ` ``",
    "`",
    "``ends in one`",
    "[link](https://example.org) ![image](x) https://example.org",
    "**bold** # heading @someone #1",
    "\n\n# heading\n\n- item\n\n```\n",
    "\r\n::error::other\r\n%0A::warning::x",
    "\\` \\| \\",
    "\x1b[31m \u202e\u2066 \ud800 \x00",
    " ",
    "",
]
"""Texts that a report must show as they are, whatever its format makes of them."""


def result(
    clause: str, *departures: Departure, checked: int = 100, notes: Iterable[str] = ()
) -> ClauseResult:
    """Return how a candidate with these departures stands to a clause."""
    made = ClauseResult(CLAUSE_BY_ID[clause], Result.PASSED, checked, list(departures), list(notes))
    if made.open or made.notes:
        made.result = Result.FAILED
    elif departures:
        made.result = Result.ACCEPTED
    return made


def departs(
    *codes: int, expected: str = "fatal", got: str = "transient", accepted: str | None = None
) -> list[Departure]:
    """Return the same departure at several codes."""
    return [Departure(code, expected, got, accepted) for code in codes]


def report(*results: ClauseResult, **more: Any) -> Report:
    """Return the report of a run in which these clauses had their turn."""
    fields: dict[str, Any] = {
        "target": "t",
        "strict": False,
        "seed": 7,
        "capabilities": ["classify"],
        "codes_asked": 1000,
        "version": "9.9",
    }
    return Report(clauses=in_full(results), **fields | more)


def made_of(text: str) -> Report:
    """Return a report in which everything that is not ours is ``text``."""
    return report(
        result("BITS-4XX", *departs(404, expected=text, got=text), notes=[text]),
        result("BITS-5XX", *departs(501, expected=text, got=text, accepted=text)),
        result("BITS-DOMAIN", Departure(text, text, text)),
        target=text,
        version=text,
        baseline=text,
        capabilities=[text],
    )
