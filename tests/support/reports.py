"""Reports as a run may make them, without a run."""

from collections.abc import Iterable
from typing import Any

from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full
from bitsspec.spec import CLAUSE_BY_ID


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
