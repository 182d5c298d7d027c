"""The 1,000 status codes as a picture, which the pages draw by `picture.html.jinja`."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from bitsspec.report.model import ClauseResult, Departure, Report, in_full
from bitsspec.report.story import in_brackets
from bitsspec.spec import OUTCOME_CLAUSES, STATUS_CODES, Outcome
from bitsspec.text import shorten

LONGEST_EXPECTED = 30
UNSEEN = {"unobservable": "not observable", "unobserved": "not observed"}
"""How a status code is drawn of which nothing could be seen, and what that is called."""


class Cell(NamedTuple):
    """One status code of the picture: ``kind`` is how it is drawn, ``says`` what it says of itself."""

    kind: str
    says: str


def draw(report: Report, longest: int) -> Iterator[Cell]:
    """Yield the status codes of a report; what came back there is at most so many characters ``longest``."""
    governing = {
        code: result
        for result in in_full(report.clauses)
        if result.clause in OUTCOME_CLAUSES
        for code in result.clause.governs
    }
    departing = report.departing_codes()
    out_of_sight = {
        code: ("unobservable", each.reason) for each in report.not_observable for code in each.all
    } | {
        code: ("unobserved", shorten(each.reason, longest))
        for result in report.clauses
        if result.clause in OUTCOME_CLAUSES
        for each in result.not_observed
        for code in each.all
    }
    for code in STATUS_CODES:
        if code in out_of_sight and code not in departing:
            kind, why = out_of_sight[code]
            yield Cell(kind, f"{code:03d}: {UNSEEN[kind]}: {why}")
        else:
            yield _cell(code, governing[code], departing.get(code, ()), longest)


@cache
def outcomes() -> tuple[Outcome, ...]:
    """Return the outcome that is expected at each status code."""
    expected = {code: Outcome(*clause.permits(code)) for clause in OUTCOME_CLAUSES for code in clause.governs}
    return tuple(expected[code] for code in STATUS_CODES)


def _cell(
    code: int,
    governed_by: ClauseResult,
    departures: Sequence[tuple[ClauseResult, Departure]],
    longest: int,
) -> Cell:
    outcome, clause = outcomes()[code], governed_by.clause
    parts = []
    if not any(result.clause is clause for result, _ in departures):
        got = f"got {outcome}" if governed_by.checked else "not asked"
        parts.append(f"expected {outcome} ({clause.id}), {got}")
    by_answer: dict[str, list[str]] = {}
    for result, departure in departures:
        accepted = "" if departure.accepted is None else ", accepted"
        got = f"got {shorten(departure.got, longest)}{shorten(in_brackets([departure]), longest)}{accepted}"
        expected = shorten(departure.expected, max(longest, LONGEST_EXPECTED))
        by_answer.setdefault(got, []).append(f"{expected} ({result.clause.id})")
    parts += [f"expected {', '.join(clauses)}, {got}" for got, clauses in by_answer.items()]
    if any(departure.accepted is None for _, departure in departures):
        kind = "departs"
    elif departures:
        kind = "accepted"
    else:
        kind = str(outcome) if governed_by.checked else "unasked"
    return Cell(kind, f"{code:03d}: {'; '.join(parts)}")
