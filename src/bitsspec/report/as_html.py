"""The report as one HTML file that asks nothing of any network.

`report.html` is the page, with `report.css` and `report.js` inside. Every text is put into it by `Markup`,
which escapes whatever is not `Markup` itself; and scripts run by their hash alone, so that text of the
candidate's could not become one even if it were not escaped. A template engine would do the same, but to load
one takes longer than a tenth of a short run.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from markupsafe import Markup

from bitsspec.ranges import runs
from bitsspec.report.as_markdown import command, standing
from bitsspec.report.model import ClauseResult, Departure, Report, in_full, show_input
from bitsspec.spec import OUTCOME_CLAUSES, STATUS_CODES, Outcome
from bitsspec.text import LONGEST, shorten

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

OPTION = Markup("<option>%s</option>")
LEGEND = Markup('<li><i class="%s"></i>%s')
CLAUSE = Markup(
    '<tr><th scope="row">%s <span class="small">%s</span></th>'
    '<td class="long">%s <span class="small">%s</span></td>'
    '<td><span class="badge %s">%s</span> <span class="small">%s</span></td></tr>'
)
BLOCK = Markup('<div role="rowgroup" aria-label="%s">\n%s\n</div>')
ROW = Markup('<div role="row">%s</div>')
CELL = Markup('<i role=gridcell class=%s title="%s"></i>')
DEPARTURES = Markup(
    '<div class="scroll" role="region" aria-labelledby="departures" tabindex="0">\n<table id="departing">\n'
    '<thead><tr><th scope="col">Input</th><th scope="col">Expected</th><th scope="col">Got</th></tr>'
    "</thead>\n%s\n</table>\n</div>"
)
PART = Markup(
    '<tbody data-clause="%s">\n<tr><th colspan="3" scope="rowgroup">%s %s '
    '<span class="small">%s</span></th></tr>\n%s\n</tbody>'
)
NOTE = Markup('<tr class="note"><td colspan="3">%s')
LINE = Markup('<tr data-due="%s"><td>%s<td>%s<td>%s')
ACCEPTED_LINE = Markup(
    '<tr class="accepted" data-due="%s"><td>%s<td>%s<td>%s <span class="small">accepted: %s</span>'
)
LEFT_OUT = Markup(
    '<tr><td colspan="3">%s more rows are left out here; the picture has every status code, '
    "a JSON report everything."
)


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
    departing = _departing(report, DEPARTURES_BYTES - sum(_size(cell.says) for cell in cells))
    named = [result.clause.id for result in report.clauses if result.clause.governs or result.departures]
    style, script = Markup(_file("report.css")), Markup(_file("report.js"))
    stands = standing(report)
    page = Markup(_file("report.html")).format(
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        standing=stands,
        badge="failed" if report.failed else stands.replace(" ", "-"),
        target=_line(report.target, LONGEST_TARGET),
        verdict=_line(report.verdict(), LONGEST_TARGET),
        command=_line(command(report), LONGEST_TARGET),
        version=_line(report.version),
        seed=report.seed,
        strict=", strict" if report.strict else "",
        duration=report.duration_s,
        asked=report.codes_asked,
        capabilities=", ".join(_line(capability) for capability in report.capabilities),
        clauses=_lines(_draw_clause(result) for result in report.clauses),
        clause_options=_lines(OPTION % name for name in named),
        outcome_options=_lines(OPTION % outcome for outcome in Outcome),
        more_legend=_draw_more_legend({cell.kind for cell in cells}),
        picture=_draw_picture(cells),
        departures=_draw_departures(departing),
        filters=_filters(report),
    )
    return str(page)


def _draw_clause(result: ClauseResult) -> Markup:
    found, accepted = len(result.open), len(result.departures) - len(result.open)
    counts = [f"{result.checked:,} checked"] if result.checked else []
    counts += [f"{found:,} {'departs' if found == 1 else 'depart'}"] if found else []
    counts += [f"{accepted:,} accepted"] if accepted else []
    clause, kind = result.clause, result.result.replace(" ", "-")
    told = (clause.id, clause.level, clause.text, clause.cites, kind, result.result, ", ".join(counts))
    return CLAUSE % told


def _draw_more_legend(kinds: set[str]) -> Markup:
    more = {"accepted": "departs, accepted", "unasked": "not asked"}
    return _lines(LEGEND % (kind, text) for kind, text in more.items() if kind in kinds)


def _draw_picture(cells: Sequence[Cell]) -> Markup:
    drawn = [CELL % cell for cell in cells]
    rows = [ROW % Markup("").join(drawn[first : first + 10]) for first in range(0, len(drawn), 10)]
    hundreds = range(len(rows) // 10)
    return _lines(BLOCK % (f"{n}00-{n}99", _lines(rows[10 * n : 10 * n + 10])) for n in hundreds)


def _draw_departures(departing: Sequence[Departing]) -> Markup:
    if not departing:
        return Markup("<p>None.</p>")
    return DEPARTURES % _lines(_draw_departing(part) for part in departing)


def _draw_departing(part: Departing) -> Markup:
    clause = part.result.clause
    lines = [NOTE % note for note in part.notes]
    lines += [
        ACCEPTED_LINE % (row.outcomes, row.given, row.expected, row.got, row.accepted)
        if row.accepted
        else LINE % (row.outcomes, row.given, row.expected, row.got)
        for row in part.rows
    ]
    lines += [LEFT_OUT % f"{part.left_out:,}"] if part.left_out else []
    return PART % (clause.id, clause.id, part.result.result, clause.text, _lines(lines))


def _lines(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)


def _file(name: str) -> str:
    return (resources.files("bitsspec.report") / name).read_text(encoding="utf-8")


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

    def drawn(longest: int) -> Iterator[Cell]:
        return (_cell(code, governing[code], departing.get(code, ()), longest) for code in STATUS_CODES)

    for longest in SHORTER[:-1]:
        cells: list[Cell] = []
        room = PICTURE_BYTES
        for cell in drawn(longest):
            cells.append(cell)
            room -= _size(cell.says)
            if room < 0:
                break
        else:
            return cells
    return list(drawn(SHORTER[-1]))


def _cell(
    code: int,
    governed_by: ClauseResult,
    departures: Sequence[tuple[ClauseResult, Departure]],
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
        kind = str(due) if governed_by.checked else "unasked"
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


def _filters(report: Report) -> Markup:
    """Return what the script filters by, as JSON: ranges of status codes and words of our own."""
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
