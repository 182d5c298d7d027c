"""The strategies for projects' own property tests."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bitsspec import NotAStatusCode, classify, count_posts
from bitsspec.spec import STATUS_CODES, outcome_due, posts_due
from bitsspec.strategies import (
    BOUNDARIES,
    codes_with,
    event_sequences,
    not_status_codes,
    possible_events,
    status_codes,
)

T = TypeVar("T")
VALUES = (None, True, -1, 1000, 200.0, "200", b"200", (200,), [200], {200}, 200j, Decimal(200), Fraction(200))


def smallest(strategy: SearchStrategy[T], departs: Callable[[T], bool]) -> T:
    """Return what a failure shrinks to, the same in every run."""
    return find(strategy, departs, settings=settings(database=None, max_examples=5000), random=Random(0))


@pytest.mark.parametrize("outcome", ["success", "transient", "fatal"])
def test_codes_with_an_outcome_have_it_and_all_of_them_can_come(outcome: str) -> None:
    @given(codes_with(outcome))
    def has_it(status: int) -> None:
        assert outcome_due(status) == outcome

    has_it()
    last = max(status for status in STATUS_CODES if outcome_due(status) == outcome)
    assert smallest(codes_with(outcome), lambda status: status == last) == last


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe"):
        codes_with("maybe")


@pytest.mark.parametrize("codes", [range(101, 199), range(310, 390), range(520, 590), range(700, 800)])
def test_codes_beside_the_boundaries_come_too(codes: range) -> None:
    assert smallest(status_codes(), lambda status: status in codes) in codes


@pytest.mark.parametrize(
    ("wrong", "found"), [(STATUS_CODES, 200), (range(400, 500), 404), (range(500, 600), 503)]
)
def test_a_failure_shrinks_to_the_most_telling_boundary(wrong: range, found: int) -> None:
    assert smallest(status_codes(), lambda status: status in wrong) == found


def test_both_sides_of_each_edge_of_the_rules_are_boundaries() -> None:
    edges = [code for code in STATUS_CODES[1:] if outcome_due(code) is not outcome_due(code - 1)]
    assert {side for code in edges for side in (code - 1, code)} | {0, 999} <= set(BOUNDARIES)
    assert len(set(BOUNDARIES)) == len(BOUNDARIES)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_values_that_are_most_like_a_status_code_can_come(value: object) -> None:
    assert repr(smallest(not_status_codes(), lambda drawn: repr(drawn) == repr(value))) == repr(value)


@given(not_status_codes())
def test_what_is_not_a_status_code_is_refused_by_the_reference_and_short_where_it_is_text(value: Any) -> None:
    with pytest.raises(NotAStatusCode):
        classify(value)
    assert not isinstance(value, str | bytes) or len(value) <= 5


@given(event_sequences(max_size=5))
def test_event_sequences_can_happen_and_keep_their_size(events: list[int | str]) -> None:
    assert len(events) <= 5
    assert possible_events(events) == events
    assert count_posts(events) == posts_due(events)


def test_only_the_answers_that_nobody_awaits_are_left_out_of_a_sequence() -> None:
    sequence: list[int | str] = [503, 404, "retry", 408, 409, "resume", 200, 200]
    assert possible_events(sequence) == [503, "retry", 408, "resume", 200]


def test_a_wrong_count_of_posts_shrinks_to_two_events() -> None:
    shown = smallest(event_sequences(), lambda events: count_posts(events) > 1)
    assert shown in ([404, "resume"], [503, "retry"])


def test_the_example_of_the_documentation_works() -> None:
    @given(st.lists(status_codes()))
    def every_status_code_gets_an_answer(codes: list[int]) -> None:
        assert {classify(status) for status in codes} <= {"success", "transient", "fatal"}

    every_status_code_gets_an_answer()
