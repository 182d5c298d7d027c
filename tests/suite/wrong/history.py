"""Answers that depend on what was asked before, on who asks, or on when.

Each mutant is a class, so that every mutant begins without a history.
"""

import itertools
import random
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bitsspec import classify, get_error, may_repost
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate
from tests.support.candidates import Conforming


def wrong(code: int) -> str:
    """Return a wrong outcome for a code."""
    return "transient" if classify(code) == "fatal" else "fatal"


class Remembers(Conforming):
    """Counts its calls and keeps the codes in order; ``goes_wrong`` decides from that."""

    def __init__(self) -> None:
        self.codes: list[int] = []

    def classify(self, status: int) -> object:
        right = classify(status)
        answer = wrong(status) if self.goes_wrong(status) else right
        self.codes.append(status)
        return answer

    def goes_wrong(self, code: int) -> bool:
        raise NotImplementedError


def remembering(goes_wrong: Callable[[Any, int], bool]) -> type[Remembers]:
    """Return a class that goes wrong where the function of itself and the code says so."""
    return type("Remembering", (Remembers,), {"goes_wrong": goes_wrong})


def from_call(number: int) -> type[Remembers]:
    return remembering(lambda self, code: len(self.codes) + 1 >= number)


def at_call(number: int) -> type[Remembers]:
    return remembering(lambda self, code: len(self.codes) + 1 == number)


def every(number: int) -> type[Remembers]:
    return remembering(lambda self, code: (len(self.codes) + 1) % number == 0)


def at_code_from_call(code: int, number: int) -> type[Remembers]:
    return remembering(lambda self, asked: asked == code and len(self.codes) + 1 >= number)


def at_code_once_asked(code: int, times: int) -> type[Remembers]:
    return remembering(lambda self, asked: asked == code and self.codes.count(code) >= times)


def right_after(earlier: int, later: int) -> type[Remembers]:
    return remembering(lambda self, code: code == later and self.codes[-1:] == [earlier])


def some_time_after(earlier: int, later: int) -> type[Remembers]:
    return remembering(lambda self, code: code == later and earlier in self.codes)


def unless_asked_before(needed: int, code: int) -> type[Remembers]:
    return remembering(lambda self, asked: asked == code and needed not in self.codes)


class AlternatesAtOneCode(Remembers):
    def goes_wrong(self, code: int) -> bool:
        return code == 503 and self.codes.count(503) % 2 == 1


class ThreeInARow(Remembers):
    """A circuit breaker: after three server errors in a row the next one is fatal."""

    def goes_wrong(self, code: int) -> bool:
        return (
            code // 100 == 5 and code not in (501, 505) and [c // 100 for c in self.codes[-3:]] == [5, 5, 5]
        )


class TwiceTheSame(Remembers):
    def goes_wrong(self, code: int) -> bool:
        return self.codes[-1:] == [code]


class Descending(Remembers):
    """Right as long as codes rise."""

    def goes_wrong(self, code: int) -> bool:
        return bool(self.codes) and code == self.codes[-1] - 1


class RetryBudget(Remembers):
    """Stops after 50 transient errors."""

    def goes_wrong(self, code: int) -> bool:
        return (
            classify(code) == "transient" and sum(classify(c) == "transient" for c in self.codes[-60:]) > 50
        )


class CachesByClass(Conforming):
    """Takes the first answer of a hundred codes for all of them."""

    def __init__(self) -> None:
        self.cache: dict[int, object] = {}

    def key(self, code: int) -> int:
        return code // 100

    def classify(self, status: int) -> object:
        return self.cache.setdefault(self.key(status), classify(status))


class CachesByTen(CachesByClass):
    def key(self, code: int) -> int:
        return code // 10


class CachesByLastDigits(CachesByClass):
    def key(self, code: int) -> int:
        classify(code)
        return code % 256


class CacheRunsFull(Conforming):
    """Answers with the oldest entry once its cache is full."""

    def __init__(self) -> None:
        self.cache: dict[int, object] = {}

    def classify(self, status: int) -> object:
        classify(status)
        if status in self.cache:
            return self.cache[status]
        if len(self.cache) >= 512:
            return next(iter(self.cache.values()))
        return self.cache.setdefault(status, classify(status))


class ForgetsAfterCaching(Conforming):
    """Stores the outcome of the code that came before."""

    def __init__(self) -> None:
        self.cache: dict[int, object] = {}
        self.last: object = None

    def classify(self, status: int) -> object:
        classify(status)
        if status not in self.cache:
            self.cache[status] = classify(status) if self.last is None else self.last
            self.last = classify(status)
            return classify(status)
        return self.cache[status]


class TableWritten(Conforming):
    """Its caller's question changes the table: a repeated code becomes fatal."""

    def __init__(self) -> None:
        self.table = [str(classify(code)) for code in range(1000)]

    def classify(self, status: int) -> object:
        classify(status)
        answer, self.table[status] = self.table[status], "fatal"
        return answer


class NeighbourWritten(TableWritten):
    def classify(self, status: int) -> object:
        classify(status)
        if status == 408:
            self.table[503] = "fatal"
        return self.table[status]


class SharedAttribute(Conforming):
    """Keeps the code that it was asked in an attribute of all threads."""

    status = 0

    def classify(self, status: int) -> object:
        self.status = status
        return classify(self.status)


class SharedList(Conforming):
    def __init__(self) -> None:
        self.pending: list[int] = []

    def classify(self, status: int) -> object:
        classify(status)
        self.pending.append(status)
        return classify(self.pending.pop(0))


class BusyIsTransient(Conforming):
    """Answers transient while another call is under way."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def classify(self, status: int) -> object:
        if not self.lock.acquire(blocking=False):
            return "transient"
        try:
            return classify(status)
        finally:
            self.lock.release()


class TableUnderConstruction(Conforming):
    """Empties and fills its table again at each call."""

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
            return classify(status) if self.inside == 1 else wrong(status)
        finally:
            self.inside -= 1


class OneThreadOnly(Conforming):
    """Right in the thread that made it."""

    def __init__(self) -> None:
        self.home = threading.get_ident()

    def classify(self, status: int) -> object:
        return classify(status) if threading.get_ident() == self.home else wrong(status)

    def __deepcopy__(self, memo: object) -> "OneThreadOnly":
        return type(self)()


class ThreadLocalTable(Conforming):
    """Fills its table in one thread alone."""

    def __init__(self) -> None:
        self.local = threading.local()
        self.local.table = [str(classify(code)) for code in range(1000)]

    def classify(self, status: int) -> object:
        classify(status)
        return getattr(self.local, "table", ["transient"] * 1000)[status]


class AtRandom(Conforming):
    def classify(self, status: int) -> object:
        return wrong(status) if random.random() < 0.01 else classify(status)


class RepostOnce(Conforming):
    """Forbids posting again after 403, but only the first time."""

    asked = 0

    def may_repost(self, status: int) -> object:
        self.asked += status == 403
        return may_repost(status) or self.asked > 1


class RepostNeverAfter403(Conforming):
    """Once 403 has come, forbids it for every code."""

    forbidden = False

    def may_repost(self, status: int) -> object:
        self.forbidden |= status == 403
        return not self.forbidden


class RepostShared(Conforming):
    status = 0

    def may_repost(self, status: int) -> object:
        self.status = status
        return may_repost(self.status)


class ErrorReused(Conforming):
    """Answers with one pair that each call overwrites, unless it asks for the same code again."""

    def __init__(self) -> None:
        self.last: dict[str, object] = {}

    def get_error(self, status: int) -> object:
        pair = self.last.setdefault("error", get_error(status))
        if status % 100 == 0:
            self.last["error"] = pair = get_error(status)
        return pair if status % 100 < 50 else get_error(status)


class ErrorShared(Conforming):
    status = 0

    def get_error(self, status: int) -> object:
        self.status = status
        return get_error(self.status)


class ErrorForgottenAfter(Conforming):
    """Knows no error context once it was asked 1,500 times."""

    calls = 0

    def get_error(self, status: int) -> object:
        self.calls += 1
        context, hresult = get_error(status)
        return (0 if self.calls > 1500 else context), hresult


def _cached_by_equal_hash() -> type[Conforming]:
    """Return a class whose cache keeps so few codes that it asks a counter for the rest."""
    counter = itertools.count()

    class Cached(Conforming):
        def __init__(self) -> None:
            self.cached = lru_cache(maxsize=128)(self.decide)

        def decide(self, status: int) -> object:
            return classify(status) if next(counter) < 2500 else wrong(status)

        def classify(self, status: int) -> object:
            return self.cached(status)

    return Cached


OF_OUTCOMES: dict[str, type[Conforming]] = {
    **{
        f"wrong from call {number} on": from_call(number) for number in (2, 3, 10, 100, 301, 1000, 1001, 2000)
    },
    **{f"wrong at call {number}": at_call(number) for number in (2, 50, 500, 999, 1500)},
    **{f"wrong at every call by {number}": every(number) for number in (2, 3, 7, 64, 997)},
    **{
        f"{code} wrong from call {number} on": at_code_from_call(code, number)
        for code, number in ((0, 2), (404, 1200), (503, 700), (999, 1500), (555, 301))
    },
    **{
        f"{code} wrong once asked {times} times": at_code_once_asked(code, times)
        for code, times in ((200, 1), (777, 1), (403, 2), (429, 3), (308, 4), (13, 2))
    },
    **{
        f"{later} wrong right after {earlier}": right_after(earlier, later)
        for earlier, later in ((503, 404), (404, 503), (200, 200), (403, 200), (408, 409), (500, 499))
    },
    **{
        f"{later} wrong some time after {earlier}": some_time_after(earlier, later)
        for earlier, later in ((604, 429), (17, 960), (960, 17), (200, 201), (403, 403))
    },
    **{
        f"{code} wrong unless {needed} was asked": unless_asked_before(needed, code)
        for needed, code in ((200, 503), (0, 404), (999, 308), (777, 778))
    },
    "alternates at one code": AlternatesAtOneCode,
    "three server errors in a row": ThreeInARow,
    "the same code twice": TwiceTheSame,
    "the next lower code": Descending,
    "a budget of transient errors": RetryBudget,
    "caches by hundred": CachesByClass,
    "caches by ten": CachesByTen,
    "caches by code modulo 256": CachesByLastDigits,
    "a cache that runs full": CacheRunsFull,
    "caches the answer to the code before": ForgetsAfterCaching,
    "a table that its caller changes": TableWritten,
    "a table that 408 changes at 503": NeighbourWritten,
    "an attribute that threads share": SharedAttribute,
    "a list that threads share": SharedList,
    "transient while busy": BusyIsTransient,
    "a table that a call takes from": TableUnderConstruction,
    "two callers inside": CountsItsCallers,
    "right in one thread": OneThreadOnly,
    "a table of one thread": ThreadLocalTable,
    "at random": AtRandom,
    "a cache before a counter": _cached_by_equal_hash(),
}
OF_REPOST: dict[str, type[Conforming]] = {
    "403 forbids once": RepostOnce,
    "403 forbids for all codes from then on": RepostNeverAfter403,
    "posting again: an attribute that threads share": RepostShared,
}
OF_ERRORS: dict[str, type[Conforming]] = {
    "one error for several codes": ErrorReused,
    "error: an attribute that threads share": ErrorShared,
    "no error context after 1,500 calls": ErrorForgottenAfter,
}


def mutants() -> list[WrongCandidate]:
    """Return every mutant whose answers depend on more than the code."""
    owners = frozenset({"BITS-STABLE"})
    kinds = (
        (OF_OUTCOMES, frozenset(OUTCOME_CLAUSES)),
        (OF_REPOST, frozenset({"BITS-REPOST"})),
        (OF_ERRORS, frozenset({"BITS-CONTEXT", "BITS-HRESULT"})),
    )
    return [
        WrongCandidate(name, lambda source=source: source, owners, related)  # type: ignore[misc]
        for sources, related in kinds
        for name, source in sources.items()
    ]


FAMILY = Family(
    "history",
    "an answer that depends on more than the code",
    (*OUTCOME_CLAUSES, "BITS-REPOST", "BITS-CONTEXT", "BITS-HRESULT", "BITS-STABLE", "BITS-DOMAIN"),
    mutants,
)
