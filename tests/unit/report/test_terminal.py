"""The report as the terminal shows it."""

import io
from dataclasses import replace

from rich.console import Console

from bitsspec.report import terminal
from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full
from bitsspec.spec import CLAUSE_BY_ID, OUTCOME_CLAUSES

FATAL_429 = Departure(429, "fatal", "transient")
ACCEPTED = [replace(FATAL_429, input=code, accepted="our proxy") for code in (430, 431)]


def report(*departures: Departure, notes: tuple[str, ...] = ()) -> Report:
    """Return a report in which BITS-4XX has these departures and the other outcome clauses are passed."""
    results = [ClauseResult(clause, Result.PASSED, len(clause.governs)) for clause in OUTCOME_CLAUSES]
    open_ones = [departure for departure in departures if departure.accepted is None]
    outcome = Result.FAILED if open_ones or notes else Result.ACCEPTED if departures else Result.PASSED
    results[2] = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], outcome, 100, list(departures), list(notes))
    return Report("t", False, 7, ["classify", "repost"], in_full(results), 1000, version="9.9")


def shown(given: Report, *, styled: bool = False, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system="standard" if styled else None)
    terminal.show(console, given)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text.splitlines()


def test_the_head_names_candidate_capabilities_version_and_seed() -> None:
    assert shown(report())[:4] == [
        "candidate  t",
        "offers     classify, repost",
        "run        bitsspec 9.9, seed 7",
        "",
    ]
    strict = report()
    strict.strict = True
    assert shown(strict)[2] == "run        bitsspec 9.9, seed 7, strict"


def test_every_clause_has_a_row_with_rule_result_and_how_much_was_checked() -> None:
    lines = shown(report())
    assert lines[4].split() == ["clause", "rule", "result", "checked"]
    rows = {line.split()[0]: line for line in lines[5:] if line.startswith("BITS-")}
    assert list(rows) == list(CLAUSE_BY_ID)
    assert rows["BITS-3XX"].split()[-2:] == ["passed", "100"]
    assert rows["BITS-DOMAIN"].rstrip().endswith("not run")
    assert lines[4].index("checked") + len("checked") == len(rows["BITS-3XX"].rstrip())
    assert max(map(len, lines[4:20])) <= 100


def test_the_rows_stand_below_each_other_with_two_blanks_between_the_columns() -> None:
    head, *rows = shown(report(), width=200)[4:16]
    texts = [clause.text for clause in CLAUSE_BY_ID.values()]
    rule, result = len("BITS-SUCCESS") + 2, len("BITS-SUCCESS") + 2 + max(map(len, texts)) + 2
    assert head.index("rule") == rule
    assert head.index("result") == result
    assert head.index("checked") == result + len("not run") + 2
    assert [row[rule:result].rstrip() for row in rows] == texts


def test_in_a_narrow_terminal_the_rule_alone_is_wrapped() -> None:
    given = report()
    given.clauses[-1].result = Result.NOT_OFFERED
    lines = shown(given, width=45)[4:]
    assert any(line.rstrip().endswith("not offered") for line in lines)
    assert any(line.rstrip().endswith("not run") for line in lines)
    assert max(map(len, lines[: lines.index("")])) <= 45


def test_a_departure_is_one_line_however_long_it_is() -> None:
    assert f"  429: expected fatal, got {'x' * 200}" in shown(report(replace(FATAL_429, got="x" * 200)))


def test_the_picture_has_one_sign_for_each_code() -> None:
    lines = shown(report(FATAL_429, *ACCEPTED))
    start = lines.index("codes  . conforms  # departs  ~ accepted, blank: not asked")
    rows = lines[start + 1 : start + 21]
    assert [row.split()[0] for row in rows] == [f"{first:03d}" for first in range(0, 1000, 50)]
    assert rows[7] == "350 " + " ".join(["." * 10] * 5)
    assert rows[8] == "400 " + " ".join(["." * 10, "." * 10, "." * 9 + "#", "~~" + "." * 8, "." * 10])
    assert lines[start + 21] == ""


def test_what_was_not_asked_is_blank() -> None:
    given = report()
    given.clauses[1] = ClauseResult(CLAUSE_BY_ID["BITS-3XX"])
    lines = shown(given)
    start = next(index for index, line in enumerate(lines) if line.startswith("300"))
    assert [line.strip() for line in lines[start : start + 2]] == ["300", "350"]
    assert lines[start + 2] == "400 " + " ".join(["." * 10] * 5)


def test_departures_come_with_the_rule_cited_and_what_is_accepted_below_them() -> None:
    lines = shown(report(FATAL_429, *ACCEPTED, notes=("a note",)))
    start = lines.index("BITS-4XX failed [P2S2]")
    assert lines[start - 1 :] == [
        "",
        "BITS-4XX failed [P2S2]",
        "  429: expected fatal, got transient",
        "  accepted: 430-431: expected fatal, got transient",
        "  a note",
        "",
        "t departs from BITS-4XX at 1 of 1,000 status codes (bitsspec 9.9, seed 7).",
    ]


def test_a_note_alone_is_shown_too_and_a_clause_with_nothing_to_say_is_not() -> None:
    lines = shown(report(notes=("stale entry",)))
    assert lines[lines.index("BITS-4XX failed [P2S2]") + 1] == "  stale entry"
    assert not [line for line in shown(report()) if "[P" in line]
    assert shown(report())[-1] == (
        "t conforms: 5 clauses held, 1,000 status codes asked (bitsspec 9.9, seed 7)."
    )


def test_thirty_lines_of_departures_are_shown_and_the_others_counted() -> None:
    every_other = [replace(FATAL_429, input=code) for code in range(410, 500, 2)]
    lines = shown(report(*every_other[:30]))
    assert lines[-3] == "  468: expected fatal, got transient"
    lines = shown(report(*every_other[:32]))
    assert lines[-4:-2] == [
        "  468: expected fatal, got transient",
        "  and 2 lines more: --report out.json lists every departure",
    ]


def test_the_verdict_is_green_or_red_and_one_line_however_long_it_is() -> None:
    given = report()
    given.target = "t" * 300
    assert shown(given)[-1].startswith("t" * 300 + " conforms")
    assert shown(given)[0] == "candidate  " + "t" * 300
    assert shown(given, styled=True)[-1].startswith("\x1b[1;32m")
    assert shown(report(FATAL_429), styled=True)[-1].startswith("\x1b[1;31m")
    assert "\x1b[1mt\x1b[0m" in shown(report(), styled=True)[0]


def test_the_verdict_alone_is_one_line() -> None:
    console = Console(file=io.StringIO(), width=20)
    terminal.show_verdict(console, report())
    assert console.file.getvalue() == report().verdict() + "\n"  # type: ignore[attr-defined]
