"""The Markdown report, and what of it reaches GitHub Actions."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bitsspec.errors import CannotRun
from bitsspec.report.as_markdown import code_span, command, render
from bitsspec.report.github import LARGEST_SUMMARY, annotations, no_commands, summarize
from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES, Level
from tests.support.candidates import Conforming, always_fatal, wrong_at
from tests.support.judging import judge

IN_ACTIONS = {"GITHUB_ACTIONS": "true"}
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


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text):
        yield token
        yield from token.children or ()


def departing(text: str) -> Report:
    """Return a report in which everything that is not ours is ``text``."""
    codes = [
        ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.FAILED, 100, [Departure(404, text, text)], [text]),
        ClauseResult(CLAUSE_BY_ID["BITS-5XX"], Result.ACCEPTED, 100, [Departure(501, text, text, text)]),
        ClauseResult(CLAUSE_BY_ID["BITS-DOMAIN"], Result.FAILED, 9, [Departure(text, text, text)]),
    ]
    return Report(text, True, 0, [text], in_full(codes), 1000, version=text, baseline=text)


def section(text: str, heading: str) -> list[str]:
    _, _, after = text.partition(f"### {heading}\n\n")
    return after.partition("\n\n")[0].splitlines()


def test_the_verdict_comes_first() -> None:
    report = judge(wrong_at(429))
    lines = render(report).splitlines()
    assert lines[0] == "## bitsspec: departs"
    assert lines[2] == report.verdict().replace(report.target, f"`{report.target}`")
    assert render(judge(Conforming)).startswith("## bitsspec: conforms\n")


def test_all_clauses_are_one_table() -> None:
    rendered = list(tokens(render(judge(wrong_at(429, 404)))))
    assert sum(token.type == "table_open" for token in rendered) == 1
    assert sum(token.type == "tr_open" for token in rendered) == 1 + len(CLAUSES)
    cells = [token.content for token in rendered if token.type == "inline"]
    row = cells.index("BITS-4XX")
    clause = CLAUSE_BY_ID["BITS-4XX"]
    assert cells[row : row + 7] == ["BITS-4XX", "must", clause.text, clause.cites, "**failed**", "100", "2"]


def test_departures_are_ranges() -> None:
    text = render(judge(wrong_at(404, 410, 411, 412)))
    expected = ["404", "410-412"]
    assert section(text, "BITS-4XX failed") == [f"- `{c}: expected fatal, got transient`" for c in expected]


def test_a_long_list_says_how_much_it_leaves_out() -> None:
    text = render(judge(wrong_at(*range(400, 500, 2))))
    lines = section(text, "BITS-4XX failed")
    assert len(lines) == 21
    assert lines[-1] == "- and 30 more"
    twenty = render(judge(wrong_at(*range(400, 440, 2))))
    assert section(twenty, "BITS-4XX failed")[-1] == "- `438: expected fatal, got transient`"


def test_a_line_and_a_target_that_are_too_long_end_in_an_ellipsis() -> None:
    assert code_span("x" * 300) == f"`{'x' * 300}`"
    assert code_span("x" * 301) == f"`{'x' * 299}…`"
    named = replace(departing("x"), target="t" * 1001, baseline=None)
    assert f"\n`{'t' * 999}…` departs" in render(named)
    assert f"\n`{'t' * 1000}` departs" in render(replace(named, target="t" * 1000))


def test_the_command_names_the_clauses_where_not_every_must_clause_was_run() -> None:
    every = [ClauseResult(clause, Result.PASSED, 1) for clause in CLAUSES if clause.level is Level.MUST]
    report = Report("shop", False, 7, ["classify"], in_full(every), 1000)
    assert command(report) == "bitsspec check shop --seed 7"
    strict = replace(report, strict=True, baseline="my accepted.toml")
    assert command(strict) == "bitsspec check shop --strict --baseline 'my accepted.toml' --seed 7"
    two = replace(report, clauses=in_full([every[1], ClauseResult(every[2].clause, Result.NOT_OFFERED)]))
    assert command(two) == "bitsspec check shop --only BITS-3XX --only BITS-4XX --seed 7"


@pytest.mark.parametrize(
    ("results", "interrupted", "standing"),
    [
        ([Result.PASSED], False, "conforms"),
        ([Result.ACCEPTED], False, "conforms"),
        ([Result.NOT_OFFERED], False, "not judged"),
        ([], False, "not judged"),
        ([Result.PASSED], True, "judged in part"),
        ([Result.FAILED], True, "does not match its baseline"),
    ],
)
def test_the_heading_is_the_verdict_in_a_few_words(
    results: list[Result], interrupted: bool, standing: str
) -> None:
    clauses = in_full(ClauseResult(clause, r, 1) for clause, r in zip(CLAUSES, results, strict=False))
    report = Report("shop", False, 7, ["classify"], clauses, 1000, interrupted=interrupted)
    assert render(report).startswith(f"## bitsspec: {standing}\n")


def test_accepted_departures_and_stale_entries_are_told_apart() -> None:
    departures = [Departure(404, "fatal", "transient"), Departure(429, "fatal", "transient", "to be mended")]
    result = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.FAILED, 100, departures, ["stale entry 2"])
    text = render(Report("shop", False, 0, ["classify"], in_full([result]), 1000))
    assert section(text, "BITS-4XX failed") == [
        "- `stale entry 2`",
        "- `404: expected fatal, got transient`",
        "- `accepted: 429: expected fatal, got transient`",
    ]
    assert "| **failed** | 100 | 1 + 1 accepted |" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_the_candidate_stays_text(text: str) -> None:
    rendered = list(tokens(render(departing(text))))
    allowed = {
        "heading",
        "paragraph",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bullet_list",
        "list_item",
    }
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in rendered}
    assert kinds <= allowed | {"inline", "text", "code_inline", "strong", "softbreak"}
    headings = [a.content for b, a in pairwise(rendered) if b.type == "heading_open"]
    assert headings == [
        "bitsspec: departs",
        "BITS-4XX failed",
        "BITS-5XX accepted",
        "BITS-DOMAIN failed",
    ]
    assert sum(token.type == "tr_open" for token in rendered) == 1 + len(CLAUSES)
    assert sum(token.type == "strong_open" for token in rendered) == 2
    assert sum(token.type == "list_item_open" for token in rendered) == 4


@given(st.text(max_size=50))
def test_a_code_span_shows_its_text(text: str) -> None:
    shown = [token for token in tokens(f"a {code_span(text)} b") if token.type != "inline"]
    codes = [token.content for token in shown if token.type == "code_inline"]
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    assert [code.strip(" ") for code in codes] == [line.strip(" ")]


def test_the_command_can_be_pasted_into_a_shell() -> None:
    report = judge(wrong_at(429))
    report.target = "exec:node 'my classify.js' \"$HOME\" `id`"
    words = ["bitsspec", "check", report.target, "--strict"]
    chosen = ["--only", "BITS-4XX"]
    assert shlex.split(command(report)) == [*words, "--seed", "0"]
    report.clauses = in_full(result for result in report.clauses if result.clause.id == "BITS-4XX")
    assert shlex.split(command(report)) == [*words, *chosen, "--seed", "0"]


def test_the_summary_is_appended(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Earlier, \u00fc", encoding="utf-8")
    report = departing("\u4e2d")
    summarize(report, {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text(encoding="utf-8") == f"# Earlier, \u00fc\n\n{render(report)}"


def test_a_summary_can_begin_the_file(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    report = judge(always_fatal)
    summarize(report, {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_bytes() == render(report).encode()


def test_without_a_summary_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for environ in ({}, {"GITHUB_STEP_SUMMARY": ""}):
        summarize(judge(Conforming), environ)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", [0, 1])
def test_the_summary_never_grows_beyond_what_github_shows(room: int, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    report = departing("x")
    assert LARGEST_SUMMARY == 1_048_576
    before = LARGEST_SUMMARY - len(f"\n\n{render(report)}".encode()) - 1 + room
    summary.write_bytes(b"x" * (before + 1))
    summarize(report, {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.stat().st_size == (before + 1 if room else LARGEST_SUMMARY)


def test_a_summary_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"GITHUB_STEP_SUMMARY\) cannot be written: ") as raised:
        summarize(judge(Conforming), {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert "[Errno" not in str(raised.value)


def test_each_failed_clause_is_one_annotation() -> None:
    report = judge(wrong_at(404, 429, 501))
    target, clause = report.target, CLAUSE_BY_ID["BITS-5XX"].text
    lines = annotations(report, IN_ACTIONS)
    assert lines[0].startswith("::error title=bitsspec BITS-4XX::")
    message = f"{target} departs: {clause} [P2S3]%0A501: expected fatal, got transient"
    assert lines[1:] == [f"::error title=bitsspec BITS-5XX::{message}"]


def test_what_is_printed_meanwhile_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    with no_commands(IN_ACTIONS):
        print("::error::not ours")
    first, told, last = capsys.readouterr().out.splitlines()
    assert told == "::error::not ours"
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32
    assert last == f"::{token}::"
    with no_commands({"GITHUB_ACTIONS": "false"}):
        print("anything")
    assert capsys.readouterr().out == "anything\n"


@pytest.mark.parametrize("environ", [{}, {"GITHUB_ACTIONS": "false"}])
def test_elsewhere_there_are_no_annotations(environ: dict[str, str]) -> None:
    assert annotations(judge(always_fatal), environ) == []


def test_a_conforming_candidate_has_no_annotation() -> None:
    assert annotations(judge(Conforming), IN_ACTIONS) == []


def test_an_annotation_stays_short() -> None:
    (line,) = annotations(judge(wrong_at(*range(400, 500, 2))), IN_ACTIONS)
    assert line.endswith("%0Aand 40 more")
    (line,) = annotations(judge(wrong_at(*range(400, 420, 2))), IN_ACTIONS)
    assert line.endswith("%0A418: expected fatal, got transient")
    line, _ = annotations(departing("x" * 1000), IN_ACTIONS)
    assert max(map(len, read_as_github_does(line)["message"].splitlines())) == 300


def read_as_github_does(line: str) -> dict[str, Any]:
    """Return what GitHub's runner makes of a line, as its ActionCommand does."""
    assert line.startswith("::error ")
    properties, _, message = line.removeprefix("::error ").partition("::")

    def decode(text: str, *more: tuple[str, str]) -> str:
        for code, character in (*more, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(code, character)
        return text

    pairs = (part.partition("=") for part in properties.split(","))
    decoded = {name: decode(value, ("%3A", ":"), ("%2C", ",")) for name, _, value in pairs}
    return {**decoded, "message": decode(message)}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_the_candidate_cannot_break_an_annotation(text: str) -> None:
    lines = annotations(departing(text), IN_ACTIONS)
    assert len(lines) == 2
    for line, clause in zip(lines, ("BITS-4XX", "BITS-DOMAIN"), strict=True):
        assert line.isprintable()
        read = read_as_github_does(line)
        assert read.keys() == {"title", "message"}
        assert read["title"] == f"bitsspec {clause}"
        told = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
        assert f"expected {told}, got {told}" in read["message"].splitlines()[-1]
