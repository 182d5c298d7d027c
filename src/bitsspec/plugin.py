"""The pytest plugin: options, the candidate, one trial for each clause, and the reports.

It is loaded in every pytest run of an environment that has bitsspec, so it imports nothing heavy
until a test of the suite is about to run.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from bitsspec.clause_check import ClauseCheck
    from bitsspec.session import Session

MARK = "bits_clause"
SESSION: pytest.StashKey[Session] = pytest.StashKey()

_INI = {
    "bits_candidate": "the candidate that bitsspec's conformance suite judges",
    "bits_strict": "whether the clauses of level 'should' run as well (true or false)",
    "bits_baseline": "the file of departures that the project accepts",
    "bits_report": "where conformance reports are written, one path a line",
    "bits_timeout": "seconds that a candidate program has for one answer",
    "bits_examples": "how many sequences and values the conformance suite draws",
    "bits_seed": "the seed of what the conformance suite draws",
}
_INI_TYPES: dict[str, Literal["linelist", "bool"]] = {"bits_report": "linelist", "bits_strict": "bool"}
_DEFAULTS: dict[str, object] = {"bits_report": [], "bits_strict": False, "bits_candidate": None}
_CHECKED = ("baseline", "examples", "report", "seed", "timeout")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and their ini twins."""
    group = parser.getgroup("bitsspec", "bitsspec: conformance with BITS' reaction to HTTP status codes")
    add = group.addoption
    add(
        "--bits-candidate",
        metavar="TARGET",
        help="judge python:MODULE[:ATTRIBUTE], exec:COMMAND or table:PATH",
    )
    add("--bits-strict", action="store_true", default=None, help="run the clauses of level 'should' too")
    add("--bits-only", metavar="CLAUSE", action="append", help="run this clause; may be repeated")
    add("--bits-report", metavar="PATH", action="append", help="write a report; may be repeated")
    add("--bits-baseline", metavar="PATH", help="a TOML file of accepted departures")
    add("--bits-timeout", metavar="S", type=float, help="seconds that a program has for one answer (10)")
    add("--bits-examples", metavar="N", type=int, help="sequences and values to draw (50)")
    add("--bits-seed", metavar="N", type=int, help="seed of what is drawn (0)")
    for name, text in _INI.items():
        parser.addini(name, text, _INI_TYPES.get(name, "string"), _DEFAULTS.get(name, ""))


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that names a test's clause, and what gathers the results."""
    config.addinivalue_line("markers", f"{MARK}(id): the clause of the BITS specification that a test checks")
    config.pluginmanager.register(_Gatherer(config), "bitsspec-gatherer")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End a run whose settings cannot be used before anything is checked."""
    config = session.config
    options = [config.getoption(f"--bits-{name}") for name in (*_CHECKED, "only")]
    if any(option is not None for option in options) or any(
        config.getini(f"bits_{name}") for name in _CHECKED
    ):
        _session(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clauses that ``--bits-only`` does not name."""
    if not config.getoption("--bits-only"):
        return
    only = _session(config).only
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
    """Return the trial in which a test holds the candidate against its clause."""
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
    """Attach the trial's record to the test's report, which travels from a worker to its controller."""
    report = yield
    if item.get_closest_marker(MARK) is not None and report.when != "teardown":
        record = _session(item.config).record(item)
        if record is not None:
            report.bitsspec = record
    return report


def _session(config: pytest.Config) -> Session:
    if SESSION not in config.stash:
        from bitsspec.errors import CannotRun
        from bitsspec.session import Session
        from bitsspec.text import inert

        try:
            config.stash[SESSION] = Session(config)
        except CannotRun as error:
            pytest.exit(inert(f"bitsspec: {error}"), returncode=2)
    return config.stash[SESSION]


class _Gatherer:
    """Keeps the records of a run's trials and writes the reports at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._records: list[dict[str, Any]] = []
        self._started = time.perf_counter()
        self._ended_early = False
        self._trouble: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "bitsspec", None)
        if record is not None:
            self._records.append(record)
        elif report.failed and MARK in report.keywords:  # such as a test that ran out of its time
            self._ended_early = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._records:
            terminalreporter.section("bitsspec")
            for verdict in _session(self._config).verdicts(self._records, self._ended_early):
                terminalreporter.line(verdict)
            for line in self._trouble:
                terminalreporter.line(f"bitsspec: {line}")

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self._ended_early |= bool(session.shouldstop or session.shouldfail or exitstatus > 1)
        if SESSION in self._config.stash:
            self._config.stash[SESSION].close()
        if self._records and not hasattr(self._config, "workerinput"):
            duration_s = time.perf_counter() - self._started
            unwritten = _session(self._config).write_reports(self._records, duration_s, self._ended_early)
            self._trouble = list(unwritten)
            if self._trouble:
                session.exitstatus = 2
