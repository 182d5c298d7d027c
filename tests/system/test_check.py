"""``bitsspec check`` as a process: its streams, Ctrl-C, and what surrounds it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import bitsspec, exec_target
from tests.support.leftovers import processes_of

POSIX = pytest.mark.skipif(os.name == "nt", reason="does what POSIX shells and terminals do")
NOISY = """import bitsspec

def classify(status):
    print("noise of the candidate")
    return "transient" if status == 429 else bitsspec.classify(status)
"""


@pytest.fixture
def noisy(project: Path) -> Path:
    (project / "noisy.py").write_text(NOISY, encoding="utf-8")
    return project


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1", "FORCE_COLOR": ""}, {"PYTHONIOENCODING": "ascii"}])
def test_a_pipe_gets_no_colour_no_progress_and_nothing_of_the_candidates(
    env: dict[str, str], noisy: Path
) -> None:
    done = bitsspec("check", "noisy", cwd=noisy, env=env)
    assert (done.returncode, done.stderr) == (1, "")
    assert "noise" not in done.stdout
    assert "\x1b" not in done.stdout


@POSIX
@pytest.mark.parametrize("command", [["check", "noisy"], ["bench"]])
def test_a_reader_that_leaves_early_changes_no_exit_code(command: list[str], noisy: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bitsspec", *command],
        cwd=noisy,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (1 if command[0] == "check" else 0, b"")


@POSIX
@pytest.mark.parametrize(
    ("when", "rounds"),
    [("at the first answers", 0), ("at the second answers", 1), ("while the suite runs", 2)],
)
def test_ctrl_c_reports_what_was_judged_and_leaves_no_process(when: str, rounds: int, project: Path) -> None:
    asked, program = project / "asked", project / "program.py"
    program.write_text(
        "import pathlib, sys, time\nfrom bitsspec import classify\nrounds = 0\n"
        "for line in sys.stdin:\n"
        "    word = line.split()[0]\n"
        "    if word == 'posts':\n        print('unsupported', flush=True)\n        continue\n"
        "    rounds += word == '500'\n"
        f"    if word == '500' and rounds > {rounds}:\n"
        f"        pathlib.Path({str(asked)!r}).touch()\n        time.sleep(1000)\n"
        "    print(classify(int(word)), flush=True)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "bitsspec", "check", exec_target(sys.executable, program)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    while not asked.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    shown, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "bitsspec: interrupted" in errors
    assert "Traceback" not in errors
    if when == "while the suite runs":
        assert re.search(r"^BITS-4XX .* passed", shown, re.MULTILINE)
        assert "was judged in part, in a run that is not complete" in shown.splitlines()[-1]
    assert processes_of(str(program)) == []


def test_a_file_that_takes_the_place_of_hypothesis_is_told(project: Path) -> None:
    (project / "hypothesis.py").write_text("", encoding="utf-8")
    done = bitsspec("check", "bitsspec:classify", cwd=project)
    assert done.returncode == 2
    assert "the suite cannot be loaded: cannot import name" in done.stderr
    assert f"({project / 'hypothesis.py'})" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_projects_own_pytest_settings_do_not_reach_the_run(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (project / "conftest.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")
    env = {"PYTEST_ADDOPTS": "--nonsense", "PYTEST_PLUGINS": "absent"}
    done = bitsspec("check", "-q", "--report", "out.json", cwd=project, env=env)
    assert done.returncode == 0, done.stderr
    assert json.loads((project / "out.json").read_text(encoding="utf-8"))["conforms"] is True


def test_help_uses_a_hundred_columns_of_a_wide_terminal() -> None:
    shown = bitsspec("check", "--help", env={"COLUMNS": "300"}).stdout
    assert 90 < max(map(len, shown.splitlines())) <= 100
