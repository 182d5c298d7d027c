"""The report as one HTML file, drawn by `report.html.jinja`; it stays small whatever a candidate answers."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from bitsspec import pages
from bitsspec.ranges import runs
from bitsspec.report.as_markdown import command, standing
from bitsspec.report.causes import cause
from bitsspec.report.model import ClauseResult, Departure, Report
from bitsspec.report.picture import Cell, draw, outcomes
from bitsspec.report.story import (
    MOST_LINES,
    PAGE,
    explained,
    in_brackets,
    in_ranges,
    in_words,
    noticed,
    unjudged,
)
from bitsspec.spec import STATUS_CODES, Outcome
from bitsspec.text import LONGEST, shorten

LONGEST_TARGET = 800
DEPARTURES_BYTES = 210_000
"""What the departures may take in all, so that the file stays below 300 kB."""
PICTURE_BYTES = 175_000
"""How much of that the picture may take; the table has the rest."""
SHORTER = (LONGEST, 60, 20, 1)
"""How long what came back may be in the picture: the longest of these that fits."""
ROW_BYTES, ACCEPTED_BYTES = 50, 60
"""What a row of the table takes beside its text, and what it takes besides where it is accepted."""
MOST_NOTES = 20


class Row(NamedTuple):
    """One row of the table: departures that are alike."""

    given: str
    expected: str
    got: str
    accepted: str
    """Why the project accepts it; empty where it does not."""
    outcomes: str = ""
    """The outcomes that are expected at its status codes, separated by blanks."""


class Part(NamedTuple):
    """A clause's part of the table, and how many of its rows did not fit."""

    result: ClauseResult
    notes: Sequence[str]
    rows: Sequence[Row]
    left_out: int


def render(report: Report) -> str:
    """Return the HTML report: below 300 kB of UTF-8 whatever the candidate answered."""
    cells, filters = _cells(report), _filters(report)
    room = DEPARTURES_BYTES - sum(_size(cell.says) for cell in cells) - len(json.dumps(filters))
    stands = standing(report)
    return pages.render(
        "report/report.html.jinja",
        report=report,
        longest=LONGEST_TARGET,
        standing=stands,
        badge="failed" if report.failed else stands.replace(" ", "-"),
        command=command(report),
        counts=_counts,
        cells=cells,
        parts=_parts(report, room),
        filters=filters,
        page=PAGE,
        unjudged=unjudged(report),
    )


def _counts(result: ClauseResult) -> str:
    """Return how much was checked and how much of it departs."""
    found, accepted = len(result.open), len(result.departures) - len(result.open)
    counts = [f"{result.checked:,} checked"] if result.checked else []
    counts += [f"{found:,} {'departs' if found == 1 else 'depart'}"] if found else []
    counts += [f"{accepted:,} accepted"] if accepted else []
    return ", ".join(counts)


def _cells(report: Report) -> list[Cell]:
    """Return the picture, in which answers are as long as there is room for."""
    for longest in SHORTER:
        cells = list(draw(report, longest))
        if sum(_size(cell.says) for cell in cells) <= PICTURE_BYTES:
            break
    return cells


def _parts(report: Report, room: int) -> list[Part]:
    """Return the table; each clause has its share of the room, and what others left of theirs."""
    results = report.telling
    parts = []
    for index, result in enumerate(results):
        rows, shown = _rows(result), 0
        share = room // (len(results) - index)
        for row in rows[:MOST_LINES]:
            size = _size("".join(row)) + ROW_BYTES + (ACCEPTED_BYTES if row.accepted else 0)
            if size > share:
                break
            share, room, shown = share - size, room - size, shown + 1
        said = [f"cause: {remedy}"] if (remedy := cause(result)) else []
        said += [f"why: {where}"] if (where := explained(result)) else []
        notes = [*said, *(shorten(note) for note in result.notes[:MOST_NOTES]), *noticed(result)]
        parts.append(Part(result, notes, rows[:shown], len(rows) - shown))
    return parts


def _rows(result: ClauseResult) -> list[Row]:
    """Return the departures, those that are accepted last; codes in a row that depart alike are one row."""
    accepted = [departure for departure in result.departures if departure.accepted is not None]
    return [*_alike(result, result.open), *_alike(result, accepted)]


def _alike(result: ClauseResult, departures: Sequence[Departure]) -> list[Row]:
    ranges, others = in_ranges(departures, shorten)
    rows = []
    for each in ranges:
        due = "" if each.word else " ".join(sorted({*outcomes()[each.first : each.last + 1]}))
        rows.append(Row(each.given, each.expected, each.got + each.seen, _reason(each.accepted), due))
    for departure in others:
        told = in_words(result.clause, departure) + in_brackets([departure])
        rows.append(Row(shorten(told), "", "", _reason(departure.accepted)))
    return rows


def _reason(accepted: str | None) -> str:
    return "" if accepted is None else shorten(accepted) or "accepted"


def _filters(report: Report) -> dict[str, Any]:
    """Return what the script filters by: ranges of status codes and words of our own."""
    clauses = []
    for result in report.clauses:
        is_open = {d.input: d.accepted is None for d in result.departures if isinstance(d.input, int)}
        clauses.append(
            {
                "id": result.clause.id,
                "asked": result.checked > 0,
                "governs": runs(sorted(result.clause.governs)),
                "departs": runs(sorted(code for code in is_open if is_open[code])),
                "accepted": runs(sorted(code for code in is_open if not is_open[code])),
            }
        )
    expected = {outcome: runs(c for c in STATUS_CODES if outcomes()[c] is outcome) for outcome in Outcome}
    return {"clauses": clauses, "outcomes": expected}


def _size(text: str) -> int:
    """Return how many bytes ``text`` takes in an HTML file, or a few more."""
    return len(text.encode()) + 4 * sum(map(text.count, "&<>\"'"))
