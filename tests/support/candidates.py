"""Candidates that tests hand to the suite, right ones and wrong ones."""

import bitsspec
from bitsspec import Outcome, classify, count_posts, get_error, may_repost

__all__ = ["Conforming", "always_fatal", "classify", "wrong_at"]


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


def always_fatal(status: int) -> str:
    del status
    return "fatal"


def wrong_at(*codes: int) -> type[Conforming]:
    """Return a candidate that takes transient for fatal, and anything else for transient, at ``codes``."""

    class Wrong(Conforming):
        def classify(self, status: int) -> object:
            right = bitsspec.classify(status)
            if status not in codes:
                return right
            return Outcome.FATAL if right is Outcome.TRANSIENT else Outcome.TRANSIENT

    return Wrong
