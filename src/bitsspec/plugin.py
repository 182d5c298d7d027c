"""The pytest plugin: options, the candidate, one check for each clause, and the reports.

It is loaded in every pytest run of an environment that has bitsspec, so it imports nothing heavy
until a test of the suite is about to run.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bitsspec.errors import CannotRun
from bitsspec.settings import SETTINGS, Setting, Settings
from bitsspec.text import inert

if TYPE_CHECKING:
    from bitsspec.clause_check import ClauseCheck
    from bitsspec.session import Session

MARK = "bits_clause"
SESSION: pytest.StashKey[Session] = pytest.StashKey()
NOT_IN_INI = ("only",)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and their ini twins."""
    group = parser.getgroup("bitsspec", "bitsspec: conformance with BITS' reaction to HTTP status codes")
    what = "the candidate to judge: python:MODULE[:ATTRIBUTE], exec:COMMAND or table:PATH"
    group.addoption("--bits-candidate", metavar="TARGET", help=what)
    parser.addini("bits_candidate", what, default=None)
    for setting in SETTINGS.values():
        option, text = f"--bits-{setting.name}", setting.help
        if setting.is_flag:
            group.addoption(option, action="store_true", default=None, help=text)
        else:
            shown = text if setting.repeats or setting.default is None else f"{text} ({setting.default:g})"
            action = "append" if setting.repeats else "store"
            group.addoption(option, metavar=setting.metavar, action=action, help=shown)
        if setting.name not in NOT_IN_INI:
            kind = "bool" if setting.is_flag else "linelist" if setting.repeats else "string"
            parser.addini(f"bits_{setting.name}", text, kind, default=None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that names a test's clause, and what gathers the results."""
    config.addinivalue_line("markers", f"{MARK}(id): the clause of the BITS specification that a test checks")
    config.pluginmanager.register(_Gatherer(config), "bitsspec-gatherer")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End a run whose settings cannot be used before anything is checked."""
    if any(_given(session.config, setting)[1] for setting in SETTINGS.values()):
        _session(session.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clauses that ``--bits-only`` does not name."""
    if SESSION not in config.stash or not config.stash[SESSION].settings.only:
        return
    only = config.stash[SESSION].settings.only
    marks = [(item, item.get_closest_marker(MARK)) for item in items]
    left_out = [item for item, mark in marks if mark is not None and mark.args[0] not in only]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def bits_candidate(pytestconfig: pytest.Config) -> object:
    """Return the candidate that the option, the ini file or ``BITSSPEC_CANDIDATE`` names, or None.

    None is the built-in reference. A project overrides this fixture to hand over its own function,
    object, class, module or target.
    """
    option, environment = pytestconfig.getoption("--bits-candidate"), os.environ.get("BITSSPEC_CANDIDATE")
    named = (option, pytestconfig.getini("bits_candidate"), environment)
    return next((target for target in named if target is not None), None)


@pytest.fixture
def bits_check(request: pytest.FixtureRequest, bits_candidate: object) -> ClauseCheck:
    """Return what a test checks the candidate with against its clause."""
    return _session(request.config).begin(request.node, bits_candidate)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """Make a failed clause the test's failure, told without a traceback."""
    called = yield
    if pyfuncitem.get_closest_marker(MARK) is not None:
        _session(pyfuncitem.config).conclude(pyfuncitem)
    return called


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Attach the check's record to the test's report, which travels from a worker to its controller."""
    report = yield
    if item.get_closest_marker(MARK) is not None and report.when != "teardown":
        record = _session(item.config).record(item)
        if record is not None:
            report.bitsspec = record
    return report


def _session(config: pytest.Config) -> Session:
    if SESSION not in config.stash:
        from bitsspec.session import Session

        try:
            config.stash[SESSION] = Session(_settings(config))
        except CannotRun as error:
            pytest.exit(inert(f"bitsspec: {error}"), returncode=2)
    return config.stash[SESSION]


def _settings(config: pytest.Config) -> Settings:
    """Return the settings that the options and the ini file make."""
    values: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        source, given = _given(config, setting)
        if not source:
            continue
        try:
            if setting.is_flag:
                values[name] = given
            elif setting.repeats:
                values[name] = tuple(setting.read(each) for each in given)
            else:
                values[name] = setting.read(given)
        except CannotRun as error:
            raise CannotRun(f"{source}: {error}") from error
    return Settings(**values)


def _given(config: pytest.Config, setting: Setting) -> tuple[str, Any]:
    """Return what names a setting, an option before a key of the ini file, and what that says."""
    given = config.getoption(f"--bits-{setting.name}")
    if given is not None:
        return f"--bits-{setting.name}", given
    given = None if setting.name in NOT_IN_INI else config.getini(f"bits_{setting.name}")
    if given in (None, "", []):
        return "", None
    if setting.metavar == "PATH":
        given = (
            [_beside_ini(config, path) for path in given] if setting.repeats else _beside_ini(config, given)
        )
    return f"bits_{setting.name}", given


def _beside_ini(config: pytest.Config, path: str) -> str:
    """Return a path of the ini file's, which is relative to it, as one of the current directory's."""
    found, here = (config.inipath.parent if config.inipath else Path()) / path, Path.cwd()
    return str(found.relative_to(here) if found.is_relative_to(here) else found)


class _Gatherer:
    """Keeps the records of a run's checks and has the reports made at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._records: list[dict[str, Any]] = []
        self._started = time.perf_counter()
        self._complete = True
        self._trouble: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "bitsspec", None)
        if record is not None:
            self._records.append(record)
        elif report.failed and MARK in report.keywords:  # such as a test that ran out of its time
            self._complete = False

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if session.shouldstop or session.shouldfail or exitstatus > 1:
            self._complete = False
        if SESSION in self._config.stash:
            self._config.stash[SESSION].close()
        if self._records and not hasattr(self._config, "workerinput"):
            duration_s = time.perf_counter() - self._started
            finish = _session(self._config).finish
            self._trouble = finish(self._records, duration_s, complete=self._complete)
            if self._trouble:
                session.exitstatus = 2

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._records:
            terminalreporter.section("bitsspec")
            for report in _session(self._config).reports:
                terminalreporter.line(inert(report.verdict()))
            for line in self._trouble:
                terminalreporter.line(f"bitsspec: {line}")
