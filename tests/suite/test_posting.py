"""BITS-POSTS finds a wrong rule and shows the shortest sequence of events for it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given

from bitsspec import classify, count_posts
from bitsspec.conformance.test_posts import shortest_first
from bitsspec.strategies import event_sequences, possible_events
from tests.support.candidates import Conforming
from tests.support.judging import departed, departing, judge

Events = Iterable[int | str]


def replay(
    events: Events, posts_again: Callable[[int, str], bool], *, start: int = 1, while_outstanding: int = 0
) -> int:
    posts, answer = start, None
    for event in events:
        if isinstance(event, int):
            answer = event
        elif answer is None:
            posts += while_outstanding
        elif posts_again(answer, event):
            posts, answer = posts + 1, None
    return posts


def right(answer: int, event: str) -> bool:
    if answer in (200, 403):
        return False
    return event == "resume" or classify(answer) == "transient"


WRONG: dict[str, tuple[Callable[[Events], int], tuple[int | str, ...]]] = {
    "counts no first post": (lambda e: replay(e, right, start=0), ()),
    "counts the first post twice": (lambda e: replay(e, right, start=2), ()),
    "posts while a post is outstanding": (lambda e: replay(e, right, while_outstanding=1), ("retry",)),
    "posts after 200": (lambda e: replay(e, lambda a, w: a == 200 or right(a, w)), (200, "retry")),
    "resumes after 403": (
        lambda e: replay(e, lambda a, w: (a, w) == (403, "resume") or right(a, w)),
        (403, "resume"),
    ),
    "never retries": (lambda e: replay(e, lambda a, w: w == "resume" and right(a, w)), (0, "retry")),
    "retries after fatal": (
        lambda e: replay(e, lambda a, w: a not in (200, 403)),
        (300, "retry"),
    ),
    "forgets to resume after transient": (
        lambda e: replay(e, lambda a, w: right(a, w) and not (w == "resume" and classify(a) == "transient")),
        (0, "resume"),
    ),
    "takes 429 for transient": (lambda e: replay(e, lambda a, w: a == 429 or right(a, w)), (429, "retry")),
    "posts three times at most": (
        lambda e: min(3, replay(e, right)),
        (503, "retry", 503, "retry", 503, "retry"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_shown_by_its_shortest_sequence(name: str) -> None:
    rule, events = WRONG[name]

    class Wrong(Conforming):
        def count_posts(self, events: Any) -> object:
            return rule(events)

    report = judge(Wrong(), examples=100)
    assert departed(report) == {"BITS-POSTS"}
    (found,) = departing(report, "BITS-POSTS")
    assert len(found) == len(events), f"{found} is longer than {events}"
    if len(events) < 3:
        assert found == events


def test_only_sequences_that_can_happen_are_asked() -> None:
    for sequences in shortest_first():
        for events in sequences:
            count_posts(events)  # raises for an answer that nobody awaits


@given(event_sequences())
def test_drawn_sequences_can_happen(events: list[int | str]) -> None:
    assert count_posts(events) == replay(events, right)
    assert possible_events(events) == events
