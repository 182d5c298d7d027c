"""What of a report reaches GitHub Actions: the job's summary and its annotations."""

from pathlib import Path

import pytest

from bitsspec.errors import CannotRun
from bitsspec.report.as_markdown import render
from bitsspec.report.github import LARGEST_SUMMARY, annotations, no_commands, summarize
from bitsspec.spec import CLAUSE_BY_ID
from tests.support.reports import departs, report, result

IN_ACTIONS = {"GITHUB_ACTIONS": "true"}
DEPARTS = report(result("BITS-4XX", *departs(404)))


def test_the_summary_is_appended(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    environ = {"GITHUB_STEP_SUMMARY": str(summary)}
    summarize(DEPARTS, environ)
    assert summary.read_bytes() == render(DEPARTS).encode()
    summarize(DEPARTS, environ)
    assert summary.read_text(encoding="utf-8") == f"{render(DEPARTS)}\n\n{render(DEPARTS)}"


def test_without_a_summary_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for environ in ({}, {"GITHUB_STEP_SUMMARY": ""}):
        summarize(report(), environ)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("too_much", [0, 1])
def test_the_summary_never_grows_beyond_what_github_shows(too_much: int, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    before = LARGEST_SUMMARY - len(f"\n\n{render(DEPARTS)}".encode()) + too_much
    summary.write_bytes(b"x" * before)
    summarize(DEPARTS, {"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.stat().st_size == (before if too_much else 1024 * 1024)


def test_a_summary_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"GITHUB_STEP_SUMMARY\) cannot be written: ") as raised:
        summarize(report(), {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert "[Errno" not in str(raised.value)


def test_each_failed_clause_is_one_annotation() -> None:
    given = report(result("BITS-4XX", *departs(404, 429)), result("BITS-5XX", notes=["stale entry"]))
    rules = [f"{CLAUSE_BY_ID[id_].text} [{CLAUSE_BY_ID[id_].cites}]" for id_ in ("BITS-4XX", "BITS-5XX")]
    lines = "404: expected fatal, got transient%0A429: expected fatal, got transient"
    lines += "%0Awhy: bitsspec explain 404 429"
    assert annotations(given, IN_ACTIONS) == [
        f"::error title=bitsspec BITS-4XX::t departs: {rules[0]}%0A{lines}",
        f"::error title=bitsspec BITS-5XX::t does not match its baseline: {rules[1]}%0Astale entry",
    ]
    assert annotations(report(result("BITS-4XX")), IN_ACTIONS) == []
    assert annotations(given, {}) == annotations(given, {"GITHUB_ACTIONS": "false"}) == []


def test_what_is_printed_meanwhile_is_not_a_command(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_an_annotation_stays_short() -> None:
    (line,) = annotations(report(result("BITS-4XX", *departs(*range(400, 500, 2)))), IN_ACTIONS)
    assert line.count("%0A") == 10
    assert "%0A414: expected fatal, got transient%0Aand 42 lines more: " in line
    (line,) = annotations(report(result("BITS-4XX", *departs(404, got="x" * 1000))), IN_ACTIONS)
    assert len(line.split("%0A")[1]) == 300


def test_text_of_the_candidate_cannot_break_an_annotation() -> None:
    text = "\r\n::error::other%0A::warning::x,y=z:\x1b"
    (line,) = annotations(report(result("BITS-4XX", *departs(404, got=text)), target=text), IN_ACTIONS)
    assert line.isprintable()
    head, _, message = line.removeprefix("::").partition("::")
    assert head == "error title=bitsspec BITS-4XX"
    assert "got \\r\\n::error::other%250A::warning::x,y=z:\\x1b%0Awhy: " in message
