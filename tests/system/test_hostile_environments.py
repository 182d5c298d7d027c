"""The verdict is the same, or an error of a line or two, wherever a run is made and however it ends."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bitsspec.vectors import as_csv
from tests.support.command import NOT_LOADED, clean_environment, exec_target, run
from tests.support.in_process import invoke
from tests.support.leftovers import processes_of

CANDIDATE = """
import bitsspec

def classify(status):
    return "fatal" if status == 408 else bitsspec.classify(status)
"""
PROGRAM = f"""{CANDIDATE}
import sys

for line in sys.stdin:
    print("unsupported" if line.startswith("posts") else classify(int(line)), flush=True)
"""
DEPARTS = "departs from BITS-4XX at 1 of 100 status codes"
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX alone has this")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a directory with a candidate ``mine`` that departs at 408."""
    (tmp_path / "mine.py").write_text(CANDIDATE, encoding="utf-8")
    return tmp_path


def stored(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def departing_codes(path: Path) -> list[object]:
    return [departure["input"] for clause in stored(path)["clauses"] for departure in clause["departures"]]


def command(*arguments: str | Path) -> list[str | Path]:
    """Return the command ``bitsspec``; a check is one of a single clause, which is enough here."""
    one_clause = ("--only", "4XX") if arguments[0] == "check" else ()
    return [sys.executable, "-m", "bitsspec", *arguments, *one_clause]


def shell(script: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command ``bitsspec`` with these arguments as ``"$@"`` of a shell script."""
    return ["sh", "-c", script, "sh", *command(*arguments)]


# Directories and disks that cannot be written


def test_the_current_directory_may_be_read_only(mine: Path) -> None:
    namespace = ["unshare", "--mount"] if os.name == "posix" and os.geteuid() == 0 else ["unshare", "-rm"]
    remount = f"mount --bind '{mine}' '{mine}' && mount -o remount,ro,bind '{mine}' && cd '{mine}'"
    mounted = [*namespace, "sh", "-c", f'{remount} && exec "$@"', "sh"]
    try:
        may_mount = run([*mounted, "true"], mine).returncode == 0
    except OSError:
        may_mount = False
    if not may_mount:
        pytest.skip("may not mount anything here, as root may in a namespace of its own")
    done = run([*mounted, *command("check", "mine:classify", "--report", "o.json")], mine)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "o.json: cannot be written: Read-only file system" in done.stderr
    assert DEPARTS in done.stdout.splitlines()[-1]
    assert [path.name for path in mine.iterdir()] == ["mine.py"]


@posix
def test_a_current_directory_that_is_gone_is_an_error(tmp_path: Path) -> None:
    gone = shell(f"mkdir '{tmp_path}/gone' && cd '{tmp_path}/gone' && rmdir ../gone && exec \"$@\"", "check")
    done = run(gone, tmp_path)
    assert done.returncode == 2
    assert "the current directory cannot be used" in done.stderr
    assert done.stderr.count("\n") <= 2


@posix
def test_an_earlier_report_survives_a_disk_without_room(mine: Path) -> None:
    for name in ("o.html", "o.json"):
        (mine / name).write_text("earlier", encoding="utf-8")
    reports = ("--report", "o.html", "--report", "o.json")
    done = run(command("check", "mine:classify", *reports), mine, limit=30_000)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "o.html: cannot be written: File too large" in done.stderr
    assert DEPARTS in done.stdout.splitlines()[-1]
    assert (mine / "o.html").read_text(encoding="utf-8") == "earlier"
    assert departing_codes(mine / "o.json") == [408]
    assert {path.name for path in mine.iterdir()} - {"__pycache__"} == {"mine.py", "o.html", "o.json"}


def test_without_a_temporary_directory_nothing_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    done = invoke("check", "--only", "4XX")
    assert done.exit_code == 2
    assert "no temporary directory can be made: No such file or directory" in done.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, as Linux has it")
def test_output_that_finds_no_room_is_an_error(mine: Path) -> None:
    done = run(shell('exec "$@" > /dev/full', "check", "bitsspec:classify", "--report", "o.json"), mine)
    assert done.returncode == 2
    assert done.stderr == "bitsspec: cannot go on: [Errno 28] No space left on device\n"
    assert (mine / "o.json").exists()


# No home and no stream


@posix
@pytest.mark.parametrize("kind", ["python", "exec"])
def test_neither_a_home_nor_any_stream_is_needed(kind: str, mine: Path) -> None:
    (mine / "program.py").write_text(PROGRAM, encoding="utf-8")
    target = "mine:classify" if kind == "python" else exec_target(sys.executable, "program.py")
    homes = ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    env = clean_environment() | dict.fromkeys(homes, str(mine / "absent"))
    done = run(shell('exec "$@" <&- >&- 2>&-', "check", target, "--report", "o.json"), mine, env)
    assert done.returncode == 1
    assert departing_codes(mine / "o.json") == [408]
    assert not (mine / "absent").exists()


# Locales and paths


LOCALES = {
    "python": {"LANG": "C"},
    "exec": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "table": {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
}
"""A locale that knows little more than ASCII for each kind of candidate."""


@pytest.mark.parametrize("kind", LOCALES)
def test_any_locale_can_name_any_path(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "mit Leerzeichen & Umläuten, 中文 'и' %20"
    folder.mkdir()
    entry = '[[accepted]]\nclause = "BITS-4XX"\ncodes = 408\ngot = "fatal"\nreason = "früher so"\n'
    texts = (CANDIDATE, PROGRAM, as_csv().replace("408,transient", "408,fatal"), entry)
    names = ("größe.py", "mein program ö.py", "tabelle ü.csv", "ausnahmen ä.toml")
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    target = {
        "python": "größe:classify",
        "exec": exec_target(sys.executable, folder / "mein program ö.py"),
        "table": f"table:{folder / 'tabelle ü.csv'}",
    }[kind]
    unset = ("LANG", "LC_ALL", "PYTHONIOENCODING")
    env = {name: value for name, value in clean_environment().items() if name not in unset} | LOCALES[kind]
    files = [f"über.{suffix}" for suffix in ("json", "html", "md", "xml")]
    reports = [word for file in files for word in ("--report", file)]
    done = run(command("check", target, "--baseline", "ausnahmen ä.toml", *reports), folder, env)
    assert (done.returncode, done.stderr) == (0, "")
    assert departing_codes(folder / "über.json") == [408]
    assert all("BITS-4XX" in (folder / file).read_text(encoding="utf-8") for file in files)


# An interrupted run


WAITS = """
import pathlib, sys, time
from bitsspec import classify as right

before = None

def classify(status):
    global before
    if (before, status) == (299, 600):  # as BITS-OTHER asks, and nothing before it
        pathlib.Path(__file__).with_suffix(".asked").touch()
        time.sleep(1000)
    before = status
    return right(status)

if __name__ == "__main__":
    for line in sys.stdin:
        print("unsupported" if line.startswith("posts") else classify(int(line)), flush=True)
"""


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    path = tmp_path / "waits_for_ctrl_c.py"
    path.write_text(WAITS, encoding="utf-8")
    return path


@pytest.fixture
def interrupt(waiting: Path) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Return what starts a command, interrupts it once the candidate hangs, and returns what came of it."""
    started: list[subprocess.Popen[str]] = []

    def press(
        *words: str | Path, signals: Sequence[signal.Signals] = (signal.SIGINT,)
    ) -> tuple[int, str, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=waiting.parent,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        started.append(process)
        deadline = time.monotonic() + 120
        while not waiting.with_suffix(".asked").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "the candidate was never asked"
            time.sleep(0.02)
        for number in signals:  # to the group, as a terminal does: a candidate's program gets it, too
            os.killpg(process.pid, number)
            time.sleep(0.02)
        shown, errors = process.communicate(timeout=120)
        return process.returncode, shown, errors

    yield press
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@posix
def test_ctrl_c_reports_what_was_judged_until_then(
    waiting: Path, interrupt: Callable[..., tuple[int, str, str]]
) -> None:
    target = f"python:{waiting.stem}:classify"
    (waiting.parent / "o.json").write_text("earlier", encoding="utf-8")
    code, shown, errors = interrupt("bitsspec", "check", target, "--report", "o.json", "--report", "o.md")
    assert code == 130, errors
    assert errors.startswith("bitsspec: interrupted")
    assert errors.endswith("; this is what was judged until then\n")
    assert "was judged in part, in a run that is not complete" in shown.splitlines()[-1]
    report = stored(waiting.parent / "o.json")
    assert report["conforms"] is False
    results = {clause["id"]: clause["result"] for clause in report["clauses"]}
    assert (results["BITS-SUCCESS"], results["BITS-OTHER"]) == ("passed", "not run")
    page = (waiting.parent / "o.md").read_text(encoding="utf-8")
    assert page.startswith("## bitsspec: judged in part\n")
    left = {path.name for path in waiting.parent.iterdir() if path.suffix != ".asked"}
    assert left - {"__pycache__"} == {waiting.name, "o.json", "o.md"}
    again = invoke("report", str(waiting.parent / "o.json")).output
    assert "was judged in part, in a run that is not complete" in again


KEPT = "try: time.sleep(1000)\n        except BaseException: return 'fatal'"


@posix
@pytest.mark.parametrize("kept", [False, True], ids=["", "kept by the candidate"])
@pytest.mark.parametrize("names", ["TERM", "HUP", "INT INT INT", "TERM INT HUP"])
def test_a_signal_ends_a_run_as_ctrl_c_does_and_those_after_it_do_nothing(
    names: str, kept: bool, waiting: Path, interrupt: Callable[..., tuple[int, str, str]]
) -> None:
    if kept:
        waiting.write_text(WAITS.replace("time.sleep(1000)", KEPT), encoding="utf-8")
    signals = [signal.Signals[f"SIG{name}"] for name in names.split()]
    target = f"python:{waiting.stem}:classify"
    code, shown, errors = interrupt("bitsspec", "check", target, "--report", "o.json", signals=signals)
    assert code == 130, errors
    assert errors.startswith("bitsspec: interrupted")
    assert errors.endswith("; this is what was judged until then\n")
    assert errors.count("\n") == 1
    assert "was judged in part" in shown.splitlines()[-1]
    assert stored(waiting.parent / "o.json")["complete"] is False
    left = {path.name for path in waiting.parent.iterdir() if path.suffix != ".asked"}
    assert left - {"__pycache__"} == {waiting.name, "o.json"}


@posix
def test_ctrl_c_in_pytest_is_not_a_verdict(
    waiting: Path, interrupt: Callable[..., tuple[int, str, str]]
) -> None:
    suite = (*NOT_LOADED, "--pyargs", "bitsspec.conformance", "-p", "no:cacheprovider")
    target = exec_target(sys.executable, waiting)
    code, shown, _ = interrupt("pytest", *suite, "--bits-candidate", target, "--bits-report", "o.json")
    assert code == pytest.ExitCode.INTERRUPTED
    assert "was judged in part, in a run that is not complete" in shown
    assert stored(waiting.parent / "o.json")["conforms"] is False
    assert processes_of(waiting.stem) == []
