"""The pytest plugin: options, the candidate, one check for each clause, and the reports.

It is loaded in every pytest run of an environment that has bitsspec, so it imports nothing heavy
until a test of the suite is about to run.
"""

from __future__ import annotations

from functools import partial
from traceback import clear_frames
from typing import TYPE_CHECKING, Any

import pytest

from bitsspec.gatherer import MARK, Gatherer, is_made_for_one_test, place_of
from bitsspec.options import (
    SESSION,
    add_options,
    candidate_named,
    is_given,
    session_of,
    unknown_key,
    why_nobody_is_named,
)

if TYPE_CHECKING:
    from bitsspec.clause_check import ClauseCheck


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and their ini twins."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that names a test's clause, and what gathers the results."""
    config.addinivalue_line("markers", f"{MARK}(id): the clause of the BITS specification that a test checks")
    config.pluginmanager.register(Gatherer(config), "bitsspec-gatherer")


def pytest_sessionstart(session: pytest.Session) -> None:
    """End a run whose settings cannot be used before anything is checked."""
    if is_given(session.config):
        session_of(session.config)


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
    """Return the candidate that ``--bits-candidate``, ``BITSSPEC_CANDIDATE`` or the ini file names, or None.

    A project overrides this fixture to hand over its own function, object, class, module or target.
    """
    return candidate_named(pytestconfig)


@pytest.fixture
def bits_check(request: pytest.FixtureRequest, bits_candidate: object) -> ClauseCheck:
    """Return what a test checks the candidate with against its clause."""
    session = session_of(request.config)
    if session.candidate is None:
        wrong = why_nobody_is_named(request.config) if bits_candidate is None else unknown_key(request.config)
        if wrong:
            pytest.fail(wrong, pytrace=False)
    if is_made_for_one_test(request.node):
        request.addfinalizer(partial(session.let_go, bits_candidate))
    return session.begin(request.node, bits_candidate, place_of(request.node))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """Make a failed clause the test's failure, told without a traceback."""
    if pyfuncitem.get_closest_marker(MARK) is None:
        return (yield)
    session = session_of(pyfuncitem.config)
    if session.is_decided(pyfuncitem):
        session.conclude(pyfuncitem)
    called = yield
    session.conclude(pyfuncitem)
    return called


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Attach the check's record to the test's report, which travels from a worker to its controller."""
    report = yield
    if item.get_closest_marker(MARK) is not None and report.when != "teardown":
        record = session_of(item.config).take_record(item)
        if record is not None:
            report.bitsspec = record
            if report.skipped and call.excinfo is not None:
                clear_frames(call.excinfo.tb)  # which would hold the candidate until garbage is collected
    return report
