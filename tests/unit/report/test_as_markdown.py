"""The Markdown report, as a renderer reads it."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bitsspec.report.as_markdown import code_span, command, render
from bitsspec.report.model import ClauseResult, Report, Result
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES, Level
from tests.support.reports import departs, report, result


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text):
        yield token
        yield from token.children or ()


def section(text: str, heading: str) -> list[str]:
    _, _, after = text.partition(f"### {heading}\n\n")
    return after.partition("\n\n")[0].splitlines()


def test_the_verdict_comes_first() -> None:
    given = report(result("BITS-4XX", *departs(429)), target="my:shop")
    lines = render(given).splitlines()
    assert lines[0] == "## bitsspec: departs"
    assert lines[2] == given.verdict().replace("my:shop", "`my:shop`")


def test_all_clauses_are_one_table() -> None:
    given = result("BITS-4XX", *departs(429), *departs(430, accepted="known"))
    rendered = list(tokens(render(report(given))))
    assert sum(token.type == "table_open" for token in rendered) == 1
    assert sum(token.type == "tr_open" for token in rendered) == 1 + len(CLAUSES)
    cells = [token.content for token in rendered if token.type == "inline"]
    row, clause = cells.index("BITS-4XX"), given.clause
    failed = ["**failed**", "100", "1 + 1 accepted"]
    assert cells[row : row + 7] == ["BITS-4XX", "must", clause.text, clause.cites, *failed]


def test_departures_are_ranges_below_what_a_baseline_says_and_above_what_is_accepted() -> None:
    departures = departs(404, 410, 411, 412) + departs(429, accepted="to be mended")
    accepted = result("BITS-3XX", *departs(301, accepted="ours"))
    text = render(report(accepted, result("BITS-4XX", *departures, notes=["stale entry 2"])))
    assert text.index("### BITS-4XX failed") < text.index("### BITS-3XX accepted")
    assert section(text, "BITS-4XX failed") == [
        "- `stale entry 2`",
        "- `404: expected fatal, got transient`",
        "- `410-412: expected fatal, got transient`",
        "- `accepted: 429: expected fatal, got transient (to be mended)`",
        "- `why: bitsspec explain 404 410`",
    ]


def test_a_long_list_says_how_much_it_leaves_out() -> None:
    lines = section(render(report(result("BITS-4XX", *departs(*range(400, 500, 2))))), "BITS-4XX failed")
    assert len(lines) == 40
    assert lines[-2] == "- `and 12 lines more: --report out.json lists every departure`"


def test_a_line_and_a_target_that_are_too_long_end_in_an_ellipsis() -> None:
    assert code_span("x" * 300) == f"`{'x' * 300}`"
    assert code_span("x" * 301) == f"`{'x' * 299}…`"
    departing = result("BITS-4XX", *departs(404))
    assert f"\n`{'t' * 999}…` departs" in render(report(departing, target="t" * 1001))
    assert f"\n`{'t' * 1000}` departs" in render(report(departing, target="t" * 1000))


def test_the_command_names_the_clauses_where_not_every_must_clause_was_run() -> None:
    must = report(*(result(clause.id) for clause in CLAUSES if clause.level is Level.MUST))
    assert command(must) == "bitsspec check t --seed 7"
    strict = replace(must, strict=True, baseline="my accepted.toml")
    assert command(strict) == "bitsspec check t --strict --baseline 'my accepted.toml' --seed 7"
    other = replace(must, examples=7, timeout_s=5.0, only=("BITS-5XX",), require=("posts",))
    options = "--only BITS-5XX --require posts --timeout 5 --examples 7"
    assert command(other) == f"bitsspec check t {options} --seed 7"
    two = report(result("BITS-3XX"), ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.NOT_OFFERED))
    assert command(two) == "bitsspec check t --only BITS-3XX --only BITS-4XX --seed 7"


def test_the_command_can_be_pasted_into_a_shell() -> None:
    target = "exec:node 'my classify.js' \"$HOME\" `id`"
    words = shlex.split(command(report(result("BITS-4XX"), target=target)))
    assert words == ["bitsspec", "check", target, "--only", "BITS-4XX", "--seed", "7"]


@pytest.mark.parametrize(
    ("given", "standing"),
    [
        (report(result("BITS-4XX")), "conforms"),
        (report(result("BITS-4XX", *departs(404, accepted="known"))), "conforms"),
        (report(ClauseResult(CLAUSES[0], Result.NOT_OFFERED)), "not judged"),
        (report(), "not judged"),
        (report(result("BITS-4XX"), complete=False), "judged in part"),
        (report(result("BITS-4XX", notes=["stale"]), complete=False), "does not match its baseline"),
        (report(result("BITS-4XX", notes=["required: it"])), "lacks what is required"),
        (report(result("BITS-4XX", *departs(404)), complete=False), "departs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_heading_is_the_verdict_in_a_few_words(given: Report, standing: str) -> None:
    assert render(given).startswith(f"## bitsspec: {standing}\n")


@given(st.text(max_size=50))
def test_a_code_span_shows_its_text(text: str) -> None:
    shown = [token for token in tokens(f"a {code_span(text)} b") if token.type != "inline"]
    codes = [token.content for token in shown if token.type == "code_inline"]
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    assert [code.strip(" ") for code in codes] == [line.strip(" ")]
