"""Candidates that tests hand to the suite, right ones and wrong ones."""

import bitsspec
from bitsspec import Outcome, classify, count_posts, get_error, may_repost

__all__ = [
    "After300Calls",
    "Conforming",
    "NeverRetries",
    "OnceAnotherCodeWasAsked",
    "always_fatal",
    "classify",
    "other",
    "wrong_at",
]


class Conforming:
    """A conforming candidate with every capability; tests subclass it to get one thing wrong."""

    def classify(self, status: int) -> object:
        return classify(status)

    def may_repost(self, status: int) -> object:
        return may_repost(status)

    def get_error(self, status: int) -> object:
        return get_error(status)

    def count_posts(self, events: list[int | str]) -> object:
        return count_posts(events)


def other(status: int) -> Outcome:
    """Return what a BITS client does not make of ``status``."""
    return Outcome.FATAL if classify(status) is Outcome.TRANSIENT else Outcome.TRANSIENT


class NeverRetries(Conforming):
    def count_posts(self, events: list[int | str]) -> object:
        return 1


class OnceAnotherCodeWasAsked:
    earlier, later = 604, 429

    def __init__(self) -> None:
        self.seen = False

    def classify(self, status: int) -> object:
        self.seen |= status == self.earlier
        return other(status) if self.seen and status == self.later else classify(status)


class After300Calls:
    calls = 0

    def classify(self, status: int) -> object:
        self.calls += 1
        return other(status) if self.calls > 300 else classify(status)


def always_fatal(status: int) -> str:
    del status
    return "fatal"


def wrong_at(*codes: int) -> type[Conforming]:
    """Return a candidate that takes transient for fatal, and anything else for transient, at ``codes``."""

    class Wrong(Conforming):
        def classify(self, status: int) -> object:
            return other(status) if status in codes else bitsspec.classify(status)

    return Wrong
