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
    assert lines[start + 1 : lines.index("", start)] == [
        "000-299 all conform",
        "300-399 not asked",
        "400 " + " ".join(["." * 10, "." * 10, "." * 9 + "#", "~~" + "." * 8, "." * 10]),
        "450-999 all conform",
    ]


def test_lines_of_the_picture_that_are_equal_are_one() -> None:
    alike = [*departs(*range(400, 500), accepted="ours"), *departs(*range(500, 550))]
    given = report(result("BITS-4XX", *alike), result("BITS-5XX", *departs(550, 599)))
    lines = shown(given)
    assert lines[lines.index("000-399 not asked") : lines.index("600-999 not asked")] == [
        "000-399 not asked",
        "400-499 all accepted",
        "500 " + " ".join(["#" * 10] * 5),
        "550 " + " ".join(["#" + "." * 9, *["." * 10] * 3, "." * 9 + "#"]),
    ]
    everything = report(*(result(clause.id, *departs(*clause.governs)) for clause in OUTCOME_CLAUSES))
    assert "000-999 all depart" in shown(everything)


def test_departures_come_with_the_rule_cited_and_what_is_accepted_below_them() -> None:
    given = outcomes(*departs(429), *ACCEPTED, notes=["a note"])
    given.clauses[1] = result("BITS-3XX", *departs(301, accepted="ours"))
    lines = shown(given)
    start = lines.index("BITS-4XX failed [P2S2]")
    assert lines[start - 1 : start + 9] == [
        "",
        "BITS-4XX failed [P2S2]",
        "  a note",
        "  429: expected fatal, got transient",
        "  accepted: 430-431: expected fatal, got transient (our proxy)",
        "  why: bitsspec explain 429",
        "",
        "BITS-3XX accepted [P2S1]",
        "  accepted: 301: expected fatal, got transient (ours)",
        "",
    ]
    assert lines[-2].startswith("rules: https://learn.microsoft.com/")


def test_a_note_alone_is_shown_too_and_a_clause_with_nothing_to_say_is_not() -> None:
    lines = shown(outcomes(notes=["stale entry"]))
    assert lines[lines.index("BITS-4XX failed [P2S2]") + 1] == "  stale entry"
    assert not [line for line in shown(outcomes()) if "[P" in line]


def test_forty_lines_of_a_clause_are_shown_and_the_others_counted() -> None:
    lines = shown(outcomes(*departs(*range(400, 500, 2))))
    story = lines[lines.index("BITS-4XX failed [P2S2]") + 1 :]
    assert story.index("") == 40
    assert story[38] == "  and 12 lines more: --report out.json lists every departure"


def test_the_verdict_is_green_or_red() -> None:
    assert shown(outcomes(), styled=True)[-1].startswith("\x1b[1;32m")
    assert shown(outcomes(*departs(429)), styled=True)[-1].startswith("\x1b[1;31m")


def test_the_verdict_alone_is_one_line() -> None:
    file = io.StringIO()
    terminal.show_verdict(Console(file=file, width=20), outcomes())
    assert file.getvalue() == outcomes().verdict() + "\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_wraps_the_verdict_at_words_and_takes_no_line_of_it_for_a_command() -> None:
    given, file = outcomes(target="exec:node ::error::mine"), Terminal()
    terminal.show_verdict(Console(file=file, width=20, color_system=None), given)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert " ".join(lines) == given.verdict().replace("::", ":\\x3a")
    assert max(map(len, lines)) <= 20
