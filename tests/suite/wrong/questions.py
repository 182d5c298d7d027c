"""Answers that depend on another question that was asked before."""

from collections.abc import Callable
from typing import Any

import bitsspec
from bitsspec.spec import CLAUSE_BY_ID
from tests.suite.wrong.base import Family, WrongCandidate
from tests.support.candidates import Conforming, other

Wrongly = Callable[[Any, Any, Any], object]
"""A wrong answer: from the candidate, what is asked, and the right answer."""


def but(**answers: Wrongly) -> type[Conforming]:
    """Return a class that gives these answers; in ``before`` it has all questions and what was asked."""

    class Wrong(Conforming):
        def __init__(self) -> None:
            self.before: list[tuple[str, Any]] = []
            self.error: Any = None

    def method(question: str) -> Callable[[Wrong, Any], object]:
        def answer(self: Wrong, given: Any) -> object:
            right = getattr(bitsspec, question)(given)
            answer = answers[question](self, given, right) if question in answers else right
            self.before.append((question, given))
            return answer

        return answer

    for question in ("classify", "may_repost", "get_error", "count_posts"):
        setattr(Wrong, question, method(question))
    return Wrong


def leaves_its_error(self: Any, status: int, right: object) -> object:
    if status != 200:
        self.error = bitsspec.get_error(status)
    return right


def hands_out_what_was_left(self: Any, _status: int, right: object) -> object:
    left, self.error = self.error, None
    return left or right


def once_asked(question: str, code: int) -> Callable[[Any, int], bool]:
    return lambda self, status: status == code and (question, code) in self.before


def right_after(question: str, code: int) -> Callable[[Any, int], bool]:
    return lambda self, status: status == code and self.before[-1:] == [(question, code)]


def flipped(when: Callable[[Any, int], bool]) -> Wrongly:
    return lambda self, status, right: right is not when(self, status)


def other_outcome(when: Callable[[Any, int], bool]) -> Wrongly:
    return lambda self, status, right: other(status) if when(self, status) else right


SOURCES: dict[str, type[Conforming]] = {
    "the error that classify left, once": but(classify=leaves_its_error, get_error=hands_out_what_was_left),
    "the error of the outcome before": but(
        classify=leaves_its_error, get_error=lambda self, status, right: self.error or right
    ),
    "the outcome of 403 once it must not be posted again": but(
        classify=other_outcome(once_asked("may_repost", 403))
    ),
    "the outcome of 503 right after its error": but(classify=other_outcome(right_after("get_error", 503))),
    "the outcome of 404 once an upload was counted": but(
        classify=other_outcome(
            lambda self, status: status == 404 and any(q == "count_posts" for q, _ in self.before[-1:])
        )
    ),
    "posting 403 again right after its outcome": but(may_repost=flipped(right_after("classify", 403))),
    "no error for 777 right after its outcome": but(
        get_error=lambda self, status, right: (0, 0) if right_after("classify", 777)(self, status) else right
    ),
    "one post too many right after an outcome of 403": but(
        count_posts=lambda self, events, right: right + (self.before[-1:] == [("classify", 403)])
    ),
}


def candidates() -> list[WrongCandidate]:
    """Return every candidate whose questions get into each other's way."""
    everything = frozenset(CLAUSE_BY_ID)
    return [
        WrongCandidate(name, source, frozenset({"BITS-STABLE"}), everything)
        for name, source in SOURCES.items()
    ]


FAMILY = Family("questions", "an answer that depends on the question before", tuple(CLAUSE_BY_ID), candidates)
