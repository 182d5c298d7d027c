"""Answers that are wrong when two threads ask at once.

Each candidate is a class: what its threads share is its own.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import bitsspec
from bitsspec import classify, count_posts
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate
from tests.support.candidates import Conforming, other

HOME = threading.get_ident()
OWNERS = frozenset({"BITS-STABLE"})


def shared(question: str, *codes: int, by_all: bool = False) -> type[Conforming]:
    """Return a class that keeps what it is asked, if it is one of ``codes``, in an attribute of all threads.

    ``by_all`` is whether what it is asked is kept anyway, and read for these codes alone.
    """
    right: Callable[[Any], object] = getattr(bitsspec, question)

    def answer(self: Any, given: Any) -> object:
        rare = not codes or given in codes
        if rare or by_all:
            self.given = given
        return right(self.given) if rare else right(given)

    return type("Shared", (Conforming,), {question: answer})


class CountsInAttributes(Conforming):
    """Replays an upload in attributes of all threads."""

    def count_posts(self, events: Sequence[int | str]) -> object:
        self.events: list[int | str] = []
        self.posts = 1
        for event in events:
            self.events.append(event)
            self.posts = count_posts(self.events)
        return self.posts


class SharedList(Conforming):
    def __init__(self) -> None:
        self.pending: list[int] = []

    def classify(self, status: int) -> object:
        classify(status)
        self.pending.append(status)
        return classify(self.pending.pop(0))


class TransientWhileBusy(Conforming):
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def classify(self, status: int) -> object:
        if not self.lock.acquire(blocking=False):
            return "transient"
        try:
            return classify(status)
        finally:
            self.lock.release()


class TakesFromItsTable(Conforming):
    """Puts back what it took when it has the answer."""

    def __init__(self) -> None:
        self.table = {code: str(classify(code)) for code in range(1000)}

    def classify(self, status: int) -> object:
        classify(status)
        answer = self.table.pop(status, None)
        if answer is None:
            return "fatal"
        self.table[status] = answer
        return answer


class CountsItsCallers(Conforming):
    """Answers wrongly where two are inside at once."""

    inside = 0

    def classify(self, status: int) -> object:
        self.inside += 1
        try:
            return classify(status) if self.inside == 1 else other(status)
        finally:
            self.inside -= 1


class ChecksThenReads(Conforming):
    """Looks whether its memory of one code is the right one, and reads it later."""

    code, kept = 0, classify(0)

    def classify(self, status: int) -> object:
        right = classify(status)
        if self.code != status:
            self.code, self.kept = status, right
        return self.kept


class LocksTooLittle(Conforming):
    """Holds its lock while it writes, and no longer while it reads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def classify(self, status: int) -> object:
        with self.lock:
            self.answer = classify(status)
        return self.answer


class RightInOneThread(Conforming):
    def classify(self, status: int) -> object:
        return classify(status) if threading.get_ident() == HOME else other(status)


class ATableOfOneThread(Conforming):
    def classify(self, status: int) -> object:
        return classify(status) if threading.get_ident() == HOME else "transient"


SOURCES: dict[str, type[Conforming]] = {
    "an attribute": shared("classify"),
    "an attribute, for 408 and 404": shared("classify", 408, 404),
    "an attribute, for 307 and 308": shared("classify", 307, 308),
    "an attribute that all write, read for 409": shared("classify", 409, by_all=True),
    "an attribute that all write, read for 505": shared("classify", 505, by_all=True),
    "a list": SharedList,
    "transient while busy": TransientWhileBusy,
    "a table that a call takes from": TakesFromItsTable,
    "two callers inside": CountsItsCallers,
    "checks, then reads": ChecksThenReads,
    "a lock for writing alone": LocksTooLittle,
    "right in one thread": RightInOneThread,
    "a table of one thread": ATableOfOneThread,
    "posting again: an attribute": shared("may_repost"),
    "posting again: an attribute that all write, read for 403": shared("may_repost", 403, by_all=True),
    "error: an attribute": shared("get_error"),
    "error: an attribute that all write, read for 503": shared("get_error", 503, by_all=True),
    "posts: the events in an attribute": shared("count_posts"),
    "posts: the replay in attributes": CountsInAttributes,
}


def candidates() -> list[WrongCandidate]:
    """Return every candidate that gets it wrong only while another thread asks."""
    return [WrongCandidate(name, source, OWNERS) for name, source in SOURCES.items()]


FAMILY = Family(
    "threads",
    "an answer that depends on what other threads ask",
    (
        *OUTCOME_CLAUSES,
        "BITS-REPOST",
        "BITS-CONTEXT",
        "BITS-HRESULT",
        "BITS-POSTS",
        "BITS-STABLE",
        "BITS-DOMAIN",
    ),
    candidates,
)
