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
    told = [line for line in errors.splitlines() if not line.endswith(b"0 s")]  # where a slow run is
    assert (process.returncode, told) == (1 if command[0] == "check" else 0, [])


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


LOUD = """import atexit, os, sys, threading, time
import bitsspec

def speak():
    print("python")
    print("python", file=sys.stderr)
    os.write(1, b"descriptor\\n")
    os.write(2, b"descriptor\\n")

def speak_on():
    while True:
        speak()
        time.sleep(0.01)

speak()
atexit.register(speak)
threading.Thread(target=speak_on, daemon=True).start()

def classify(status):
    speak()
    return bitsspec.classify(status)
"""
LOUD_PROGRAM = """import sys
import bitsspec

for line in sys.stdin:
    sys.stderr.write("program\\n" * 100)
    print("unsupported" if "posts" in line else bitsspec.classify(int(line)), flush=True)
"""
VERDICT = re.compile(r"[^\n]*loud\S* (conforms|departs)[^\n]*\n")


@pytest.mark.parametrize("target", ["loud:classify", exec_target(sys.executable, "loud_program.py")])
def test_a_quiet_check_prints_the_verdict_alone_whatever_the_candidate_prints(
    target: str, project: Path
) -> None:
    (project / "loud.py").write_text(LOUD, encoding="utf-8")
    (project / "loud_program.py").write_text(LOUD_PROGRAM, encoding="utf-8")
    done = bitsspec("check", target, "-q", "--write-baseline", "accepted.toml", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert VERDICT.fullmatch(done.stdout), done.stdout
    if target.startswith("loud"):
        for command in (["check", target], ["compare", target, target]):
            done = bitsspec(*command, cwd=project)
            assert done.returncode == 0
            assert not {"python", "descriptor"} & set(done.stdout.split("\n"))
            assert "descriptor" in done.stderr


@POSIX
def test_a_report_to_the_standard_output_is_whole_there(project: Path) -> None:
    (project / "out.json").symlink_to("/dev/stdout")
    (project / "null.json").symlink_to("/dev/null")
    options = ("-q", "--report", "out.json", "--report", "null.json", "--write-baseline", "/dev/stdout")
    done = bitsspec("check", "bitsspec:classify", *options, cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    report, end = json.JSONDecoder().raw_decode(done.stdout)
    assert report["conforms"] is True
    assert done.stdout[end:].count("python:bitsspec:classify conforms") == 1
    assert "\n# Departures from the BITS specification that this project accepts.\n" in done.stdout[end:]
    assert (project / "null.json").is_symlink()
    assert Path("/dev/null").is_char_device()


SHADOWS = (
    *("click", "hypothesis", "jinja2", "msgspec", "psutil", "pytest", "rich", "tomlkit", "pluggy", "attr"),
    *("json", "random", "statistics", "xml", "secrets", "csv", "html", "tempfile", "decimal", "platform"),
)


@pytest.fixture(scope="module")
def shadowed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with files that have the names of libraries, and a candidate with a neighbour."""
    folder = tmp_path_factory.mktemp("shadowed")
    for name in SHADOWS:
        (folder / f"{name}.py").write_text(f"raise RuntimeError('imported {name}.py')\n", encoding="utf-8")
    (folder / "neighbour.py").write_text("from bitsspec import classify as right\n", encoding="utf-8")
    drifts = "    global before\n    drifts, before = (before, status) == (429, 503), status\n"
    (folder / "mine.py").write_text(
        "from neighbour import right\n\nbefore = None\n\n\ndef classify(status):\n"
        f"{drifts}    return 'fatal' if drifts else right(status)\n",
        encoding="utf-8",
    )
    return folder


COMMANDS = {
    "check bitsspec:classify -q --write-baseline new.toml": 0,
    "check mine:classify --report o.json --report o.html --report o.md --report o.xml": 1,
    "compare neighbour:right bitsspec:classify --report c.html": 0,
    "explain 404": 0,
    "vectors": 0,
    "bench neighbour:right --report b.html": 0,
    "check random:classify": 2,
    "check rich": 2,
}


@pytest.mark.parametrize("path", ["", "."], ids=["", "named in PYTHONPATH"])
@pytest.mark.parametrize("command", COMMANDS)
def test_files_with_the_names_of_libraries_break_nothing(command: str, path: str, shadowed: Path) -> None:
    if path and command.partition(" ")[0] not in ("check", "explain"):
        return
    env = {"PYTHONPATH": path} if path else {}
    done = bitsspec(*command.split(), cwd=shadowed, env=env)
    assert done.returncode == COMMANDS[command], done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode == 1:
        assert "503: transient when asked first, fatal after 429" in done.stdout
    if done.returncode == 2:
        assert "has the name of a library, which comes first: rename it" in done.stderr
        assert done.stderr.count("\n") == 2


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
