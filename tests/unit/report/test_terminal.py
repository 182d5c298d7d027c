"""The report as the terminal shows it."""

import io
from collections.abc import Iterable

from rich.console import Console

from bitsspec.report import terminal
from bitsspec.report.model import ClauseResult, Departure, Report, Result
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES, OUTCOME_CLAUSES
from tests.support.reports import departs, report, result

ACCEPTED = departs(430, 431, accepted="our proxy")


def outcomes(*departures: Departure, notes: Iterable[str] = (), **more: object) -> Report:
    """Return a report in which BITS-4XX has these departures and the other outcome clauses are passed."""
    others = (result(clause.id) for clause in OUTCOME_CLAUSES if clause.id != "BITS-4XX")
    return report(result("BITS-4XX", *departures, notes=notes), *others, **more)


def shown(given: Report, *, styled: bool = False, width: int = 100) -> list[str]:
    file = io.StringIO()
    terminal.show(Console(file=file, width=width, color_system="standard" if styled else None), given)
    return file.getvalue().splitlines()


def test_the_head_names_candidate_capabilities_version_and_seed() -> None:
    head = ["candidate  t", "offers     classify, repost", "run        bitsspec 9.9, seed 7"]
    given = outcomes(capabilities=["classify", "repost"])
    assert shown(given)[:4] == [*head, ""]
    given.strict = True
    assert shown(given)[2] == f"{head[2]}, strict"


def test_every_clause_has_a_row_with_rule_result_and_how_much_was_checked() -> None:
    lines = shown(outcomes())
    assert lines[4].split() == ["clause", "rule", "result", "checked"]
    rows = {line.split()[0]: line.rstrip() for line in lines[5:] if line.startswith("BITS-")}
    assert list(rows) == list(CLAUSE_BY_ID)
    assert rows["BITS-3XX"].split()[-2:] == ["passed", "100"]
    assert rows["BITS-DOMAIN"].endswith("not run")
    assert max(map(len, lines[4:20])) <= 100


def test_in_a_narrow_terminal_the_rule_alone_is_wrapped() -> None:
    given = report(ClauseResult(CLAUSES[-1], Result.NOT_OFFERED))
    lines = [line.rstrip() for line in shown(given, width=45)[4:]]
    assert any(line.endswith("not offered") for line in lines)
    assert any(line.endswith("not run") for line in lines)
    assert max(map(len, lines[: lines.index("")])) <= 45


def test_a_departure_and_the_verdict_are_one_line_however_long_they_are() -> None:
    lines = shown(outcomes(*departs(429, got="x" * 200), target="t" * 300))
    assert f"  429: expected fatal, got {'x' * 200}" in lines
    assert lines[0] == "candidate  " + "t" * 300
    assert lines[-1].startswith("t" * 300 + " departs")


def test_the_picture_has_one_sign_for_each_code_that_was_asked() -> None:
    given = outcomes(*departs(429), *ACCEPTED)
    given.clauses[1] = ClauseResult(CLAUSE_BY_ID["BITS-3XX"])
    lines = shown(given)
    start = lines.index("codes  . conforms  # departs  ~ accepted, blank: not asked")
    rows = lines[start + 1 : start + 21]
    assert [row.split()[0] for row in rows] == [f"{first:03d}" for first in range(0, 1000, 50)]
    assert [row.rstrip() for row in rows[6:8]] == ["300", "350"]
    assert rows[8] == "400 " + " ".join(["." * 10, "." * 10, "." * 9 + "#", "~~" + "." * 8, "." * 10])
    assert rows[9] == "450 " + " ".join(["." * 10] * 5)


def test_departures_come_with_the_rule_cited_and_what_is_accepted_below_them() -> None:
    lines = shown(outcomes(*departs(429), *ACCEPTED, notes=["a note"]))
    assert lines[lines.index("BITS-4XX failed [P2S2]") - 1 :] == [
        "",
        "BITS-4XX failed [P2S2]",
        "  429: expected fatal, got transient",
        "  accepted: 430-431: expected fatal, got transient",
        "  a note",
        "",
        "t departs from BITS-4XX at 1 of 1,000 status codes (bitsspec 9.9, seed 7).",
    ]


def test_a_note_alone_is_shown_too_and_a_clause_with_nothing_to_say_is_not() -> None:
    lines = shown(outcomes(notes=["stale entry"]))
    assert lines[lines.index("BITS-4XX failed [P2S2]") + 1] == "  stale entry"
    assert not [line for line in shown(outcomes()) if "[P" in line]


def test_thirty_lines_of_departures_are_shown_and_the_others_counted() -> None:
    every_other = departs(*range(410, 474, 2))
    assert shown(outcomes(*every_other[:30]))[-3] == "  468: expected fatal, got transient"
    assert shown(outcomes(*every_other))[-4:-2] == [
        "  468: expected fatal, got transient",
        "  and 2 lines more: --report out.json lists every departure",
    ]


def test_the_verdict_is_green_or_red() -> None:
    assert shown(outcomes(), styled=True)[-1].startswith("\x1b[1;32m")
    assert shown(outcomes(*departs(429)), styled=True)[-1].startswith("\x1b[1;31m")


def test_the_verdict_alone_is_one_line() -> None:
    file = io.StringIO()
    terminal.show_verdict(Console(file=file, width=20), outcomes())
    assert file.getvalue() == outcomes().verdict() + "\n"
