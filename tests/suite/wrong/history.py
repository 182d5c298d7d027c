"""Answers that depend on what was asked before, or on when.

Each candidate is a class, so that each begins without a history. The first answer of all is as likely to be
the wrong one, so that it may be the clause of the code that finds it, or BITS-STABLE, or both.
"""

import itertools
from collections.abc import Callable, Iterator
from functools import lru_cache
from zlib import crc32

import bitsspec
from bitsspec import Outcome, classify, get_error
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate
from tests.support.candidates import Conforming

Codes = list[int]


def wrong(code: int) -> str:
    """Return a wrong outcome for a code."""
    return "transient" if classify(code) == "fatal" else "fatal"


def remembers(
    goes_wrong: Callable[..., object],
    *numbers: int,
    question: str = "classify",
    wrong: Callable[[int], object] = wrong,
) -> type[Conforming]:
    """Return a class that is wrong where ``goes_wrong`` says so of the codes before, the code and numbers."""
    right = getattr(bitsspec, question)

    class Remembers(Conforming):
        def __init__(self) -> None:
            self.codes: Codes = []

    def answer(self: Remembers, status: int) -> object:
        answer = right(status)
        if goes_wrong(self.codes, status, *numbers):
            answer = wrong(status)
        self.codes.append(status)
        return answer

    setattr(Remembers, question, answer)
    return Remembers


def some_time_after(earlier: int, later: int) -> type[Conforming]:
    return remembers(lambda before, code: code == later and earlier in before)


def is_transient(code: int) -> bool:
    return classify(code) is Outcome.TRANSIENT


def cached_by(key: Callable[[int], int]) -> type[Conforming]:
    """Return a class that takes the first answer of several codes for all of them."""

    class Cached(Conforming):
        def __init__(self) -> None:
            self.cache: dict[int, object] = {}

        def classify(self, status: int) -> object:
            right = classify(status)
            return self.cache.setdefault(key(status), right)

    return Cached


class CacheRunsFull(Conforming):
    """Answers with the oldest entry once its cache is full."""

    def __init__(self) -> None:
        self.cache: dict[int, object] = {}

    def classify(self, status: int) -> object:
        right = classify(status)
        if status not in self.cache and len(self.cache) >= 512:
            return next(iter(self.cache.values()))
        return self.cache.setdefault(status, right)


class CachesTheAnswerBefore(Conforming):
    """Stores the outcome of the code that came before."""

    def __init__(self) -> None:
        self.cache: dict[int, object] = {}
        self.last: object = None

    def classify(self, status: int) -> object:
        right = classify(status)
        if status in self.cache:
            return self.cache[status]
        self.cache[status], self.last = self.last or right, right
        return right


def cached_before_a_counter() -> type[Conforming]:
    """Return a class that caches few codes and asks a counter, one of all instances, for the rest."""
    counter = itertools.count()

    class Cached(Conforming):
        def __init__(self) -> None:
            self.classify = lru_cache(maxsize=128)(self.decide)  # type: ignore[method-assign]

        def decide(self, status: int) -> object:
            return classify(status) if next(counter) < 2500 else wrong(status)

    return Cached


class ErrorReused(Conforming):
    """Answers some codes with one error that every hundredth code renews."""

    error: object = None

    def get_error(self, status: int) -> object:
        right = get_error(status)
        if self.error is None or status % 100 == 0:
            self.error = right
        return self.error if status % 100 < 50 else right


def of_outcomes() -> Iterator[tuple[str, type[Conforming]]]:
    """Yield each way in which outcomes can depend on what was asked before, or by whom."""
    for n in (2, 3, 10, 100, 301, 1000, 1001, 2000):
        yield f"wrong from call {n} on", remembers(lambda before, code, n: len(before) + 1 >= n, n)
    for n in (2, 50, 500, 999, 1500):
        yield f"wrong at call {n}", remembers(lambda before, code, n: len(before) + 1 == n, n)
    for n in (2, 3, 7, 64, 997):
        yield f"wrong at every call by {n}", remembers(lambda before, code, n: (len(before) + 1) % n == 0, n)
    for at, n in ((0, 2), (404, 1200), (503, 700), (999, 1500), (555, 301)):
        yield (
            f"{at} wrong from call {n} on",
            remembers(lambda before, code, at, n: code == at and len(before) + 1 >= n, *(at, n)),
        )
    for at, n in ((200, 1), (777, 1), (403, 2), (429, 3), (308, 4), (13, 2)):
        yield (
            f"{at} wrong once asked {n} times",
            remembers(lambda before, code, at, n: code == at and before.count(at) >= n, *(at, n)),
        )
    for pair in ((503, 404), (404, 503), (200, 200), (403, 200), (408, 409), (500, 499)):
        yield (
            f"{pair[1]} wrong right after {pair[0]}",
            remembers(lambda before, code, *pair: (*before[-1:], code) == pair, *pair),
        )
    for earlier, later in ((604, 429), (17, 960), (960, 17), (200, 201), (403, 403)):
        yield f"{later} wrong some time after {earlier}", some_time_after(earlier, later)
    for needed, at in ((503, 404), (0, 404), (999, 308), (778, 777)):
        yield (
            f"{at} wrong unless {needed} was asked",
            remembers(lambda before, code, needed, at: code == at and needed not in before, *(needed, at)),
        )
    yield from {
        "alternates at one code": remembers(lambda before, code: code == 503 and before.count(503) % 2),
        "three server errors in a row": remembers(
            lambda before, code: (
                code // 100 == 5 and code not in (501, 505) and [c // 100 for c in before[-3:]] == [5, 5, 5]
            )
        ),
        "the same code twice": remembers(lambda before, code: before[-1:] == [code]),
        "the next lower code": remembers(lambda before, code: before[-1:] == [code + 1]),
        "a budget of transient errors": remembers(
            lambda before, code: is_transient(code) and sum(map(is_transient, before[-60:])) > 50
        ),
        "caches by hundred": cached_by(lambda code: code // 100),
        "caches by ten": cached_by(lambda code: code // 10),
        "caches by code modulo 256": cached_by(lambda code: code % 256),
        "a cache that runs full": CacheRunsFull,
        "caches the answer to the code before": CachesTheAnswerBefore,
        "a table that its caller changes": remembers(
            lambda before, code: classify(code) != "fatal" and code in before
        ),
        "a table that 408 changes at 503": some_time_after(408, 503),
        "as if at random": remembers(lambda before, code: crc32(f"{len(before)} {code}".encode()) % 100 == 0),
        "a cache before a counter": cached_before_a_counter(),
    }.items()


def candidates() -> list[WrongCandidate]:
    """Return every candidate whose answers depend on more than the code."""
    of_repost = {
        "403 forbids once": remembers(
            lambda before, code: code == 403 and 403 in before, question="may_repost", wrong=lambda code: True
        ),
        "403 forbids for all codes from then on": remembers(
            lambda before, code: 403 in before, question="may_repost", wrong=lambda code: False
        ),
    }
    of_errors = {
        "one error for several codes": ErrorReused,
        "no error context after 1,500 calls": remembers(
            lambda before, code: len(before) >= 1500,
            question="get_error",
            wrong=lambda code: (0, get_error(code)[1]),
        ),
    }
    return [
        WrongCandidate(name, source, frozenset(), frozenset({"BITS-STABLE", *related}))
        for sources, related in (
            (dict(of_outcomes()), OUTCOME_CLAUSES),
            (of_repost, ("BITS-REPOST",)),
            (of_errors, ("BITS-CONTEXT", "BITS-HRESULT")),
        )
        for name, source in sources.items()
    ]


FAMILY = Family(
    "history",
    "an answer that depends on more than the code",
    (*OUTCOME_CLAUSES, "BITS-REPOST", "BITS-CONTEXT", "BITS-HRESULT", "BITS-STABLE", "BITS-DOMAIN"),
    candidates,
)
