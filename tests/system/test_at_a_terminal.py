"""What a person at a terminal sees of the command line besides the verdict: colours and progress."""

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bitsspec import cli
from bitsspec.cli import main
from bitsspec.vectors import as_csv

COLOURS = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80", "NO_COLOR": None}
ELSEWHERE = {"GITHUB_ACTIONS": None, "GITHUB_STEP_SUMMARY": None}
escapes = pytest.mark.skipif(os.name == "nt", reason="looks for what POSIX terminals are sent")
ESCAPE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


class Terminal(io.TextIOWrapper):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def attach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Callable[[], str]]]:
    """Yield what lets a terminal be where errors go; that returns what tells what it has been sent."""
    for name, value in (COLOURS | ELSEWHERE).items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    path = tmp_path / "terminal"
    with path.open("wb") as file, Terminal(file, encoding="utf-8", write_through=True) as terminal:

        def change() -> Callable[[], str]:
            monkeypatch.setattr(sys, "stderr", terminal)  # in the test: pytest sets it when a test begins
            return lambda: path.read_bytes().decode("utf-8")

        yield change


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env=COLOURS | ELSEWHERE)


@escapes
def test_progress_is_drawn_and_wiped_away(attach: Callable[[], Callable[[], str]]) -> None:
    terminal = attach()
    with cli._progress_bar() as tell:
        tell(3, 11, "a clause [bold] as it is")
    drawn = ESCAPE.sub("", terminal())
    assert "0/? starting" in drawn
    assert "3/11 a clause [bold] as it is" in drawn
    assert terminal().endswith("\x1b[1A\x1b[2K"), "the bar is still there"


def test_progress_leaves_what_a_candidate_prints_alone(attach: Callable[[], Callable[[], str]]) -> None:
    attach()
    before = sys.stdout, sys.stderr
    with cli._progress_bar() as tell:
        tell(3, 11, "a clause")
        assert (sys.stdout, sys.stderr) == before
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize("quiet", [(), ("-q",)], ids=["not quiet", "quiet"])
def test_a_quiet_check_draws_no_progress(
    quiet: tuple[str, ...], attach: Callable[[], Callable[[], str]]
) -> None:
    terminal = attach()
    with pytest.raises(SystemExit) as ended:
        main(["check", "--only", "4XX", *quiet], standalone_mode=False)
    assert ended.value.code == 0
    drawn = ESCAPE.sub("", terminal())
    assert ("1/1 400 to 499 are fatal" in drawn) is not bool(quiet)
    assert not (quiet and drawn)


def test_what_a_terminal_cannot_show_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "中文.csv").write_text(as_csv(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="latin-1", write_through=True) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    codes = []
    for name in ("中文.csv", "中.csv"):
        with pytest.raises(SystemExit) as ended:
            main(["check", f"table:{name}", "--only", "4XX", "-q"])
        codes.append(ended.value.code)
    assert codes == [0, 2]
    verdict, error = (stream.buffer.getvalue().decode("latin-1") for stream in streams)
    assert verdict.startswith("table:??.csv conforms")
    assert error.startswith("bitsspec: ?.csv: cannot be read")


@escapes
def test_the_outcome_alone_is_coloured() -> None:
    lines = invoke("explain", "200", "404", "503").output.splitlines()
    colours = [line for line in lines if re.search(r"\x1b\[[\d;]*3[0-7]m", line)]
    assert [ESCAPE.sub("", line).split() for line in colours] == [
        ["outcome", "success"],
        ["outcome", "fatal", "error"],
        ["outcome", "transient", "error"],
    ]
    assert ["\x1b[1;32m" in colours[0], "\x1b[1;31m" in colours[1], "\x1b[1;33m" in colours[2]] == [True] * 3
