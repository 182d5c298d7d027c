"""Running the conformance suite through pytest, apart from any project's own pytest settings."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pytest

from bitsspec.candidates import DEFAULT_TIMEOUT, REFERENCE, Candidate, open_candidate
from bitsspec.clause_check import DEFAULT_EXAMPLES, DEFAULT_SEED
from bitsspec.errors import CannotRun, Interrupted
from bitsspec.report.model import Report, in_full
from bitsspec.session import CANDIDATE, Record, reports_of
from bitsspec.text import encodable, printable

ISOLATED = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
HYPOTHESIS_FILES = "HYPOTHESIS_STORAGE_DIRECTORY"
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")

Progress = Callable[[int, int, str], None]
"""Told how many clauses are done, how many there are, and which one is next."""


@dataclass(frozen=True)
class Settings:
    """How a run is made. Times are in seconds; ``workers`` 0 means this process alone."""

    strict: bool = False
    only: Sequence[str] = ()
    timeout: float = DEFAULT_TIMEOUT
    examples: int = DEFAULT_EXAMPLES
    seed: int = DEFAULT_SEED
    workers: int = 0
    baseline: str | None = None


def run(target: str | None, settings: Settings, progress: Progress | None = None) -> Report:
    """Hold the candidate that ``target`` names against the clauses and return the verdict.

    Raises `CannotRun` when it cannot be judged, `Interrupted` after Ctrl-C.
    """
    started = time.perf_counter()
    if settings.workers:
        _refuse_names_for_workers([target or "", settings.baseline or "", *sys.path])
    candidate = open_candidate(target, timeout=settings.timeout)
    observer = _Observer(None if settings.workers else candidate, progress)
    capabilities = [str(capability) for capability in candidate.capabilities]
    try:
        if settings.workers:
            candidate.close()
        with _environment():
            arguments = _arguments(REFERENCE if target is None else target, settings)
            status = pytest.main(arguments, plugins=[observer])
    finally:
        candidate.close()
    reports = reports_of(observer.records, time.perf_counter() - started)
    empty = Report(candidate.target, settings.strict, settings.seed, capabilities, in_full(()), 0)
    report = reports[0] if reports else empty
    report.baseline = settings.baseline
    if observer.interrupted:
        report.complete = False
        raise Interrupted(report)
    if observer.trouble or not reports:
        raise CannotRun("\n".join(observer.trouble) or f"the suite did not run: pytest ended with {status!r}")
    if not report.judged:
        raise CannotRun(report.verdict())
    return report


def _refuse_names_for_workers(names: Sequence[str]) -> None:
    odd = next((name for name in names if encodable(name) != name), None)
    if odd is not None:
        raise CannotRun(
            f"{encodable(odd)}: a name that is no text in this locale cannot be told to workers\n"
            "run without -n, or with PYTHONUTF8=1"
        )


def _arguments(target: str, settings: Settings) -> list[str]:
    ini = resources.files("bitsspec") / "check.ini"
    try:
        conformance = str(resources.files("bitsspec.conformance"))
    except ImportError as error:
        raise CannotRun(
            f"the suite cannot be loaded: {printable(str(error))}\n"
            "look for a file that has the name of one of the suite's dependencies"
        ) from error
    arguments = ["-c", str(ini), "--rootdir", conformance, "--noconftest", "--import-mode=importlib"]
    for unused in ("cacheprovider", "terminal", "threadexception", "unraisableexception", "warnings"):
        arguments += ["-p", f"no:{unused}"]
    arguments += ["-p", "bitsspec.plugin"]
    arguments += ["--assert=plain", "--bits-candidate", target]
    arguments += ["--bits-timeout", str(settings.timeout), "--bits-examples", str(settings.examples)]
    arguments += ["--bits-seed", str(settings.seed)]
    arguments += ["--bits-strict"] if settings.strict else []
    for clause in settings.only:
        arguments += ["--bits-only", clause]
    if settings.baseline is not None:
        arguments += ["--bits-baseline", settings.baseline]
    if settings.workers:
        arguments += ["-p", "xdist", "-n", str(settings.workers)]
    return [*arguments, "--pyargs", "bitsspec.conformance"]


@contextmanager
def _environment() -> Iterator[None]:
    names = (*ISOLATED, *NOT_INHERITED, HYPOTHESIS_FILES)
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        temporary = tempfile.TemporaryDirectory(prefix="bitsspec-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CannotRun(
            f"no temporary directory can be made: {error.strerror or error}\n"
            "make room, or name a directory that can be written in TMPDIR"
        ) from error
    with temporary as folder:
        os.environ.update({**ISOLATED, HYPOTHESIS_FILES: folder})
        try:
            yield
        finally:
            for name in names:
                os.environ.pop(name, None)
            os.environ.update(before)


class _Observer:
    """Gathers what a run of pytest says, in place of its terminal."""

    def __init__(self, candidate: Candidate | None, progress: Progress | None) -> None:
        self._candidate = candidate
        self._progress = progress
        self._total = 0
        self._done = 0
        self.records: list[Record] = []
        self.trouble: list[str] = []
        self.interrupted = False

    def pytest_configure(self, config: pytest.Config) -> None:
        if self._candidate is not None:
            config.stash[CANDIDATE] = self._candidate

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._total = len(session.items)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tell(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        record: Record | None = getattr(report, "bitsspec", None)
        if record is not None:
            self.records.append(record)
            self._done += 1
            self._tell(report.nodeid)
        elif report.failed:
            self.trouble += ["the suite itself failed:", *report.longreprtext.splitlines()[-1:]]

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if excinfo.errisinstance(KeyboardInterrupt):
            self.interrupted = True
        else:
            self.trouble.append(str(excinfo.value).removeprefix("bitsspec: "))

    def pytest_internalerror(self, excrepr: object) -> bool:
        self.trouble.append(f"the suite itself failed: {str(excrepr).splitlines()[-1]}")
        return True

    def _tell(self, nodeid: str) -> None:
        if self._progress is not None:
            name = nodeid.partition("::")[2].removeprefix("test_").replace("_", " ")
            self._progress(self._done, self._total, name)
