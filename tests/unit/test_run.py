"""One run of the suite inside this process: what it is told, what it leaves as it was, how it ends."""

import os
import tempfile
import time
from collections.abc import Sequence
from itertools import count
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
from bitsspec.vectors import as_csv

NUMBER = count()
ONE_CLAUSE = Settings(only=["BITS-4XX"])
SETTINGS_OF_PYTEST = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def candidate(project: Path, text: str) -> str:
    """Return the target of a module with this text, which no other test has imported before."""
    name = f"candidate_{next(NUMBER)}_of_a_run"
    (project / f"{name}.py").write_text(text, encoding="utf-8")
    return f"{name}:classify"


def test_the_duration_of_a_run_is_no_longer_than_the_run() -> None:
    before = time.perf_counter()
    report = run("bitsspec:classify", ONE_CLAUSE)
    assert 0 < report.duration_s <= time.perf_counter() - before


def test_a_report_tells_the_settings_of_its_run() -> None:
    report = run(None, ONE_CLAUSE)
    assert (report.strict, report.seed) == (False, 0)
    report = run(None, Settings(strict=True, only=["BITS-4XX"], seed=3))
    assert (report.strict, report.seed) == (True, 3)


@pytest.mark.parametrize("value", ["-x", None], ids=["set", "not set"])
def test_the_environment_is_afterwards_what_it_was(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*SETTINGS_OF_PYTEST, "HYPOTHESIS_STORAGE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    before = dict(os.environ)
    assert run(None, ONE_CLAUSE).conforms
    assert dict(os.environ) == before


def test_what_becomes_of_the_temporary_directory_ends_no_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(project))
    target = candidate(
        project,
        "import os, pathlib, shutil, bitsspec\n\n"
        "def classify(status):\n"
        "    folder = pathlib.Path(os.environ['HYPOTHESIS_STORAGE_DIRECTORY'])\n"
        "    if folder.is_dir():\n"
        "        shutil.rmtree(folder)\n"
        "        folder.write_text('a file, which cannot be emptied')\n"
        "    return bitsspec.classify(status)\n",
    )
    assert run(target, ONE_CLAUSE).conforms


def test_progress_names_what_is_next_and_counts_what_is_done() -> None:
    told: list[tuple[int, int, str]] = []
    run(None, Settings(only=["BITS-4XX", "BITS-5XX"]), lambda *step: told.append(step))
    first, second = dict.fromkeys(name for _, _, name in told)
    assert first == "400 to 499 are fatal except 408 and 409"
    assert told == [(0, 2, first), (1, 2, first), (1, 2, second), (2, 2, second)]


def test_an_interruption_before_the_first_verdict_leaves_an_empty_report(project: Path) -> None:
    target = candidate(project, "def classify(status):\n    raise KeyboardInterrupt\n")
    with pytest.raises(Interrupted) as raised:
        run(target, Settings(strict=True, seed=3))
    report: Any = raised.value.report
    assert report.interrupted
    assert (report.target, report.strict, report.seed) == (f"python:{target}", True, 3)
    assert (report.codes_asked, report.judged, report.failed) == (0, [], [])


def test_an_interruption_later_keeps_what_was_judged(project: Path) -> None:
    target = candidate(
        project,
        "import bitsspec\n\ndef classify(status):\n"
        "    if status == 500:\n        raise KeyboardInterrupt\n    return bitsspec.classify(status)\n",
    )
    with pytest.raises(Interrupted) as raised:
        run(target, Settings())
    report: Any = raised.value.report
    assert report.interrupted
    assert not report.conforms
    assert "was judged in part" in report.verdict()


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


class Noting(TableCandidate):
    """A table that notes what happens to it."""

    def __init__(self, events: list[str]) -> None:
        super().__init__("noting", {column: {} for column in COLUMNS})
        self.events = events

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        self.events.append("asked")
        return super().ask(capability, inputs)

    def close(self) -> None:
        self.events.append("closed")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_candidate_is_opened_once_and_open_only_while_it_is_asked(
    workers: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "right.csv").write_text(as_csv(), encoding="utf-8")
    events: list[str] = []

    def open_target(rest: str, timeout: float) -> Noting:
        events.append("opened")
        return Noting(events)

    monkeypatch.setattr(table, "open_target", open_target)
    settings = Settings(only=["BITS-4XX"], workers=workers)
    told: list[tuple[int, int]] = []

    def note(done: int, total: int, name: str) -> None:
        told.append((done, total))
        events.append("told")

    report = run("table:right.csv", settings, note)
    assert report.conforms is bool(workers)  # whose own table is the one on the disk
    assert events.count("opened") == 1
    if workers:
        assert events[:3] == ["opened", "closed", "told"]
        assert "asked" not in events
        assert told == [(0, 0), (1, 0)]  # only the workers know how many there are
    else:
        assert list(dict.fromkeys(events)) == ["opened", "told", "asked", "closed"]
        assert told == [(0, 1), (1, 1)]


def test_a_name_that_is_no_text_needs_no_workers(project: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be read"):
        run("table:no\udcffsuch.csv", Settings())
    with pytest.raises(CannotRun, match="a name that is no text in this locale cannot be told to workers"):
        run("table:no\udcffsuch.csv", Settings(workers=1))
    with pytest.raises(CannotRun, match="a name that is no text in this locale cannot be told to workers"):
        run(None, Settings(workers=1, baseline="no\udcffsuch.toml"))
