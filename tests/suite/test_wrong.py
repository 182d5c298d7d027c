"""The suite finds each kind of mistake and shows it; tests/suite/matrix tries all wrong candidates."""

from collections.abc import Iterator
from typing import Any

import pytest

from bitsspec import classify, count_posts
from bitsspec.conformance.test_posts import shortest_first
from bitsspec.spec import CLAUSE_BY_ID
from tests.suite.wrong import FAMILIES, Family, WrongCandidate
from tests.support.candidates import Conforming
from tests.support.judging import departed, departing, judge

IN_PROCESS = [family for family in FAMILIES if family.in_process]
BY_NAME = {(family.name, wrong.name): wrong for family in IN_PROCESS for wrong in family.candidates()}
ONE_FOR_EACH_CLAUSE = {clause: wrong for wrong in BY_NAME.values() for clause in wrong.owners}
HANDFUL = 8


def handful() -> Iterator[Any]:
    for family in IN_PROCESS:
        of_family = family.candidates()
        for wrong in of_family[:: len(of_family) // HANDFUL]:
            yield pytest.param(family, wrong, id=f"{family.name}: {wrong.name}")


@pytest.mark.parametrize(("family", "wrong"), list(handful()))
def test_a_wrong_candidate_departs_from_the_clause_that_owns_its_mistake(
    family: Family, wrong: WrongCandidate
) -> None:
    assert wrong.is_killed(departed(judge(wrong.source, family.clauses, examples=1)))


@pytest.mark.parametrize("clause", CLAUSE_BY_ID)
@pytest.mark.usefixtures("replays_here")
def test_one_that_departs_from_a_clause_departs_from_no_unrelated_one(clause: str) -> None:
    wrong = ONE_FOR_EACH_CLAUSE[clause]
    found = departed(judge(wrong.source, examples=1))
    assert clause in found
    assert wrong.is_killed(found)


@pytest.mark.parametrize(
    ("clause", "wrong", "shown", "expected", "got"),
    [
        ("BITS-4XX", ("outcomes", "429 transient"), 429, "fatal", "transient"),
        ("BITS-REPOST", ("reposts", "403 flipped"), 403, "no", "yes"),
        ("BITS-CONTEXT", ("contexts", "404 context 5"), 404, "7", "5"),
        ("BITS-HRESULT", ("hresults", "503 HRESULT"), 503, "0x801901F7", "0x800701F7"),
        ("BITS-POSTS", ("posting", "starts at 0"), (), "1", "0"),
        ("BITS-POSTS", ("posting", "retry posts while outstanding"), ("retry",), "1", "2"),
        ("BITS-POSTS", ("posting", "retry after transient the other way round"), (0, "retry"), "2", "1"),
        (
            "BITS-POSTS",
            ("posting", "resume after never again the other way round"),
            (403, "resume"),
            "1",
            "2",
        ),
        ("BITS-POSTS", ("posting", "429 taken for transient"), (429, "retry"), "1", "2"),
        ("BITS-POSTS", ("posting", "gives up after 3 posts"), (503, "retry") * 3, "4", "3"),
        (
            "BITS-STABLE",
            ("history", "777 wrong once asked 1 times"),
            (777,),
            "transient",
            "fatal 2,667 calls later (seen once, could not be repeated)",
        ),
        (
            "BITS-STABLE",
            ("threads", "posting again: an attribute that all write, read for 403"),
            ("repost 403",),
            "no",
            "yes while another thread asks",
        ),
        (
            "BITS-DOMAIN",
            ("domain", "reads whole floats"),
            "200.0",
            "fatal or rejected or transient",
            "success",
        ),
    ],
)
def test_the_report_shows_the_smallest_departure(
    clause: str, wrong: tuple[str, str], shown: object, expected: str, got: str
) -> None:
    found = departing(judge(BY_NAME[wrong].source, [clause]), clause)
    assert found[shown] == (expected, got)
    assert len(found) == 1 or clause == "BITS-POSTS"


def test_values_beyond_the_listed_ones_are_drawn() -> None:
    def takes_long_text_for_success(status: Any) -> object:
        is_long = isinstance(status, str) and len(status) > 3 and status != "success"
        return "success" if is_long else classify(status)

    assert departed(judge(takes_long_text_for_success, ["BITS-DOMAIN"], examples=200)) == {"BITS-DOMAIN"}


def test_every_departing_pair_of_a_code_and_a_word_is_shown_and_what_no_pair_explains() -> None:
    class Posts(Conforming):
        def count_posts(self, events: list[int | str]) -> int:
            wrong = events[-2:] in ([403, "resume"], [429, "retry"]) or events == [503, "retry", 503, "retry"]
            return count_posts(events) + wrong

    assert departing(judge(Posts, ["BITS-POSTS"], examples=1), "BITS-POSTS") == {
        (403, "resume"): ("1", "2"),
        (429, "retry"): ("1", "2"),
        (503, "retry", 503, "retry"): ("3", "4"),
    }


def test_a_pair_that_departs_once_says_so() -> None:
    asked = []

    class Once(Conforming):
        def count_posts(self, events: list[int | str]) -> int:
            asked.append(events)
            return count_posts(events) + (events == [403, "resume"] and asked.count(events) == 2)

    found = departing(judge(Once(), ["BITS-POSTS"], examples=1), "BITS-POSTS")
    assert found == {(403, "resume"): ("1", "2 (seen once, could not be repeated)")}


def test_only_sequences_that_can_happen_are_asked() -> None:
    for sequences in shortest_first():
        for events in sequences:
            count_posts(events)  # raises for an answer that nobody awaits


@pytest.mark.parametrize(
    "name", [("history", "777 wrong once asked 1 times"), ("threads", "an attribute"), ("threads", "a list")]
)
def test_an_instance_that_remembers_is_caught_whatever_the_seed(name: tuple[str, str]) -> None:
    for seed in range(3):
        source: Any = BY_NAME[name].source
        assert departed(judge(source(), ["BITS-STABLE"], seed=seed)) == {"BITS-STABLE"}


def test_a_function_that_nobody_can_reset_is_caught_from_its_first_answers() -> None:
    asked = []

    def counts_its_calls(status: int) -> object:
        asked.append(status)
        return "transient" if len(asked) > 300 else classify(status)

    assert "BITS-STABLE" in departed(judge(counts_its_calls, ["BITS-4XX", "BITS-STABLE"]))


def test_a_race_on_a_way_that_no_boundary_code_goes_is_found() -> None:
    class Shares(Conforming):
        def classify(self, status: int) -> object:
            if status // 10 in (43, 52):
                self.status = status
                return classify(self.status)
            return classify(status)

    ((shown, _),) = departing(judge(Shares, ["BITS-4XX", "BITS-5XX", "BITS-STABLE"]), "BITS-STABLE").items()
    assert shown[0] // 10 in (43, 52)


def test_a_budget_of_all_codes_together_is_found() -> None:
    def in_all(events: list[int | str]) -> int:
        codes = {event for event in events if isinstance(event, int)}
        return count_posts(events) if len(codes) < 12 else 12

    class Budget(Conforming):
        count_posts = staticmethod(in_all)

    ((shown, _),) = departing(judge(Budget, ["BITS-POSTS"], examples=1), "BITS-POSTS").items()
    assert len(shown) == 24
