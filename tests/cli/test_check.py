"""``bitsspec check`` as a person and a script see it."""

import contextlib
import importlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bitsspec import __version__
from bitsspec.candidates import table
from bitsspec.candidates.fields import COLUMNS
from bitsspec.candidates.table import TableCandidate
from bitsspec.cli import main
from bitsspec.errors import CannotRun
from bitsspec.report import terminal
from bitsspec.run import run
from bitsspec.settings import Settings
from bitsspec.spec import CLAUSES
from bitsspec.spec.vocabulary import Capability
from tests.suite.test_stability import After300CallsAtOneCode
from tests.support.command import bitsspec, exec_target
from tests.support.judging import judge
from tests.support.processes import processes_of

CANDIDATES = """
import bitsspec

def always_fatal(status):
    return "fatal"

def retries_429(status):
    return "transient" if status == 429 else bitsspec.classify(status)

def swaps_408_and_409(status):
    return "fatal" if status in (408, 409) else bitsspec.classify(status)

class Everything:
    classify = staticmethod(bitsspec.classify)
    may_repost = staticmethod(bitsspec.may_repost)
    get_error = staticmethod(bitsspec.get_error)
    def count_posts(self, events):
        return bitsspec.count_posts(events) + (403 in events and events[-1] == "resume")

def prints(status):
    print("noise of the candidate")
    return bitsspec.classify(status)

def not_strict(status):
    return bitsspec.classify(int(status))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "candidates.py").write_text(CANDIDATES, encoding="utf-8")
    return tmp_path


def test_the_reference_conforms_and_the_last_line_says_so(tmp_path: Path) -> None:
    done = bitsspec("check", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == (
        "python:bitsspec.reference conforms: 9 clauses held, 1,000 status codes asked "
        f"(bitsspec {__version__}, seed 0)."
    )
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_the_report_has_one_row_a_clause_and_one_cell_a_code(project: Path) -> None:
    done = bitsspec("check", "candidates:swaps_408_and_409", cwd=project)
    lines = done.stdout.splitlines()
    for clause in CLAUSES:
        assert sum(line.startswith(f"{clause.id} ") and "  " in line for line in lines) >= 1, clause.id
    rows = [re.sub(r"^\d{3} ", "", line) for line in lines if re.match(r"^\d{3} [.#]", line)]
    cells = "".join(rows).replace(" ", "")
    assert len(cells) == 1000
    assert [code for code, cell in enumerate(cells) if cell == "#"] == [408, 409]
    assert "  408-409: expected transient, got fatal" in lines
    assert max(map(len, lines[:-1])) <= 80
    assert "candidate  python:candidates:swaps_408_and_409" in lines[0]
    assert lines[1].split() == ["offers", "classify"]


def test_departing_is_exit_code_1_and_names_the_clause(project: Path) -> None:
    done = bitsspec("check", "python:candidates:retries_429", "-q", cwd=project)
    assert done.returncode == 1
    assert done.stdout == (
        "python:candidates:retries_429 departs from BITS-4XX at 1 of 1,000 status codes "
        f"(bitsspec {__version__}, seed 0).\n"
    )


def test_colour_and_progress_stay_out_of_pipes_and_out_of_no_color(project: Path) -> None:
    for env in ({}, {"NO_COLOR": "1", "FORCE_COLOR": ""}, {"CI": "true"}):
        done = bitsspec("check", "candidates:retries_429", cwd=project, env=env)
        assert "\x1b" not in done.stdout + done.stderr
        assert done.stderr == ""


def test_a_terminal_of_ascii_letters_is_enough(project: Path) -> None:
    done = bitsspec("check", "candidates:retries_429", cwd=project, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1, done.stderr


def test_what_a_candidate_prints_does_not_mix_with_the_report(project: Path) -> None:
    done = bitsspec("check", "candidates:prints", cwd=project)
    assert done.returncode == 0
    assert "noise" not in done.stdout + done.stderr


def test_only_runs_the_named_clauses_and_none_else(project: Path) -> None:
    done = bitsspec("check", "--only", "BITS-4XX", "--only", "success", "--report", "o.json", cwd=project)
    assert done.returncode == 0, done.stderr
    report = json.loads((project / "o.json").read_text(encoding="utf-8"))
    ran = [clause["id"] for clause in report["clauses"] if clause["result"] == "passed"]
    assert ran == ["BITS-SUCCESS", "BITS-4XX"]
    assert report["codes_asked"] == 101


def test_an_unknown_clause_lists_the_known_ones() -> None:
    done = bitsspec("check", "--only", "BITS-6XX")
    assert done.returncode == 2
    assert all(clause.id in done.stderr for clause in CLAUSES)


def test_strict_holds_the_should_clauses_too(project: Path) -> None:
    assert bitsspec("check", "candidates:not_strict", cwd=project).returncode == 0
    done = bitsspec("check", "candidates:not_strict", "--strict", cwd=project)
    assert done.returncode == 1
    assert "'200': expected fatal or rejected or transient, got success" in done.stdout


def test_a_should_clause_that_is_named_runs_without_strict(project: Path) -> None:
    assert bitsspec("check", "candidates:not_strict", "--only", "DOMAIN", cwd=project).returncode == 1


def test_judging_nothing_is_not_conforming(project: Path) -> None:
    done = bitsspec("check", "candidates:retries_429", "--only", "REPOST", cwd=project)
    assert done.returncode == 2
    assert "was not judged: it offers nothing of what was asked for" in done.stderr


def test_a_clause_that_is_not_offered_is_not_passed(project: Path) -> None:
    done = bitsspec("check", "candidates:retries_429", "--only", "REPOST", "--only", "5XX", cwd=project)
    assert re.search(r"^BITS-REPOST .* not offered", done.stdout, re.MULTILINE)
    assert "conforms: 1 clause held" in done.stdout.splitlines()[-1]


@pytest.mark.skipif(os.name == "nt", reason="closes a pipe as a POSIX shell does")
def test_a_reader_that_leaves_early_changes_nothing(project: Path) -> None:
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-m", "bitsspec", "check", "candidates:prints", "--report", "out.json"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    assert json.loads((project / "out.json").read_text(encoding="utf-8"))["conforms"] is True


def test_many_departures_are_shown_in_part_and_the_report_has_them_all() -> None:
    shown = io.StringIO()
    report = judge(lambda status: "fatal" if status % 2 else "transient", ["BITS-OTHER"])
    terminal.show(Console(file=shown, width=80), report)
    lines = [line for line in shown.getvalue().splitlines() if "expected transient, got fatal" in line]
    assert len(lines) == terminal.MOST_LINES
    rest = sum(len(clause.departures) for clause in report.clauses) - terminal.MOST_LINES
    assert f"  and {rest} lines more: --report out.json lists every departure" in shown.getvalue()


def test_many_calls_with_one_code_are_shown_as_a_number() -> None:
    report = judge(After300CallsAtOneCode, ["BITS-STABLE"])
    (departure,) = report.failed[0].departures
    assert departure.as_line() == "555 × 301: expected transient, got fatal"


def test_a_sequence_is_shown_shrunk(project: Path) -> None:
    done = bitsspec("check", "candidates:Everything", cwd=project)
    assert done.returncode == 1
    assert "  403 resume: expected 1, got 2" in done.stdout.splitlines()


def test_the_same_seed_makes_the_same_report(project: Path) -> None:
    for name in ("a.json", "b.json"):
        bitsspec("check", "candidates:Everything", "--seed", "7", "--strict", "--report", name, cwd=project)
    a, b = ((project / name).read_text(encoding="utf-8") for name in ("a.json", "b.json"))
    duration = re.compile(r'"duration_s": [\d.]+')
    assert duration.sub("", a) == duration.sub("", b)
    assert json.loads(a)["seed"] == 7


def test_workers_make_the_same_report(project: Path) -> None:
    for name, workers in (("one.json", "0"), ("two.json", "2")):
        done = bitsspec(
            "check", "candidates:Everything", "--strict", "-n", workers, "--report", name, cwd=project
        )
        assert done.returncode == 1, done.stderr
    one, two = (json.loads((project / name).read_text(encoding="utf-8")) for name in ("one.json", "two.json"))
    assert one.pop("duration_s") != two.pop("duration_s")
    assert one == two


def test_a_program_is_judged_by_workers_too(project: Path) -> None:
    program = Path(__file__).with_name("misbehaving.py")
    target = exec_target(sys.executable, program, "crashes", "404")
    done = bitsspec("check", target, "-n", "2", "-q", "--timeout", "5", cwd=project)
    assert done.returncode == 1, done.stderr
    assert "departs from BITS-4XX at 1 of 1,000" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([""], "the target '' names no candidate"),
        (["--timeout", "nan"], "a number of seconds is needed"),
        (["--write-baseline", "no/such/folder/b.toml"], "there is no directory"),
        (["no_such_module:classify"], "cannot import 'no_such_module'"),
        (["exec:no-such-program"], "cannot start 'no-such-program'"),
        (["table:absent.csv"], "absent.csv: cannot be read"),
        (["--report", "out.txt"], "a report ends in .json"),
        (["--report", "no/such/folder/out.json"], "there is no directory"),
        (["--timeout", "0"], "Invalid value for '--timeout'"),
        (["--examples", "none"], "Invalid value for '--examples'"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_what_cannot_be_run_is_exit_code_2_with_a_short_message(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    done = bitsspec("check", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_takes_the_place_of_hypothesis_is_told(tmp_path: Path) -> None:
    (tmp_path / "hypothesis.py").write_text("", encoding="utf-8")
    done = bitsspec("check", "bitsspec:classify", cwd=tmp_path)
    assert done.returncode == 2
    assert "the suite cannot be loaded: cannot import name" in done.stderr
    assert f"({tmp_path / 'hypothesis.py'})" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_kind_of_candidate_is_told_as_a_failure_of_the_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(TableCandidate):
        def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
            raise RuntimeError("the kind is broken")

    monkeypatch.setattr(
        table, "open_target", lambda rest, timeout: Broken(rest, {column: {} for column in COLUMNS})
    )
    with pytest.raises(CannotRun) as raised:
        run("table:any.csv", Settings(only=["BITS-SUCCESS"]))
    first, second = str(raised.value).splitlines()
    assert first == "the suite itself failed:"
    assert second.endswith(": RuntimeError")


def test_progress_that_cannot_be_drawn_ends_the_run() -> None:
    def draw(done: int, total: int, name: str) -> None:
        raise OSError("the terminal is gone")

    with pytest.raises(CannotRun, match=r"the suite itself failed: .*the terminal is gone"):
        run("bitsspec:classify", Settings(), draw)


def test_settings_that_the_suite_refuses_end_the_run(tmp_path: Path) -> None:
    path = tmp_path / "absent.toml"
    with pytest.raises(CannotRun) as raised:
        run("bitsspec:classify", Settings(baseline=str(path)))
    assert str(raised.value) == f"{path}: cannot be read: No such file or directory"


def test_the_verdict_stands_where_the_summary_of_a_workflow_cannot_be_written(project: Path) -> None:
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(project)}
    done = bitsspec("check", "candidates:retries_429", "--only", "4XX", "-q", cwd=project, env=actions)
    assert done.returncode == 1
    assert "departs from BITS-4XX" in done.stdout
    assert "cannot be written" in done.stderr


def test_a_standard_output_that_is_no_file_will_do() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["explain", "429"], standalone_mode=False) is None
    assert "BITS-4XX" in printed.getvalue()


def test_to_import_a_module_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bitsspec", "check", "absent:classify"])
    for name in ("bitsspec.__main__", "bitsspec.bench.served"):
        importlib.import_module(name)


def test_a_projects_own_pytest_settings_do_not_reach_the_run(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (project / "conftest.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")
    done = bitsspec(
        "check", "-q", cwd=project, env={"PYTEST_ADDOPTS": "--nonsense", "PYTEST_PLUGINS": "absent"}
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [[], ["check"], ["explain"], ["vectors"]])
def test_help_teaches_with_examples(command: list[str]) -> None:
    done = bitsspec(*command, "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout or not command
    assert "bitsspec" in done.stdout


def test_the_version_is_told() -> None:
    assert bitsspec("--version").stdout == f"bitsspec {__version__}\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal, which Windows has not")
def test_a_terminal_gets_colour_and_progress(project: Path) -> None:
    import pty
    import subprocess

    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bitsspec", "check", "candidates:retries_429"],
        cwd=project,
        stdout=terminal,
        stderr=terminal,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"},
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            chunk = os.read(controller, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(controller)
    assert process.wait() == 1
    assert b"/11" in shown, "no progress was shown"
    assert b"\x1b[" in shown
    assert b"429: expected fatal, got transient" in shown


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT, which Windows has not")
@pytest.mark.parametrize(
    ("when", "rounds"),
    [("at the first answers", 0), ("at the second answers", 1), ("while the suite runs", 2)],
)
def test_an_interrupted_run_reports_what_was_judged_and_leaves_no_child(
    when: str, rounds: int, tmp_path: Path
) -> None:
    import signal
    import subprocess

    asked = tmp_path / "asked"
    program = tmp_path / "program.py"
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
        assert "was judged in part, until the run was interrupted" in shown.splitlines()[-1]
    assert processes_of(str(program)) == []
