"""What the command line takes and what it refuses, before anything is judged."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bitsspec import __version__
from bitsspec.baseline import PLACEHOLDER
from bitsspec.cli import main
from bitsspec.errors import CannotRun
from bitsspec.report.model import Report
from bitsspec.settings import Settings
from bitsspec.vectors import as_csv
from tests.support.command import bitsspec

ABSENT = "no_such_module:classify"
"""A target at which a command whose options are all right stops."""


def invoke(*arguments: str) -> Result:
    outside = {"GITHUB_ACTIONS": None, "GITHUB_STEP_SUMMARY": None}  # wherever the tests themselves run
    return CliRunner().invoke(main, arguments, env=outside)


@pytest.mark.parametrize("command", ["check", "compare"])
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--timeout", "0"),
        ("--timeout", "-1"),
        ("--timeout", "86400.5"),
        ("--timeout", "nan"),
        ("--examples", "0"),
        ("--examples", "100001"),
        ("--seed", "-1"),
        ("--report", "."),
        ("--report", "out.txt"),
    ],
)
def test_a_value_out_of_range_is_refused(command: str, option: str, value: str) -> None:
    done = (
        invoke(command, ABSENT, ABSENT, option, value)
        if command == "compare"
        else invoke(command, ABSENT, option, value)
    )
    assert done.exit_code == 2
    assert "no_such_module" not in done.output
    assert value in done.output or "a number of seconds is needed" in done.output


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--timeout", "0.001"),
        ("--timeout", "86400"),
        ("--examples", "1"),
        ("--examples", "100000"),
        ("--seed", "0"),
        ("-n", "0"),
    ],
)
def test_the_ends_of_a_range_are_taken(option: str, value: str) -> None:
    done = invoke("check", ABSENT, option, value)
    assert done.exit_code == 2
    assert "cannot import 'no_such_module'" in done.output


@pytest.mark.parametrize(
    ("option", "value"), [("-n", "-1"), ("-n", "65"), ("--baseline", "."), ("--write-baseline", ".")]
)
def test_check_refuses_what_it_alone_can_be_given(option: str, value: str) -> None:
    done = invoke("check", ABSENT, option, value)
    assert done.exit_code == 2
    assert "Invalid value" in done.output


def test_sixty_four_workers_are_not_refused() -> None:
    assert "cannot import 'no_such_module'" in invoke("check", ABSENT, "-n", "64").output


@pytest.mark.parametrize("command", ["check", "compare"])
def test_help_tells_the_defaults(command: str) -> None:
    shown = " ".join(invoke(command, "--help").output.split())
    assert "[default: 10.0; 0<x<=86400]" in shown
    assert "[default: 50; 1<=x<=100000]" in shown
    assert "[default: 0; x>=0]" in shown


def test_options_become_the_settings_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def note(target: str | None, settings: Settings) -> Report:
        made.append(settings)
        raise CannotRun("noted")

    monkeypatch.setattr("bitsspec.run.run", note)
    invoke("check")
    options = ["--strict", "--only", "4xx", "--timeout", "3", "--examples", "4", "--seed", "5", "-n", "6"]
    invoke("check", *options)
    only = ("BITS-4XX",)
    assert made == [Settings(), Settings(strict=True, only=only, timeout=3, examples=4, seed=5, workers=6)]


def test_help_lists_every_command() -> None:
    shown = invoke("--help").output
    for command in ("bench", "check", "compare", "explain", "report", "vectors"):
        assert f"\n  {command} " in shown
    assert shown == invoke("-h").output
    assert "[default: json]" in invoke("vectors", "--help").output


def test_help_uses_a_hundred_columns_of_a_wide_terminal() -> None:
    shown = bitsspec("check", "--help", env={"COLUMNS": "300"}).stdout
    assert 90 < max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize("arguments", [["compare"], ["compare", "a:b"], ["explain"], ["report"]])
def test_a_command_without_what_it_is_about_is_refused(arguments: list[str]) -> None:
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert "Usage:" in done.output


def test_explain_shows_each_code_below_an_empty_line() -> None:
    lines = invoke("explain", "200", "0x801901AD").output.splitlines()
    assert [index for index, line in enumerate(lines) if line[:3].isdigit()] == [0, lines.index("") + 1]
    assert sum(not line.strip() for line in lines) == 1
    assert lines[1].rstrip() == "  outcome     success"
    assert {line[12:14] for line in lines if line[:2] == "  "} == {"  "}


def test_vectors_end_in_one_newline() -> None:
    for file_format in ("json", "csv"):
        text = invoke("vectors", "--format", file_format).output
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
    assert invoke("vectors").output.startswith("{")


def test_a_clause_may_be_named_in_any_way_and_more_than_once(tmp_path: Path) -> None:
    done = invoke("check", ABSENT, "--only", "4xx", "--only", "BITS-5XX")
    assert "cannot import" in done.output
    done = invoke("check", ABSENT, "--only", "6XX")
    assert "there is no clause '6XX'" in done.output
    assert done.exit_code == 2


def test_a_command_may_be_imported_by_its_module() -> None:
    assert importlib.import_module("bitsspec.__main__").main is main


def test_flags_take_no_value() -> None:
    for command in ("check", "compare"):
        done = (
            invoke(command, "--strict", ABSENT, ABSENT)
            if command == "compare"
            else invoke(command, "-q", "--strict", ABSENT)
        )
        assert done.exit_code == 2
        assert "cannot import 'no_such_module'" in done.output


def test_targets_that_are_missing_are_told() -> None:
    assert "Missing argument 'TARGET TARGET...'" in invoke("compare").output
    assert "two targets or more" in invoke("compare", ABSENT).output


@pytest.mark.parametrize("command", [["check", ABSENT], ["compare", ABSENT, ABSENT], ["report", "out.json"]])
def test_a_directory_is_no_report(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    done = invoke(*command, "--report", str(tmp_path / "folder.json"))
    assert done.exit_code == 2
    assert "is a directory" in done.output
    assert "is a directory" in invoke("report", str(tmp_path / "folder.json")).output


def test_exit_codes_tell_conforming_from_departing(tmp_path: Path) -> None:
    done = invoke("check", "--only", "4XX", "-q")
    assert done.exit_code == 0
    assert done.output.startswith("python:bitsspec.reference conforms: 1 clause held")
    assert done.output.count("\n") == 1
    table = tmp_path / "mine.csv"
    table.write_text(as_csv().replace("429,fatal", "429,transient"), encoding="utf-8")
    done = invoke("check", f"table:{table}", "--only", "4XX", "--report", str(tmp_path / "out.json"))
    assert done.exit_code == 1
    assert "  429: expected fatal, got transient\n" in done.output
    again = invoke("report", str(tmp_path / "out.json"))
    assert again.exit_code == 0
    assert again.output == done.output
    drawn = invoke("report", str(tmp_path / "out.json"), "--report", str(tmp_path / "out.md"))
    assert (drawn.exit_code, drawn.output) == (0, "")
    assert (tmp_path / "out.md").exists()


def test_the_version_is_one_line() -> None:
    assert invoke("--version").output == f"bitsspec {__version__}\n"


@pytest.mark.parametrize(
    ("expired", "told"),
    [
        ([429], "; 1 entry waits for a reason; 1 entry has expired"),
        ([429, 430], "; 2 entries wait for a reason; 2 entries have expired"),
        ([], "; 1 entry waits for a reason"),
    ],
)
def test_writing_a_baseline_tells_what_is_left_to_do(expired: list[int], told: str, tmp_path: Path) -> None:
    wrong = [429, 430] if len(expired) > 1 else [429]
    rows = [row for row in as_csv().splitlines() if int(row[:3] if row[:3].isdigit() else 0) not in wrong]
    table = tmp_path / "mine.csv"
    rows += [f"{code},transient,yes,7,0x8019{code:04X}" for code in wrong]
    table.write_text("\n".join(rows), encoding="utf-8")
    accepted = tmp_path / "accepted.toml"
    entry = '[[accepted]]\nclause = "BITS-4XX"\ncodes = {}\ngot = "transient"\nuntil = 2020-01-31\n'
    entry += 'reason = "{}"\n'
    accepted.write_text("".join(entry.format(code, PLACEHOLDER) for code in expired), encoding="utf-8")
    done = invoke("check", f"table:{table}", "--only", "4XX", "--write-baseline", str(accepted), "-q")
    assert done.exit_code == 0
    assert f"bitsspec: wrote {accepted}{told}\n" in done.output
