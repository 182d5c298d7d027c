"""The verdict is the same, or an error of a line or two, wherever a run is made and however it ends."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from bitsspec.errors import CannotRun
from bitsspec.settings import Settings
from bitsspec.run import run as judge_by
from tests.support.command import COVERAGE, NOT_LOADED, bitsspec, clean_environment, exec_target, run_pytest
from tests.support.processes import processes_of

SUITE = ("--pyargs", "bitsspec.conformance", "--bits-candidate", "mine:classify", "--bits-only", "4XX")
CANDIDATE = """
import bitsspec

def classify(status):
    return "fatal" if status == 408 else bitsspec.classify(status)
"""
PROGRAM = """
import sys
from bitsspec import classify

for line in sys.stdin:
    print("unsupported" if line.startswith("posts") else classify(int(line)), flush=True)
"""
DEPARTS = "departs from BITS-4XX at 1 of 100 status codes"
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX alone has this")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CANDIDATE, encoding="utf-8")
    return tmp_path


def verdict(path: Path) -> dict[str, Any]:
    """Return the JSON report at ``path`` but for its duration."""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    del report["duration_s"]
    return report


def departing_codes(path: Path) -> list[object]:
    clauses = verdict(path)["clauses"]
    return [departure["input"] for clause in clauses for departure in clause["departures"]]


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: dict[str, str] | None = None,
    limit: int | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command; with a ``limit``, no file that it writes can be larger, as on a disk that is full."""

    def shrink_the_disk() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit or 0, limit or 0))

    environment = clean_environment() if env is None else env
    if limit is not None:  # coverage would find no room for its notes either, and say so
        environment = {name: value for name, value in environment.items() if name not in COVERAGE}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        preexec_fn=None if limit is None else shrink_the_disk,
        check=False,
    )


def command(*arguments: str | Path) -> list[str | Path]:
    """Return the command ``bitsspec``; a check is one of a single clause, which is enough here."""
    one_clause = ("--only", "4XX") if arguments[0] == "check" else ()
    return [sys.executable, "-m", "bitsspec", *arguments, *one_clause]


def shell(script: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command that runs ``bitsspec`` with these arguments as ``"$@"`` of a shell script."""
    return ["sh", "-c", script, "sh", *command(*arguments)]


def is_short(text: str) -> bool:
    return "Traceback" not in text and len(text.splitlines()) <= 2


# Directories that cannot be written


@pytest.fixture
def beside_mounts(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return what makes a command prefix that mounts something first, seen by that command alone."""
    mine = ["unshare", "--mount"] if os.name == "posix" and os.geteuid() == 0 else ["unshare", "-rm"]

    def prefix(mounting: str) -> list[str]:
        found = [*mine, "sh", "-c", f'{mounting} && exec "$@"', "sh"]
        try:
            tried = subprocess.run([*found, "true"], capture_output=True, check=False).returncode
        except OSError:
            tried = 1
        if tried:
            pytest.skip("may not mount anything here, as root may in a namespace of its own")
        return found

    return prefix


def test_the_current_directory_may_be_read_only(
    project: Path, beside_mounts: Callable[[str], list[str]]
) -> None:
    where = f"'{project}'"
    mounted = beside_mounts(f"mount --bind {where} {where} && mount -o remount,ro,bind {where} && cd {where}")
    done = run([*mounted, *command("check", "mine:classify", "--report", "o.json")], cwd=project)
    assert done.returncode == 2
    assert done.stderr == "bitsspec: o.json: cannot be written: Read-only file system\n"
    assert DEPARTS in done.stdout.splitlines()[-1]
    pytest_command = [sys.executable, "-m", "pytest", *NOT_LOADED, *SUITE, "--bits-report", "o.json"]
    done = run([*mounted, *pytest_command], cwd=project)
    assert done.returncode == 2
    assert "bitsspec: o.json: cannot be written: Read-only file system" in done.stdout.splitlines()
    assert "1 failed, 10 deselected" in done.stdout
    assert sorted(path.name for path in project.iterdir()) == ["mine.py"]


def test_a_directory_without_the_right_to_write_is_told(project: Path) -> None:
    folder = project / "reports"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        folder = Path("/proc")  # where even root can write no file
    if not folder.is_dir():
        pytest.skip("there is no directory here that this user cannot write into")
    reports = ("--report", folder / "o.json", "--report", "p.md")
    done = run(command("check", "mine:classify", *reports), cwd=project)
    assert done.returncode == 2
    assert f"bitsspec: {folder / 'o.json'}: cannot be written: " in done.stderr
    assert is_short(done.stderr)
    assert DEPARTS in done.stdout.splitlines()[-1]
    assert DEPARTS in (project / "p.md").read_text(encoding="utf-8")


def test_a_file_is_no_directory(project: Path) -> None:
    path = project / "mine.py" / "o.json"
    done = bitsspec("check", "--report", path, cwd=project)
    assert done.returncode == 2
    assert done.stderr == f"bitsspec: {path}: there is no directory {path.parent}\n"


@posix
def test_a_current_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = shell(f"mkdir '{tmp_path}/gone' && cd '{tmp_path}/gone' && rmdir ../gone && exec \"$@\"", "check")
    done = run(gone, cwd=tmp_path)
    assert done.returncode == 2
    assert "the current directory cannot be used" in done.stderr
    assert is_short(done.stderr)


# A full disk


@posix
def test_an_earlier_report_survives_a_disk_without_room(project: Path) -> None:
    for name in ("o.html", "o.json"):
        (project / name).write_text("earlier", encoding="utf-8")
    reports = ("--report", "o.html", "--report", "o.json")
    done = run(command("check", "mine:classify", *reports), cwd=project, limit=30_000)
    assert done.returncode == 2
    assert done.stderr == "bitsspec: o.html: cannot be written: File too large\n"
    assert DEPARTS in done.stdout.splitlines()[-1]
    assert (project / "o.html").read_text(encoding="utf-8") == "earlier"
    assert departing_codes(project / "o.json") == [408]
    left = sorted(path.name for path in project.iterdir() if path.name != "__pycache__")
    assert left == ["mine.py", "o.html", "o.json"]


def test_a_small_disk_that_is_full_keeps_the_earlier_report(
    project: Path, beside_mounts: Callable[[str], list[str]]
) -> None:
    disk = project / "disk"
    disk.mkdir()
    mounting = f"mount -t tmpfs -o size=32k none '{disk}' && echo earlier > '{disk}/o.html'"
    look = '"$@"; echo "exit $?"; cat disk/*; ls -A disk'
    checked = ["sh", "-c", look, "sh", *command("check", "-q", "--report", "disk/o.html")]
    done = run([*beside_mounts(mounting), *checked], cwd=project)
    assert done.stderr == "bitsspec: disk/o.html: cannot be written: No space left on device\n"
    assert done.stdout.splitlines()[1:] == ["exit 2", "earlier", "o.html"]


@posix
def test_no_room_for_temporary_files_is_told(project: Path) -> None:
    done = run(command("check", "mine:classify"), cwd=project, limit=0)
    assert done.returncode == 2
    assert "no temporary directory can be made" in done.stderr
    assert is_short(done.stderr)


def test_without_a_temporary_directory_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(CannotRun, match="no temporary directory can be made: No space left on device"):
        judge_by(None, Settings())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, as Linux has it")
@pytest.mark.parametrize("arguments", [("check", "--report", "o.json"), ("explain", "404"), ("vectors",)])
def test_output_that_finds_no_room_is_told(arguments: tuple[str, ...], project: Path) -> None:
    done = run(shell('exec "$@" > /dev/full', *arguments), cwd=project)
    assert done.returncode == 2
    assert done.stderr == "bitsspec: cannot go on: [Errno 28] No space left on device\n"
    assert (project / "o.json").exists() == ("check" in arguments)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, as Linux has it")
def test_an_error_that_finds_no_room_is_still_exit_code_2(tmp_path: Path) -> None:
    assert run(shell('exec "$@" 2> /dev/full', "check", "absent:classify"), cwd=tmp_path).returncode == 2


# No home and no terminal


@pytest.mark.parametrize("home", [None, "absent"])
def test_no_home_is_needed(home: str | None, project: Path) -> None:
    names = ("HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    env = {name: value for name, value in clean_environment().items() if name not in names}
    if home is not None:
        env |= dict.fromkeys(names, str(project / home))
    done = run(command("check", "mine:classify", "-q"), cwd=project, env=env)
    assert (done.returncode, done.stderr) == (1, "")
    assert DEPARTS in done.stdout
    assert not (project / "absent").exists()


@posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_no_terminal_is_needed_nor_any_stream(closed: str, project: Path) -> None:
    done = run(shell(f'exec "$@" {closed}', "check", "mine:classify", "--report", "o.json"), cwd=project)
    assert done.returncode == 1
    assert done.stderr == ""
    assert (DEPARTS in done.stdout) == (closed != ">&-")
    assert departing_codes(project / "o.json") == [408]


@posix
def test_a_program_needs_no_stream_either(project: Path) -> None:
    (project / "program.py").write_text(PROGRAM, encoding="utf-8")
    target = exec_target(sys.executable, "program.py")
    done = run(shell('exec "$@" <&- >&- 2>&-', "check", target, "--report", "o.json"), cwd=project)
    assert done.returncode == 0
    assert verdict(project / "o.json")["conforms"] is True


@posix
def test_a_reader_that_wants_one_line_gets_it(project: Path) -> None:
    kept = '{ "$@"; echo "exit $?" >&2; } | head -1'
    done = run(shell(kept, "check", "mine:classify"), cwd=project)
    assert done.stdout == "candidate  python:mine:classify\n"
    assert done.stderr == "exit 1\n"


@posix
def test_data_that_nobody_reads_is_no_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(command("vectors"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.communicate(timeout=120)[1] == b""


# Locales and paths


LOCALES = {
    "LANG=C": {"LANG": "C"},
    "PYTHONUTF8=0": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "ASCII alone": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "PYTHONIOENCODING=ascii": {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
}


@pytest.fixture
def far_away(tmp_path: Path) -> Path:
    """A directory whose path has blanks and letters of three scripts, and candidates of such names."""
    folder = tmp_path / "mit Leerzeichen & Umläuten, 中文 'и' %20"
    folder.mkdir()
    (folder / "größe.py").write_text(CANDIDATE, encoding="utf-8")
    (folder / "mein program ö.py").write_text(PROGRAM, encoding="utf-8")
    rows = bitsspec("vectors", "--format", "csv").stdout.replace("408,transient", "408,fatal")
    (folder / "tabelle ü.csv").write_text(rows, encoding="utf-8")
    (folder / "ausnahmen ä.toml").write_text(
        '[[accepted]]\nclause = "BITS-4XX"\ncodes = 408\ngot = "fatal"\nreason = "früher so"\n',
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize("locale", LOCALES)
def test_any_locale_can_name_any_path(locale: str, far_away: Path) -> None:
    env = clean_environment()
    env = {name: value for name, value in env.items() if name not in ("LANG", "LC_ALL", "PYTHONIOENCODING")}
    env |= LOCALES[locale]
    reports = [word for suffix in ("json", "html", "md", "xml") for word in ("--report", f"über.{suffix}")]
    done = run(command("check", "größe:classify", *reports), cwd=far_away, env=env)
    assert (done.returncode, done.stderr) == (1, "")
    assert departing_codes(far_away / "über.json") == [408]
    for suffix in ("html", "md", "xml"):
        assert "BITS-4XX" in (far_away / f"über.{suffix}").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["program", "table", "baseline"])
def test_programs_tables_and_baselines_may_lie_anywhere(kind: str, far_away: Path) -> None:
    env = clean_environment() | LOCALES["ASCII alone"]
    target = {
        "program": exec_target(sys.executable, far_away / "mein program ö.py"),
        "table": f"table:{far_away / 'tabelle ü.csv'}",
        "baseline": "größe:classify",
    }[kind]
    baseline = ["--baseline", str(far_away / "ausnahmen ä.toml")] if kind == "baseline" else []
    done = run(command("check", target, *baseline, "--report", "ö.json"), cwd=far_away, env=env)
    assert (done.returncode, done.stderr) == (1 if kind == "table" else 0, "")
    assert departing_codes(far_away / "ö.json") == ([] if kind == "program" else [408])


def test_workers_and_pytest_run_anywhere(far_away: Path) -> None:
    done = run(command("check", "größe:classify", "-q", "-n", "2"), cwd=far_away)
    assert DEPARTS in done.stdout
    done = run_pytest(*SUITE, "--bits-candidate", "größe:classify", "--bits-report", "ö.json", cwd=far_away)
    assert "1 failed, 10 deselected" in done.stdout
    assert departing_codes(far_away / "ö.json") == [408]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")
def test_a_name_that_workers_cannot_be_told_is_refused(tmp_path: Path) -> None:
    done = run(shell('exec "$@" "$(printf \'no\\377such\')"', "check", "-n", "2"), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("bitsspec: no\\udcffsuch: a name that is no text in this locale")
    assert is_short(done.stderr)


# The user's own settings of Python, pytest, its plugins and Hypothesis


WARNINGS_ARE_ERRORS = "addopts = --strict-markers --strict-config -W error -p no:cacheprovider"
ASYNCIO = "asyncio_default_fixture_loop_scope = function"  # without it, it warns
if Version(version("pytest-asyncio")) < Version("0.24"):
    ASYNCIO = ""
THRIFTY = """
from hypothesis import Phase, Verbosity, settings
from hypothesis.database import DirectoryBasedExampleDatabase

settings.register_profile(
    "thrifty", max_examples=1, deadline=1, derandomize=False, phases=[Phase.explicit], stateful_step_count=1,
    database=DirectoryBasedExampleDatabase("examples"), report_multiple_bugs=False, print_blob=True,
)
settings.register_profile("repeatable", max_examples=1, deadline=1, derandomize=True)
settings.load_profile("thrifty")
"""
MEDDLING = """
import pytest

@pytest.fixture(autouse=True)
def noisy(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    print("set up")
    yield
    print("torn down")

@pytest.fixture(autouse=True, scope="session")
def settled():
    yield

@pytest.fixture(params=["once"], autouse=True)
def again(request):
    return request.param

def pytest_collection_modifyitems(items):
    items.reverse()

def pytest_itemcollected(item):
    item.user_properties.append(("collected", "by us"))

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.sections.append(("ours", "more"))
    return report

@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    return (yield)
"""
REPEATABLE = ("--hypothesis-profile", "repeatable", "--hypothesis-seed", "7")
SETTINGS: dict[str, tuple[str, str, Sequence[str]]] = {
    "-W error": (f"{WARNINGS_ARE_ERRORS}\nfilterwarnings = error", "", ()),
    "pytest-xdist": (WARNINGS_ARE_ERRORS, "", ("-n", "2")),
    "pytest-randomly": (WARNINGS_ARE_ERRORS, "", ("-p", "randomly")),
    "pytest-timeout": (f"{WARNINGS_ARE_ERRORS}\ntimeout = 100", "", ("-p", "timeout")),
    "pytest-asyncio, auto": (f"{WARNINGS_ARE_ERRORS}\n{ASYNCIO}\nasyncio_mode = auto", "", ("-p", "asyncio")),
    "pytest-asyncio, strict": (
        f"{WARNINGS_ARE_ERRORS}\n{ASYNCIO}\nasyncio_mode = strict",
        "",
        ("-p", "asyncio"),
    ),
    "a Hypothesis profile": ("", THRIFTY, ()),
    "--hypothesis-profile": ("", THRIFTY, REPEATABLE),
    "a conftest.py": ("", MEDDLING, ()),
}
POSTS = """
import bitsspec

class Classifier:
    classify = staticmethod(bitsspec.classify)
    may_repost = staticmethod(bitsspec.may_repost)

    def count_posts(self, events):
        unusual = [event for event in events if isinstance(event, int) and 500 <= event != 503]
        return bitsspec.count_posts(events) + (len(unusual) > 1)
"""
ONLY = ("4XX", "POSTS")


@pytest.fixture(scope="module")
def due(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the verdict over a candidate that drawn sequences decide on, where nothing is in the way."""
    folder = tmp_path_factory.mktemp("due")
    (folder / "posting.py").write_text(POSTS, encoding="utf-8")
    only = [word for clause in ONLY for word in ("--only", clause)]
    done = bitsspec("check", "posting:Classifier", "--strict", *only, "--report", "o.json", cwd=folder)
    assert done.returncode == 1, done.stderr
    return verdict(folder / "o.json")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_users_settings_of_pytest_change_no_verdict(
    name: str, due: dict[str, Any], tmp_path: Path
) -> None:
    ini, conftest, options = SETTINGS[name]
    (tmp_path / "posting.py").write_text(POSTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{ini}\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_adopted.py").write_text(
        "import pytest\nfrom bitsspec.conformance import *\n\n"
        "@pytest.fixture(scope='session')\ndef bits_candidate():\n    return 'posting:Classifier'\n",
        encoding="utf-8",
    )
    report = tmp_path / "o.json"
    only = [word for clause in ONLY for word in ("--bits-only", clause)]
    done = run_pytest("--bits-strict", *only, "--bits-report", report, *options, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert " error" not in done.stdout.splitlines()[-1]
    assert "arning" not in done.stdout.splitlines()[-1]
    assert verdict(report) == due
    assert not (tmp_path / "examples").exists(), "Hypothesis wrote into the user's database"


def test_none_of_the_users_settings_reach_check(due: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "posting.py").write_text(POSTS, encoding="utf-8")
    ini = "addopts = -x -W error -n 2 -p no:cacheprovider\ntimeout = 0.001\nasyncio_mode = nonsense"
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{ini}\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")
    env = {"PYTHONWARNINGS": "error", "HYPOTHESIS_PROFILE": "absent", "PYTEST_TIMEOUT": "0.001", "CI": "true"}
    only = [word for clause in ONLY for word in ("--only", clause)]
    arguments = ("check", "posting:Classifier", "--strict", *only, "--report", "o.json")
    done = bitsspec(*arguments, cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (1, "")
    assert verdict(tmp_path / "o.json") == due


def test_a_conftest_that_breaks_on_import_breaks_pytest_but_not_check(project: Path) -> None:
    (project / "conftest.py").write_text("import there_is_no_such_module\n", encoding="utf-8")
    done = run_pytest(*SUITE, cwd=project)
    assert done.returncode == 4
    assert "ModuleNotFoundError: No module named 'there_is_no_such_module'" in done.stderr
    assert DEPARTS in run(command("check", "mine:classify", "-q"), cwd=project).stdout


@pytest.mark.parametrize("wrong", [False, True])
def test_a_run_that_ends_at_its_first_failure_does_not_conform(wrong: bool, project: Path) -> None:
    settings = "[pytest]\naddopts = -x --strict-markers -W error -p no:cacheprovider\n"
    (project / "pytest.ini").write_text(settings, encoding="utf-8")
    (project / "test_adopted.py").write_text(
        "import mine, bitsspec, pytest\nfrom bitsspec.conformance import test_200_is_success\n\n"
        "@pytest.fixture(scope='session')\n"
        f"def bits_candidate():\n    return {'mine.classify' if wrong else 'bitsspec.classify'}\n\n"
        "def test_of_the_project():\n    assert False\n\n"
        "from bitsspec.conformance import test_400_to_499_are_fatal_except_408_and_409\n",
        encoding="utf-8",
    )
    names = ["test_200_is_success", "test_of_the_project"]
    names.insert(1 if wrong else 2, "test_400_to_499_are_fatal_except_408_and_409")
    done = run_pytest(*(f"test_adopted.py::{name}" for name in names), cwd=project)
    assert done.returncode == 1
    (told,) = (line for line in done.stdout.splitlines() if "seed 0" in line)
    if wrong:
        assert "departs from BITS-4XX at 1 of 101 status codes, until the run was interrupted" in told
    else:
        assert "was judged in part, until the run was interrupted" in told


@posix
def test_a_test_that_runs_out_of_its_time_does_not_conform(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import bitsspec, signal\nalarms = [signal.SIGALRM]\n\ndef classify(status):\n"
        "    if status == 599 and alarms:\n        signal.raise_signal(alarms.pop())  # its time is up\n"
        "    return bitsspec.classify(status)\n",
        encoding="utf-8",
    )
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\ntimeout = 1000\ntimeout_method = signal\n", encoding="utf-8"
    )
    only = ("--bits-only", "5XX", "-c", "pytest.ini", "-p", "timeout")
    done = run_pytest(*SUITE, *only, "--bits-report", "o.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "was judged in part, until the run was interrupted" in done.stdout
    assert verdict(tmp_path / "o.json")["conforms"] is False


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
    """Return what starts a command, presses Ctrl-C once the candidate hangs, and returns what came of it."""
    started: list[subprocess.Popen[str]] = []

    def press(*words: str | Path) -> tuple[int, str, str]:
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
        asked = waiting.with_suffix(".asked")
        deadline = time.monotonic() + 120
        while not asked.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "the candidate was never asked"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers get it, too
        shown, errors = process.communicate(timeout=120)
        return process.returncode, shown, errors

    yield press
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@posix
@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("kind", ["python", "exec"])
def test_ctrl_c_reports_what_was_judged_until_then(
    kind: str, workers: str, waiting: Path, interrupt: Callable[..., tuple[int, str, str]]
) -> None:
    target = f"python:{waiting.stem}:classify" if kind == "python" else exec_target(sys.executable, waiting)
    reports = [word for suffix in ("json", "md") for word in ("--report", f"o.{suffix}")]
    (waiting.parent / "o.json").write_text("earlier", encoding="utf-8")
    code, shown, errors = interrupt("bitsspec", "check", target, "-n", workers, *reports)
    assert code == 130, errors
    assert errors == "bitsspec: interrupted; this is what was judged until then\n"
    assert "was judged in part, until the run was interrupted" in shown.splitlines()[-1]
    report = verdict(waiting.parent / "o.json")
    assert report["conforms"] is False
    results = {clause["id"]: clause["result"] for clause in report["clauses"]}
    assert results["BITS-SUCCESS"] == "passed"
    assert results["BITS-OTHER"] == "not run"
    page = (waiting.parent / "o.md").read_text(encoding="utf-8")
    assert page.startswith("## bitsspec: judged in part\n")
    left = {path.name for path in waiting.parent.iterdir() if path.suffix != ".asked"}
    assert left - {"__pycache__"} == {waiting.name, "o.json", "o.md"}
    assert processes_of(waiting.stem) == []


@posix
def test_ctrl_c_in_pytest_is_no_verdict(
    waiting: Path, interrupt: Callable[..., tuple[int, str, str]]
) -> None:
    suite = (*NOT_LOADED, "--pyargs", "bitsspec.conformance", "-p", "no:cacheprovider")
    target = exec_target(sys.executable, waiting)
    code, shown, _ = interrupt("pytest", *suite, "--bits-candidate", target, "--bits-report", "o.json")
    assert code == pytest.ExitCode.INTERRUPTED
    assert "was judged in part, until the run was interrupted" in shown
    assert verdict(waiting.parent / "o.json")["conforms"] is False
    assert processes_of(waiting.stem) == []


@pytest.mark.parametrize("suffix", ["html", "md", "xml"])
def test_a_stored_report_of_an_interrupted_run_still_does_not_conform(suffix: str, tmp_path: Path) -> None:
    bitsspec("check", "--only", "4XX", "-q", "--report", "o.json", cwd=tmp_path)
    stored = json.loads((tmp_path / "o.json").read_text(encoding="utf-8")) | {"conforms": False}
    (tmp_path / "o.json").write_text(json.dumps(stored), encoding="utf-8")
    shown = bitsspec("report", "o.json", cwd=tmp_path).stdout
    assert "was judged in part, until the run was interrupted" in shown
    bitsspec("report", "o.json", "--report", f"o.{suffix}", cwd=tmp_path)
    text = (tmp_path / f"o.{suffix}").read_text(encoding="utf-8")
    assert ("judged in part" in text) == (suffix != "xml")
