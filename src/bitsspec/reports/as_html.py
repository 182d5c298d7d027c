"""The report as one HTML file that asks nothing of any network.

`report.html.jinja` draws it, with `report.css` and `report.js` inside. Scripts run by their hash alone, so
that text of the candidate's could not become one even if it were not escaped.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from bitsspec.report import ClauseResult, Departure, Report, in_full, show_input
from bitsspec.reports.as_markdown import command, standing
from bitsspec.spec import OUTCOME_CLAUSES, STATUS_CODES, Outcome
from bitsspec.text import LONGEST, runs, shorten

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

LONGEST_TARGET = 800
DEPARTURES_BYTES = 212_000
"""What the departures may take in all, so that the file stays below 300 kB."""
PICTURE_BYTES = 175_000
"""How much of that the picture may take; the table has the rest."""
SHORTER = (LONGEST, 60, 20, 1)
"""How long what came back may be in the picture: the longest of these that fits."""
LONGEST_EXPECTED = 30
ROW_BYTES = 45
"""What a row of the table takes beside its text."""
MOST_NOTES = 20
BLOCK = 100


class Cell(NamedTuple):
    """One status code of the picture: ``kind`` is how it is drawn, ``says`` what it says of itself."""

    kind: str
    says: str


class Row(NamedTuple):
    """One row of the table: departures that are alike."""

    given: str
    expected: str
    got: str
    accepted: str
    """Why the project accepts it; empty where it does not."""
    outcomes: str
    """The outcomes that are due at its status codes, separated by blanks."""


class Departing(NamedTuple):
    """A clause's part of the table, and how many of its rows did not fit."""

    result: ClauseResult
    notes: Sequence[str]
    rows: Sequence[Row]
    left_out: int


def render(report: Report) -> str:
    """Return the HTML report: below 300 kB of UTF-8 whatever the candidate answered."""
    cells = _cells(report)
    return _template().render(
        report=report,
        standing=standing(report),
        target=_line(report.target, LONGEST_TARGET),
        paragraphs=[_line(report.verdict(), LONGEST_TARGET)],
        command=_line(command(report), LONGEST_TARGET),
        version=_line(report.version),
        capabilities=[_line(capability) for capability in report.capabilities],
        blocks=[cells[first : first + BLOCK] for first in range(0, len(cells), BLOCK)],
        kinds={cell.kind for cell in cells},
        outcomes=list(Outcome),
        departing=_departing(report, DEPARTURES_BYTES - sum(_size(cell.says) for cell in cells)),
        filters=_filters(report),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style, script = _file("report.css"), _file("report.js")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(style=Markup(style), script=Markup(script), hash_of=_hash)
    return environment.from_string(_file("report.html.jinja"))


def _file(name: str) -> str:
    return (resources.files("bitsspec.reports") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _cells(report: Report) -> list[Cell]:
    governing = {
        code: result
        for result in in_full(report.clauses)
        if result.clause in OUTCOME_CLAUSES
        for code in result.clause.governs
    }
    departing = report.departing_codes()
    asked = {code for result in report.clauses if result.checked for code in result.clause.governs}
    cells: list[Cell] = []
    for longest in SHORTER:
        cells = []
        room = PICTURE_BYTES
        for code in STATUS_CODES:
            cell = _cell(code, governing[code], departing.get(code, ()), code in asked, longest)
            cells.append(cell)
            room -= _size(cell.says)
            if room < 0 and longest > SHORTER[-1]:
                break
        else:
            break
    return cells


def _cell(
    code: int,
    governed_by: ClauseResult,
    departures: Sequence[tuple[ClauseResult, Departure]],
    asked: bool,
    longest: int,
) -> Cell:
    due, clause = _due()[code], governed_by.clause
    parts = []
    if not any(result.clause is clause for result, _ in departures):
        got = f"got {due}" if governed_by.checked else "not asked"
        parts.append(f"expected {due} ({clause.id}), {got}")
    expected: dict[str, list[str]] = {}
    for result, departure in departures:
        accepted = "" if departure.accepted is None else ", accepted"
        got = f"got {_line(departure.got, longest)}{accepted}"
        due_here = _line(departure.expected, max(longest, LONGEST_EXPECTED))
        expected.setdefault(got, []).append(f"{due_here} ({result.clause.id})")
    parts += [f"expected {', '.join(clauses)}, {got}" for got, clauses in expected.items()]
    if any(departure.accepted is None for _, departure in departures):
        kind = "departs"
    elif departures:
        kind = "accepted"
    else:
        kind = str(due) if asked else "unasked"
    return Cell(kind, f"{code:03d}: {'; '.join(parts)}")


def _departing(report: Report, room: int) -> list[Departing]:
    results = [result for result in report.clauses if result.departures or result.notes]
    departing = []
    for index, result in enumerate(results):
        rows, shown = _rows(result), 0
        share = room // (len(results) - index)
        for row in rows:
            size = _size(row.given + row.expected + row.got + row.accepted) + ROW_BYTES
            if size > share:
                break
            share, room, shown = share - size, room - size, shown + 1
        notes = [_line(note) for note in result.notes[:MOST_NOTES]]
        departing.append(Departing(result, notes, rows[:shown], len(rows) - shown))
    return departing


def _rows(result: ClauseResult) -> list[Row]:
    due = _due()
    alike: dict[tuple[str, str, str], list[int]] = {}
    others = []
    for departure in result.departures:
        expected, got = _line(departure.expected), _line(departure.got)
        accepted = "" if departure.accepted is None else _line(departure.accepted) or "accepted"
        if isinstance(departure.input, int):
            alike.setdefault((expected, got, accepted), []).append(departure.input)
        else:
            others.append(Row(_line(show_input(departure.input)), expected, got, accepted, ""))
    ranges = sorted((a, b, key) for key, codes in alike.items() for a, b in runs(sorted(codes)))
    return [
        Row(f"{a:03d}" if a == b else f"{a:03d}-{b:03d}", *key, " ".join(sorted({*due[a : b + 1]})))
        for a, b, key in ranges
    ] + others


@cache
def _due() -> tuple[Outcome, ...]:
    """Return the outcome that is due at each status code."""
    due = {code: Outcome(*clause.permits(code)) for clause in OUTCOME_CLAUSES for code in clause.governs}
    return tuple(due[code] for code in STATUS_CODES)


def _filters(report: Report) -> "Markup":
    """Return what the script filters by, as JSON: ranges of status codes and words of our own."""
    from markupsafe import Markup

    clauses: list[dict[str, Any]] = []
    for result in report.clauses:
        departing = {d.input: d.accepted is None for d in result.departures if isinstance(d.input, int)}
        clauses.append(
            {
                "id": result.clause.id,
                "asked": result.checked > 0,
                "governs": runs(sorted(result.clause.governs)),
                "departs": runs(sorted(code for code, is_open in departing.items() if is_open)),
                "accepted": runs(sorted(code for code, is_open in departing.items() if not is_open)),
            }
        )
    outcomes = {due: runs([code for code, it in enumerate(_due()) if it is due]) for due in Outcome}
    text = json.dumps({"clauses": clauses, "outcomes": outcomes}, separators=(",", ":"))
    # "<" is the one character that could end the script element that holds this
    return Markup(text.replace("<", "\\u003c"))


def _size(text: str) -> int:
    """Return how many bytes ``text`` takes in an HTML file, or a few more."""
    return len(text.encode()) + 4 * sum(map(text.count, "&<>\"'"))


def _line(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` as `shorten` does, and sooner where all of it is printable."""
    if not text.isprintable():
        return shorten(text, longest)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
