"""What a person at a terminal sees of the command line: colours, progress, letters that it cannot show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bitsspec.vectors import as_csv
from tests.support.command import clean_environment, run
from tests.support.in_process import invoke

COLOURS = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}
ESCAPE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
CANDIDATE = """
import bitsspec

def classify(status):
    if status == 404:
        print("printed by the candidate")
    return "transient" if status == 429 else bitsspec.classify(status)
"""


def at_a_terminal(*arguments: str, cwd: Path) -> str:
    """Return what a terminal is sent by ``bitsspec`` with these arguments."""
    import pty

    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bitsspec", *arguments],
        cwd=cwd,
        env=clean_environment() | {"TERM": "xterm-256color", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    ):
        os.close(terminal)
        shown = b""
        while True:
            try:
                chunk = os.read(controller, 65536)
            except OSError:  # Linux's way to say that the program has closed it
                break
            if not chunk:
                break
            shown += chunk
    os.close(controller)
    return shown.decode()


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal, which Windows does not have")
@pytest.mark.parametrize("quiet", [(), ("-q",)], ids=["not quiet", "quiet"])
def test_progress_is_drawn_and_wiped_away_unless_the_check_is_quiet(
    quiet: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(CANDIDATE, encoding="utf-8")
    sent = at_a_terminal("check", "mine:classify", "--only", "4XX", *quiet, cwd=tmp_path)
    shown = ESCAPE.sub("", sent)
    assert ("1/1 400 to 499 are fatal" in shown) is not bool(quiet)
    assert ("\x1b[1A\x1b[2K" in sent) is not bool(quiet), "the bar is still there"
    assert ("429: expected fatal, got transient" in shown) is not bool(quiet)
    assert "mine:classify departs from BITS-4XX at 1 of 100 status codes (bitsspec" in shown
    assert shown.split()[-1] == "0)."


def test_what_a_terminal_cannot_show_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "中文.csv").write_text(as_csv(), encoding="utf-8")
    env = clean_environment() | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    for name, code in (("中文.csv", 0), ("中.csv", 2)):
        check = (sys.executable, "-m", "bitsspec", "check", f"table:{name}", "--only", "4XX", "-q")
        done = run(check, tmp_path, env)
        assert done.returncode == code
        start = "table:??.csv conforms" if code == 0 else "bitsspec: ?.csv: cannot be read"
        assert (done.stdout + done.stderr).startswith(start)


def test_the_outcome_alone_is_coloured() -> None:
    lines = invoke("explain", "200", "404", "503", NO_COLOR=None, **COLOURS).output.splitlines()
    colours = [line for line in lines if re.search(r"\x1b\[[\d;]*3[0-7]m", line)]
    assert [ESCAPE.sub("", line).split() for line in colours] == [
        ["outcome", "success"],
        ["outcome", "fatal", "error"],
        ["outcome", "transient", "error"],
    ]
    assert ["\x1b[1;32m" in colours[0], "\x1b[1;31m" in colours[1], "\x1b[1;33m" in colours[2]] == [True] * 3
