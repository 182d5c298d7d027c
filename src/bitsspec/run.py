"""Running the conformance suite through pytest, apart from any project's own pytest settings."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.errors import CannotRun, Interrupted, why
from bitsspec.gatherer import MARK
from bitsspec.options import SESSION
from bitsspec.report.model import Report
from bitsspec.session import Session
from bitsspec.settings import Settings
from bitsspec.spec.clauses import CLAUSE_BY_ID
from bitsspec.text import printable, show

ISOLATED = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
HYPOTHESIS_FILES = "HYPOTHESIS_STORAGE_DIRECTORY"
NOT_INHERITED = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")

Progress = Callable[[int, int, str], None]
"""Told how many clauses are done, how many there are, and where it is."""


def run(target: str | None, settings: Settings, progress: Progress | None = None) -> Report:
    """Check the candidate that ``target`` names against the clauses and return the verdict.

    The reports that the settings name are the caller's to write. Raises `CannotRun` when the candidate
    cannot be judged, `Interrupted` after Ctrl-C.
    """
    candidate = open_candidate(target, timeout=settings.timeout, jobs=settings.jobs)
    try:
        session = Session(replace(settings, report=()), candidate)
        observer = _Observer(session, progress)
        with _environment():
            status = pytest.main(_arguments(), plugins=[observer])
    finally:
        candidate.close()
    report = next(iter(session.reports), None)
    if observer.interrupted:
        asked = candidate.waits_for()[:1]
        meanwhile = "".join(f"while {candidate.target} was answering {show(given)}" for given in asked)
        raise Interrupted(report or session.report_of_nothing(candidate), meanwhile)
    if observer.trouble or report is None:
        raise CannotRun("\n".join(observer.trouble) or f"the suite did not run: pytest ended with {status!r}")
    if not report.judged:
        raise CannotRun(report.verdict())
    return report


def _arguments() -> list[str]:
    ini = resources.files("bitsspec") / "check.ini"
    try:
        conformance = str(resources.files("bitsspec.conformance"))
    except Exception as error:  # a file of the user's in the place of what a dependency needs may raise any
        raise CannotRun(
            f"the suite cannot be loaded: {printable(str(error))}\n"
            "look for a file that has the name of one of the suite's dependencies"
        ) from error
    arguments = ["-c", str(ini), "--rootdir", conformance, "--noconftest", "--import-mode=importlib"]
    for unused in ("cacheprovider", "terminal", "threadexception", "unraisableexception", "warnings"):
        arguments += ["-p", f"no:{unused}"]
    return [*arguments, "-p", "bitsspec.plugin", "--assert=plain", "--pyargs", "bitsspec.conformance"]


@contextmanager
def _environment() -> Iterator[None]:
    names = (*ISOLATED, *NOT_INHERITED, HYPOTHESIS_FILES)
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        temporary = tempfile.TemporaryDirectory(prefix="bitsspec-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CannotRun(
            f"no temporary directory can be made: {why(error)}\n"
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
    """Hands the session to the plugin, and tells what pytest's terminal would."""

    def __init__(self, session: Session, progress: Progress | None) -> None:
        self._session = session
        session.tell = self._asked
        self._progress = progress
        self._total = 0
        self._done = 0
        self._uploads = 0
        """How many a live client is going to make, as far as that can be told."""
        self.trouble: list[str] = []
        self.interrupted = False

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SESSION] = self._session

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._total = len(session.items)
        candidate = self._session.candidate
        if candidate is not None and candidate.is_live:
            from bitsspec.candidates.live import uploads_due

            marks = [mark for item in session.items if (mark := item.get_closest_marker(MARK))]
            clauses = [CLAUSE_BY_ID[mark.args[0]] for mark in marks]
            self._uploads = uploads_due(candidate, clauses, self._session.settings.examples)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tell(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if hasattr(report, "bitsspec"):
            self._done += 1
            self._tell(report.nodeid)
        elif report.failed:
            self.trouble += ["the suite itself failed:", *report.longreprtext.splitlines()[-1:]]

    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = True

    def pytest_internalerror(self, excrepr: object) -> bool:
        self.trouble.append(f"the suite itself failed: {str(excrepr).splitlines()[-1]}")
        return True

    def _asked(self, check: ClauseCheck) -> None:
        count = f"{len(check.history.calls):,} calls"
        self._say(f"{check.clause.id}, {f'{check.candidate.uploads:,} uploads' if self._uploads else count}")

    def _tell(self, nodeid: str) -> None:
        self._say(nodeid.partition("::")[2].removeprefix("test_").replace("_", " "))

    def _say(self, where: str) -> None:
        """Tell how far it is: in clauses, or where each takes long in uploads, of which there may be more."""
        if self._progress is None:
            return
        done, total = self._done, self._total
        if self._uploads and self._session.candidate:
            done = self._session.candidate.uploads
            total = max(done, self._uploads)
        self._progress(done, total, where)
