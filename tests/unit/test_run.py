"""One run of the suite inside this process: what it tells, what it leaves as it was, how it ends."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bitsspec.candidates import table
from bitsspec.candidates.fields import COLUMNS
from bitsspec.candidates.table import TableCandidate
from bitsspec.errors import CannotRun, Interrupted
from bitsspec.run import run
from bitsspec.settings import Settings
from bitsspec.spec.vocabulary import Capability

ONE_CLAUSE = Settings(only=("BITS-4XX",))
PYTESTS_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
INTERRUPTING = """import bitsspec

def classify(status):
    if status == {}:
        raise KeyboardInterrupt
    return bitsspec.classify(status)
"""


def test_a_report_tells_the_settings_of_its_run_and_a_duration_no_longer_than_it() -> None:
    before = time.perf_counter()
    report = run(None, Settings(strict=True, only=("BITS-4XX",), seed=3))
    assert 0 < report.duration_s <= time.perf_counter() - before
    assert (report.strict, report.seed, report.complete) == (True, 3, True)


@pytest.mark.parametrize("value", ["-x", None], ids=["set", "not set"])
def test_the_environment_is_afterwards_what_it_was(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*PYTESTS_VARIABLES, "HYPOTHESIS_STORAGE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    before = dict(os.environ)
    assert run(None, ONE_CLAUSE).conforms
    assert dict(os.environ) == before


def test_a_candidate_that_spoils_the_temporary_directory_ends_no_run(
    project: Path, module: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(project))
    target = module(
        "import os, pathlib, shutil, bitsspec\n\n"
        "def classify(status):\n"
        "    folder = pathlib.Path(os.environ['HYPOTHESIS_STORAGE_DIRECTORY'])\n"
        "    if folder.is_dir():\n"
        "        shutil.rmtree(folder)\n"
        "        folder.write_text('a file, which cannot be emptied')\n"
        "    return bitsspec.classify(status)\n",
    )
    assert run(target, ONE_CLAUSE).conforms


def test_without_room_for_a_temporary_directory_the_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(Path("no") / "such" / "directory"))
    with pytest.raises(CannotRun, match="no temporary directory can be made"):
        run(None, ONE_CLAUSE)


def test_a_suite_that_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsspec.conformance", None)
    with pytest.raises(CannotRun, match="the suite cannot be loaded: "):
        run(None, ONE_CLAUSE)


def test_progress_names_what_is_next_and_counts_what_is_done() -> None:
    told: list[tuple[int, int, str]] = []
    run(None, Settings(only=("BITS-4XX", "BITS-5XX")), lambda *step: told.append(step))
    assert {total for _, total, _ in told} == {2}
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert (told[0][0], told[-1][0]) == (0, 2)
    names = {name for _, _, name in told}
    assert {"BITS-4XX, 102 calls", "BITS-5XX, 202 calls"} <= names  # two calls were made at the opening


def test_progress_of_a_live_client_counts_uploads() -> None:
    told: list[tuple[int, int, str]] = []
    settings = Settings(only=("BITS-4XX", "BITS-POSTS", "BITS-REPOST"), examples=1, jobs=2)
    run("client:python:tests.support.uploading:never_again", settings, lambda *step: told.append(step))
    assert told[0] == (3, 104, "403 alone forbids posting again")  # three were made at the opening
    assert (102, 104, "BITS-4XX, 102 uploads") in told
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert all(done <= total for done, total, _ in told)


def test_an_interruption_before_the_first_verdict_leaves_an_empty_report(
    module: Callable[[str], str],
) -> None:
    target = module(INTERRUPTING.format(200))
    with pytest.raises(Interrupted) as raised:
        run(target, Settings(strict=True, seed=3))
    report: Any = raised.value.report
    assert (report.target, report.strict, report.seed) == (f"python:{target}", True, 3)
    assert (report.complete, report.codes_asked, report.judged) == (False, 0, [])


def test_an_interruption_later_keeps_what_was_judged(module: Callable[[str], str]) -> None:
    with pytest.raises(Interrupted) as raised:
        run(module(INTERRUPTING.format(500)), Settings())
    report: Any = raised.value.report
    assert not report.complete
    assert not report.conforms
    assert "BITS-4XX" in [result.clause.id for result in report.judged]


def test_a_failure_of_pytest_itself_is_told_once(capfd: pytest.CaptureFixture[str]) -> None:
    def draw(done: int, total: int, name: str) -> None:
        raise OSError("the terminal is gone")

    with pytest.raises(CannotRun) as raised:
        run(None, ONE_CLAUSE, draw)
    assert str(raised.value) == "the suite itself failed: OSError: the terminal is gone"
    assert capfd.readouterr() == ("", "")


def test_a_suite_that_does_not_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest, "main", lambda arguments, plugins: pytest.ExitCode.USAGE_ERROR)
    with pytest.raises(CannotRun, match=r"the suite did not run: .*USAGE_ERROR"):
        run(None, ONE_CLAUSE)


class Table(TableCandidate):
    """A table of nothing that notes what happens to it."""

    def __init__(self, events: list[str]) -> None:
        super().__init__("a table", {column: {} for column in COLUMNS})
        self.events = events

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        self.events.append("asked")
        return super().ask(capability, inputs)

    def close(self) -> None:
        self.events.append("closed")


def test_a_candidate_is_opened_and_closed_once_and_asked_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    def open_target(rest: str, timeout: float) -> Table:
        events.append("opened")
        return Table(events)

    monkeypatch.setattr(table, "open_target", open_target)
    assert not run("table:any.csv", ONE_CLAUSE).conforms
    assert list(dict.fromkeys(events)) == ["opened", "asked", "closed"]
    assert (events.count("opened"), events.count("closed")) == (1, 1)


def test_a_kind_of_candidate_that_is_broken_is_a_failure_of_the_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(Table):
        def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
            raise RuntimeError("the kind is broken")

    monkeypatch.setattr(table, "open_target", lambda rest, timeout: Broken([]))
    with pytest.raises(CannotRun, match=r"the suite itself failed:\n.*: RuntimeError"):
        run("table:any.csv", ONE_CLAUSE)


def test_settings_that_cannot_be_used_end_the_run_and_close_the_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    monkeypatch.setattr(table, "open_target", lambda rest, timeout: Table(events))
    with pytest.raises(CannotRun, match=r"absent\.toml: cannot be read"):
        run("table:any.csv", Settings(baseline=tmp_path / "absent.toml"))
    assert events == ["closed"]


def test_a_target_without_what_was_asked_for_is_not_judged() -> None:
    with pytest.raises(CannotRun, match="was not judged: it offers nothing of what was asked for"):
        run("bitsspec:classify", Settings(only=("BITS-REPOST",)))
