"""The suite in a project's own pytest runs, beside the plugins and settings that the project has."""

import json
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from tests.support.command import bitsspec, run_pytest

STRICT = "addopts = --strict-markers --strict-config -W error -p no:cacheprovider"
ASYNCIO = "asyncio_default_fixture_loop_scope = function"  # without it, it warns
if Version(version("pytest-asyncio")) < Version("0.24"):
    ASYNCIO = ""
PROFILE = """
from hypothesis import Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase

database = DirectoryBasedExampleDatabase("examples")
settings.register_profile("thrifty", max_examples=1, deadline=1, phases=[Phase.explicit], database=database)
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

@pytest.fixture(params=["once"], autouse=True)
def again(request):
    return request.param

def pytest_collection_modifyitems(items):
    items.reverse()

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.sections.append(("ours", "more"))
    return report

@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    return (yield)
"""
SETTINGS: dict[str, tuple[str, str, Sequence[str]]] = {
    "warnings are errors": (f"{STRICT}\nfilterwarnings = error", "", ()),
    "pytest-xdist": (STRICT, "", ("-n", "2")),
    "pytest-randomly": (STRICT, "", ("-p", "randomly")),
    "pytest-timeout": (f"{STRICT}\ntimeout = 100", "", ("-p", "timeout")),
    "pytest-asyncio": (f"{STRICT}\n{ASYNCIO}\nasyncio_mode = auto", "", ("-p", "asyncio")),
    "a Hypothesis profile": ("", PROFILE, ("--hypothesis-seed", "7")),
    "a conftest.py": ("", MEDDLING, ()),
}
CANDIDATE = """
import bitsspec

class Classifier:
    classify = staticmethod(bitsspec.classify)
    may_repost = staticmethod(bitsspec.may_repost)

    def count_posts(self, events):
        unusual = [event for event in events if isinstance(event, int) and 500 <= event != 503]
        return bitsspec.count_posts(events) + (len(unusual) > 1)
"""
ADOPTED = """
import pytest
from bitsspec.conformance import *

@pytest.fixture(scope="session")
def bits_candidate():
    return "posting:Classifier"
"""


def verdict(path: Path) -> dict[str, Any]:
    """Return the JSON report at ``path`` but for its duration."""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    del report["duration_s"]
    return report


@pytest.fixture
def posting(tmp_path: Path) -> Path:
    """Return a project that adopts the suite; drawn sequences of posts decide on its candidate."""
    (tmp_path / "posting.py").write_text(CANDIDATE, encoding="utf-8")
    (tmp_path / "test_adopted.py").write_text(ADOPTED, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the verdict of ``check``, which none of a project's settings reaches."""
    folder = tmp_path_factory.mktemp("expected")
    (folder / "posting.py").write_text(CANDIDATE, encoding="utf-8")
    (folder / "conftest.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = -x -W error -n 2 --no-such-option\n", encoding="utf-8"
    )
    env = {"PYTHONWARNINGS": "error", "HYPOTHESIS_PROFILE": "absent", "PYTEST_ADDOPTS": "--nonsense"}
    only = ("--only", "4XX", "--only", "POSTS")
    done = bitsspec(
        "check", "posting:Classifier", "--strict", *only, "--report", "o.json", cwd=folder, env=env
    )
    assert (done.returncode, done.stderr) == (1, "")
    return verdict(folder / "o.json")


@pytest.mark.parametrize("name", SETTINGS)
def test_a_projects_plugins_and_settings_change_no_verdict(
    name: str, expected: dict[str, Any], posting: Path
) -> None:
    ini, conftest, options = SETTINGS[name]
    (posting / "pytest.ini").write_text(f"[pytest]\n{ini}\n", encoding="utf-8")
    (posting / "conftest.py").write_text(conftest, encoding="utf-8")
    suite = ("--bits-strict", "--bits-only=4XX", "--bits-only=POSTS", "--bits-report", posting / "o.json")
    done = run_pytest(*suite, *options, cwd=posting)
    assert done.returncode == 1, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert "1 failed" in last
    assert " error" not in last
    assert "arning" not in last
    assert done.stdout.count("departs from BITS-POSTS") == 1
    assert [path.name for path in posting.glob("o*.json")] == ["o.json"]
    assert verdict(posting / "o.json") == expected
    assert not (posting / "examples").exists(), "Hypothesis wrote into the user's database"


@pytest.mark.skipif(
    os.name == "nt", reason="pytest-timeout interrupts by a signal that Windows does not have"
)
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
    suite = ("--pyargs", "bitsspec.conformance", "--bits-candidate=mine:classify", "--bits-report=o.json")
    only = ("--bits-only=4XX", "--bits-only=5XX")
    done = run_pytest("-c", "pytest.ini", "-p", "timeout", *suite, *only, cwd=tmp_path)
    assert done.returncode == 1
    assert "was judged in part, in a run that is not complete" in done.stdout
    assert verdict(tmp_path / "o.json")["conforms"] is False


ONE_CLASS = """
import pytest
from bitsspec.conformance import *
from posting import Classifier

@pytest.fixture(scope="session")
def bits_candidate():
    made = Classifier()
    made.classify = {classify}
    return made
"""


@pytest.mark.parametrize("options", [("-n2", "--dist=loadfile"), ("-n2", "--dist=load"), ()], ids=" ".join)
def test_two_candidates_of_one_class_have_a_name_and_a_file_each_whoever_runs_them(
    options: Sequence[str], posting: Path
) -> None:
    (posting / "test_adopted.py").unlink()
    for name, classify in (("a", "lambda status: 'fatal'"), ("b", "made.classify")):
        (posting / f"test_{name}.py").write_text(ONE_CLASS.format(classify=classify), encoding="utf-8")
    done = run_pytest("-k", "400_to or 500_to", "--bits-report=o.json", *options, cwd=posting)
    assert done.returncode == 1, done.stdout
    stored = [verdict(posting / name) for name in ("o.json", "o-2.json")]
    assert [report["target"] for report in stored] == [
        "python:posting:Classifier",
        "python:posting:Classifier #2",
    ]
    assert [(report["conforms"], report["complete"]) for report in stored] == [(False, True), (True, True)]


DIES = """
import bitsspec, os

def classify(status):
    return os._exit(1) if status == 599 else bitsspec.classify(status)
"""


@pytest.mark.parametrize("restarts", [(), ("--max-worker-restart=0",)], ids=["restarted", "not restarted"])
def test_a_worker_that_dies_leaves_a_report_that_is_not_complete(
    restarts: Sequence[str], tmp_path: Path
) -> None:
    (tmp_path / "dies.py").write_text(DIES, encoding="utf-8")
    suite = ("--pyargs", "bitsspec.conformance", "--bits-candidate=dies:classify", "--bits-report=o.json")
    only = ("--bits-only=4XX", "--bits-only=5XX")
    done = run_pytest(*suite, *only, "-n", "2", *restarts, cwd=tmp_path)
    assert done.returncode != 0
    report = verdict(tmp_path / "o.json")
    assert (report["conforms"], report["complete"]) == (False, False)


@pytest.mark.parametrize(
    "where", ["-p bitsspec.plugin", "PYTEST_PLUGINS", "conftest.py", "-p bitsspec alone"]
)
def test_the_plugin_may_be_named_although_it_is_loaded_by_itself(where: str, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_of_the_project(bits_candidate): pass\n", encoding="utf-8")
    if where == "conftest.py":
        (tmp_path / where).write_text("pytest_plugins = ['bitsspec.plugin', 'bitsspec']\n", encoding="utf-8")
    env = {"PYTEST_PLUGINS": "bitsspec.plugin,bitsspec"} if where == "PYTEST_PLUGINS" else {}
    if "alone" in where:
        env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = where.removesuffix(" alone").split() if where.startswith("-p") else []
    done = run_pytest(*options, cwd=tmp_path, env=env)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_where_plugins_are_not_loaded_by_themselves_the_run_says_which_to_name(tmp_path: Path) -> None:
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = run_pytest("--pyargs", "bitsspec.conformance", cwd=tmp_path, env=env)
    assert done.returncode == 4
    assert "add -p bitsspec" in done.stderr
    done = run_pytest(
        "-p",
        "bitsspec",
        "--pyargs",
        "bitsspec.conformance",
        "--bits-candidate=reference",
        cwd=tmp_path,
        env=env,
    )
    assert done.returncode == 0, done.stdout


def test_an_unrelated_run_loads_nothing_of_the_suite(tmp_path: Path) -> None:
    (tmp_path / "test_unrelated.py").write_text(
        "import sys\n\ndef test_nothing_is_loaded():\n"
        "    heavy = ('hypothesis', 'rich', 'click', 'jinja2')\n"
        "    ours = [name for name in sys.modules if name.startswith('bitsspec')]\n"
        "    assert not set(heavy) & set(sys.modules)\n"
        "    assert not [name for name in ours if name.split('.')[1:2] in (['session'], ['candidates'])]\n",
        encoding="utf-8",
    )
    done = run_pytest("-p", "no:hypothesispytest", "-p", "no:benchmark", cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout
