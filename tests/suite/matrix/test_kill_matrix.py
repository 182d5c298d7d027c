"""The suite on trial: every wrong candidate is killed, no right one is accused, and docs/trial.md says so."""

from collections.abc import Sequence

import pytest

from bitsspec.clause_check import ClauseCheck
from bitsspec.report.model import Departure
from tests.suite.matrix import kill_matrix
from tests.suite.right import RIGHT
from tests.suite.wrong import FAMILIES, Family
from tests.support import judging
from tests.support.command import COVERAGE
from tests.support.judging import departed, judge
from tests.support.tools import need


def on_the_page(mark: str) -> Sequence[str]:
    """Return the lines of the table between two marks of docs/trial.md."""
    text = kill_matrix.PAGE.read_text(encoding="utf-8")
    table = text.partition(f"<!-- {mark}: begin -->")[2].partition(f"<!-- {mark}: end -->")[0]
    return table.strip().splitlines()


@pytest.fixture
def without_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes that do not note the lines they run: there is much to judge."""
    for name in COVERAGE:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("without_coverage")
def test_every_mutant_is_killed_by_its_clause_and_the_page_says_so() -> None:
    kills = kill_matrix.kill_all()
    assert [kill for found in kills.values() for kill in found if not kill.killed] == []
    assert kill_matrix.table(kill_matrix.MATRIX, list(kill_matrix.matrix(kills))) == on_the_page("matrix")


@pytest.mark.usefixtures("without_coverage")
def test_a_sample_of_mutants_is_killed_through_the_command_line() -> None:
    kills = kill_matrix.check_sample(seed=0)
    assert len(kills) == 50
    assert {kill.family for kill in kills} == {family.name for family in FAMILIES}
    assert [kill for kill in kills if not kill.killed] == []


def test_there_are_as_many_mutants_as_the_kinds_of_mistake_demand() -> None:
    counts = {family.name: len(family.mutants()) for family in FAMILIES}
    assert counts["outcomes"] == 2 * 1000
    assert counts["reposts"] == 999
    assert counts["contexts"] == 8 * 999
    assert counts["posting"] >= 40
    assert counts["history"] >= 30
    assert counts["domain"] >= 15


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_no_two_mutants_have_the_same_name(family: Family) -> None:
    names = [mutant.name for mutant in family.mutants()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("clause", ["BITS-REPOST", "BITS-POSTS", "BITS-DOMAIN"])
def test_a_check_that_finds_nothing_lets_mutants_live(clause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def finds_nothing(check: ClauseCheck) -> None:
        check.conclude(0, [])

    monkeypatch.setitem(judging.CHECKS, clause, finds_nothing)
    family = next(f for f in FAMILIES if clause in f.clauses and {clause} == f.mutants()[0].owners)
    assert not any(kill.killed for kill in kill_matrix.kill((family.name, 0)))


def test_an_unrelated_clause_that_accuses_as_well_does_not_count_as_a_kill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def accuses(check: ClauseCheck) -> None:
        check.conclude(1, [Departure(404, "fatal", "fatal")])

    monkeypatch.setitem(judging.CHECKS, "BITS-4XX", accuses)
    assert not any(
        kill.killed for kill in kill_matrix.kill(("boundaries", 0)) if "BITS-4XX" not in kill.owners
    )


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_candidate_is_not_accused(name: str) -> None:
    unused = kill_matrix.RUNS  # no seed of the runs that the page speaks of
    assert departed(judge(RIGHT[name], seed=unused)) == set()


def test_the_page_lists_every_right_candidate() -> None:
    need("cc")
    rows = [(name, str(kill_matrix.RUNS), "0") for name in RIGHT]
    assert on_the_page("right")[2:] == [f"| {' | '.join(row)} |" for row in rows]
