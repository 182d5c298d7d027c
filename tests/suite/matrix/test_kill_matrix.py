"""The trial: all wrong candidates are killed, no right one is accused, and its page says so."""

from collections.abc import Sequence

import pytest

from bitsspec.clause_check import ClauseCheck
from bitsspec.report.model import Departure
from tests.suite.matrix import kill_matrix
from tests.suite.right import RIGHT
from tests.suite.wrong import FAMILIES
from tests.support import judging
from tests.support.command import COVERAGE
from tests.support.tools import need


def on_the_page(mark: str) -> Sequence[str]:
    """Return the lines of the table between two marks of docs/contributors/trial.md."""
    text = kill_matrix.PAGE.read_text(encoding="utf-8")
    table = text.partition(f"<!-- {mark}: begin -->")[2].partition(f"<!-- {mark}: end -->")[0]
    return table.strip().splitlines()


@pytest.fixture(autouse=True)
def _without_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes that do not note the lines they run: there is much to judge."""
    for name in COVERAGE:
        monkeypatch.delenv(name, raising=False)


def test_every_wrong_candidate_is_killed_by_its_clause_and_the_page_says_so() -> None:
    kills = kill_matrix.kill_all()
    assert [kill for found in kills.values() for kill in found if not kill.killed] == []
    assert kill_matrix.table(kill_matrix.MATRIX, list(kill_matrix.matrix(kills))) == on_the_page("matrix")


def test_a_sample_of_wrong_candidates_is_killed_through_the_command_line() -> None:
    kills = kill_matrix.check_sample(seed=0, size=12)
    assert {kill.family for kill in kills} == {family.name for family in FAMILIES}
    assert [kill for kill in kills if not kill.killed] == []


def test_no_right_candidate_is_accused() -> None:
    unused = range(kill_matrix.RUNS, kill_matrix.RUNS + 2)  # no seeds of the runs that the page speaks of
    assert [name for name, _, accused in kill_matrix.judge_right(unused) if accused != "0"] == []


def test_the_page_lists_every_right_candidate() -> None:
    need("cc")
    rows = [(name, str(kill_matrix.RUNS), "0") for name in RIGHT]
    assert on_the_page("right")[2:] == [f"| {' | '.join(row)} |" for row in rows]


def test_there_are_as_many_wrong_candidates_as_the_kinds_of_mistake_demand_and_each_has_a_name() -> None:
    names = {family.name: [wrong.name for wrong in family.candidates()] for family in FAMILIES}
    assert all(len(set(each)) == len(each) for each in names.values())
    counts = {family: len(each) for family, each in names.items()}
    assert (counts["outcomes"], counts["reposts"], counts["contexts"]) == (2 * 1000, 999, 8 * 999)
    assert (counts["posting"] >= 40, counts["history"] >= 30, counts["domain"] >= 15) == (True, True, True)


def test_a_check_that_finds_nothing_kills_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(judging.CHECKS, "BITS-POSTS", lambda check: check.conclude(0, []))
    assert not any(kill.killed for kill in kill_matrix.kill(("posting", 0)))


def test_an_unrelated_clause_that_accuses_as_well_does_not_count_as_a_kill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def accuses(check: ClauseCheck) -> None:
        check.conclude(1, [Departure(404, "fatal", "fatal")])

    monkeypatch.setitem(judging.CHECKS, "BITS-4XX", accuses)
    kills = kill_matrix.kill(("boundaries", 0))
    assert {kill.killed for kill in kills if "BITS-4XX" not in kill.owners} == {False}
