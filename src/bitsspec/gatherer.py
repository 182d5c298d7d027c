"""What becomes of a pytest run's tests of the suite, whichever of its processes runs them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from bitsspec.options import SESSION, ini_value, session_of
from bitsspec.text import inert

if TYPE_CHECKING:
    from bitsspec.records import Record
    from bitsspec.report.model import Report

MARK = "bits_clause"
FIXTURE = "bits_candidate"
HOW_TO_RUN_IT = (
    "run it with --pyargs bitsspec.conformance, or write `from bitsspec.conformance import *` in a test"
)
CAN_STILL_FAIL = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


def place_of(item: pytest.Item) -> str:
    """Return what tells where a test's candidate comes from: the same in every process and every run."""
    known = getattr(item, "_fixtureinfo", None)  # what a request for the fixture looks it up in
    fixtures = known.name2fixturedefs.get(FIXTURE) if known else None
    place = fixtures[-1].baseid if fixtures else ""
    parameters = getattr(item, "callspec", None)
    if parameters is None or FIXTURE not in parameters.params:
        return place
    module = item.getparent(pytest.Module)
    return f"{place or (module.nodeid if module else '')}[{parameters.indices[FIXTURE]}]"


def is_made_for_one_test(item: pytest.Item) -> bool:
    """Return whether the fixture makes a candidate for each test."""
    known = getattr(item, "_fixtureinfo", None)
    fixtures = known.name2fixturedefs.get(FIXTURE) if known else None
    return bool(fixtures) and fixtures[-1].scope == "function"


class Gatherer:
    """Keeps the records of a run's checks and has the reports made at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._started = time.perf_counter()
        self._records: dict[str, list[Record]] = {}
        self._failed: list[str] = []
        self._has_lost_a_worker = False
        self._expected: dict[str, str] | None = None
        """The places of the tests of the suite, by their ids; None where no process has told them."""
        self._not_collected: list[str] = []
        self._is_candidate_used = False
        self._is_left_out = False
        self._trouble: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        """Note a module that adopts the suite and of which no test of the suite is collected."""
        report = yield
        if type(collector) is pytest.Module and report.passed and _is_adopted(collector, report.result):
            self._not_collected.append(collector.nodeid)
        return report

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._is_left_out |= any(_is_of_the_suite(item) for item in items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._expected = {item.nodeid: place_of(item) for item in session.items if _is_of_the_suite(item)}
        self._is_candidate_used = any(FIXTURE in getattr(each, "fixturenames", ()) for each in session.items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record: Record | None = getattr(report, "bitsspec", None)
        if record is not None:
            record["duration_s"] = report.duration
            self._records.setdefault(report.nodeid, []).append(record)
        elif report.when != "teardown" and not (report.passed or report.skipped) and MARK in report.keywords:
            self._failed.append(report.nodeid)  # such as a test that ran out of its time, and is run again

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take over what a worker of pytest-xdist knows at its end."""
        self._has_lost_a_worker |= error is not None
        told = getattr(node, "workeroutput", {}).get("bitsspec")
        if told is not None:
            self._expected = (self._expected or {}) | told["expected"]
            self._not_collected += [each for each in told["not collected"] if each not in self._not_collected]
            self._is_candidate_used |= told["is candidate used"]
            self._is_left_out |= told["is left out"]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if SESSION in self._config.stash:
            self._config.stash[SESSION].close()
        if self._is_worker:
            self._config.workeroutput["bitsspec"] = {  # type: ignore[attr-defined]
                "expected": self._expected or {},
                "not collected": self._not_collected,
                "is candidate used": self._is_candidate_used,
                "is left out": self._is_left_out,
            }
            return
        is_cut = bool(session.shouldstop or session.shouldfail) or exitstatus > 1
        if self._records:
            self._trouble = self._finish(complete=not (is_cut or self._has_lost_a_worker))
        if exitstatus not in CAN_STILL_FAIL or self._config.option.collectonly:
            return
        self._trouble += self._why_nothing_was_judged()
        if self._trouble or not all(report.judged for report in self._reports):
            session.exitstatus = 2
        elif exitstatus == pytest.ExitCode.OK and not all(report.conforms for report in self._reports):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._records or self._trouble:
            terminalreporter.section("bitsspec")
            for report in self._reports:
                terminalreporter.line(inert(report.verdict()))
            for story in self._trouble:
                terminalreporter.line(inert(f"bitsspec: {story}"))

    @property
    def _reports(self) -> Sequence[Report]:
        return session_of(self._config).reports if self._records else ()

    def _finish(self, *, complete: bool) -> list[str]:
        """Have the reports made; return why one could not be written."""
        expected = self._expected or {}
        unfinished = {place for test, place in expected.items() if test not in self._records}
        unfinished |= {expected[test] for test in self._failed if test in expected}
        records = [record for test in sorted(self._records) for record in self._records[test]]
        duration_s = time.perf_counter() - self._started
        finish = session_of(self._config).finish
        return finish(records, duration_s, complete=complete, unfinished=unfinished)

    def _why_nothing_was_judged(self) -> list[str]:
        """Return what was to be judged and was not, each story in two lines at most."""
        config = self._config
        stories = [
            f"nothing was judged in {module}: it adopts the suite, and no test of the suite was collected\n"
            "import the tests by * and look for collect_imported_tests and python_functions in the ini file"
            for module in self._not_collected
        ]
        option = config.getoption("--bits-candidate")
        if self._records:
            named = [record["named"] for records in self._records.values() for record in records]
            if option is not None and option not in named and not session_of(config).candidate:
                stories.append(f"{option} was not judged: the tests have fixtures {FIXTURE} of their own")
        elif self._expected:
            stories.append("nothing was judged: no test of the suite came to a result")
        elif self._expected is not None and not self._is_candidate_used and self._is_asked_for():
            stories.append(f"nothing was judged: no test of the suite ran\n{HOW_TO_RUN_IT}")
        return stories

    def _is_asked_for(self) -> bool:
        """Return whether the command line asks for the suite, or it is a full run and the project does."""
        config = self._config
        if any(str(argument).startswith("--bits-") for argument in config.invocation_params.args):
            return True
        if config.args_source is pytest.Config.ArgsSource.ARGS or self._is_left_out:
            return False
        modules = (each for each in config.pluginmanager.get_plugins() if type(each) is ModuleType)
        has_fixture = any(FIXTURE in vars(each) for each in modules if each.__name__ != "bitsspec.plugin")
        return has_fixture or ini_value(config, FIXTURE) is not None


def _is_of_the_suite(item: pytest.Item) -> bool:
    return item.get_closest_marker(MARK) is not None


def _is_adopted(module: pytest.Module, collected: Sequence[pytest.Item | pytest.Collector]) -> bool:
    """Return whether the suite is adopted there as far as names tell, and none of its tests was collected."""
    if any(FIXTURE in getattr(each, "fixturenames", ()) for each in collected):
        return False
    found = vars(module.obj)
    functions = (each for each in found.values() if type(each) is FunctionType)
    if any(mark.name == MARK for each in functions for mark in getattr(each, "pytestmark", ())):
        return True
    return FIXTURE in found and not any(isinstance(each, pytest.Class) for each in collected)
