"""BITS-STABLE finds every answer that depends on more than the code."""

import random
import threading
from typing import Any

import pytest

from bitsspec import classify
from tests.support.candidates import Conforming
from tests.support.judging import departed, departing, judge


def other(status: int) -> str:
    return "fatal" if classify(status) == "transient" else "transient"


class OnTheSecondAsk:
    def __init__(self) -> None:
        self.asked: set[int] = set()

    def classify(self, status: int) -> object:
        if status == 777 and status in self.asked:
            return other(status)
        self.asked.add(status)
        return classify(status)


class OnceAnotherCodeWasAsked:
    earlier, later = 604, 429

    def __init__(self) -> None:
        self.seen = False

    def classify(self, status: int) -> object:
        self.seen |= status == self.earlier
        return other(status) if self.seen and status == self.later else classify(status)


class OnceALowerCodeWasAsked(OnceAnotherCodeWasAsked):
    earlier, later = 17, 960


class RightAfterAnotherCode:
    last = 0

    def classify(self, status: int) -> object:
        last, self.last = self.last, status
        return other(status) if (last, status) == (503, 404) else classify(status)


class After300Calls:
    calls = 0

    def classify(self, status: int) -> object:
        self.calls += 1
        return other(status) if self.calls > 300 else classify(status)


class After300CallsAtOneCode(After300Calls):
    def classify(self, status: int) -> object:
        self.calls += 1
        return other(status) if self.calls > 300 and status == 555 else classify(status)


class WhenTwoThreadsAskAtOnce:
    busy = False

    def classify(self, status: int) -> object:
        if self.busy:
            return other(status)
        self.busy = True
        try:
            return classify(status)
        finally:
            self.busy = False


class WhenThreadsShareAnAttribute:
    status = 0

    def classify(self, status: int) -> object:
        self.status = status
        return classify(self.status)


class AtRandom:
    def classify(self, status: int) -> object:
        return random.choice(["success", "transient", "fatal"]) if status else classify(status)


class RarelyAtRandom:
    def classify(self, status: int) -> object:
        return other(status) if random.random() < 0.02 else classify(status)


UNSTABLE = [
    OnTheSecondAsk,
    OnceAnotherCodeWasAsked,
    OnceALowerCodeWasAsked,
    RightAfterAnotherCode,
    After300Calls,
    After300CallsAtOneCode,
    WhenTwoThreadsAskAtOnce,
    WhenThreadsShareAnAttribute,
    AtRandom,
    RarelyAtRandom,
]
REPEATS = 5


@pytest.mark.parametrize("candidate", UNSTABLE)
def test_an_unstable_class_is_caught_every_time(candidate: Any) -> None:
    for seed in range(REPEATS):
        assert departed(judge(candidate, ["BITS-STABLE"], seed=seed)) == {"BITS-STABLE"}


@pytest.mark.parametrize("candidate", UNSTABLE)
def test_an_unstable_instance_is_caught_every_time(candidate: Any) -> None:
    for seed in range(REPEATS):
        assert departed(judge(candidate(), ["BITS-STABLE"], seed=seed)) == {"BITS-STABLE"}


_calls = 0
_seen: set[int] = set()


def counts_in_its_module(status: int) -> object:
    global _calls
    _calls += 1
    return other(status) if _calls > 300 else classify(status)


@pytest.mark.parametrize(
    ("candidate", "calls"),
    [
        (OnTheSecondAsk, (777, 777)),
        (OnceAnotherCodeWasAsked, (604, 429)),
        (OnceALowerCodeWasAsked, (17, 960)),
        (RightAfterAnotherCode, (503, 404)),
        (After300CallsAtOneCode, (555,) * 301),
    ],
)
def test_the_shortest_sequence_of_calls_is_shown(candidate: Any, calls: tuple[int, ...]) -> None:
    found = departing(judge(candidate, ["BITS-STABLE"]), "BITS-STABLE")
    status = calls[-1]
    assert found == {calls: (str(classify(status)), other(status))}


@pytest.mark.parametrize("order", [(404, 503), (503, 404)])
def test_a_function_with_state_in_its_module_is_caught(
    order: tuple[int, int], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, later = order
    name = f"remembers_{earlier}"
    (tmp_path / f"{name}.py").write_text(
        f"from bitsspec import classify as right\nseen = set()\n"
        f"def classify(status):\n    seen.add(status)\n"
        f"    if status == {later} and {earlier} in seen:\n        return {other(later)!r}\n"
        f"    return right(status)\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    report = judge(f"python:{name}:classify", ["BITS-STABLE"])
    assert departing(report, "BITS-STABLE") == {order: (str(classify(later)), other(later))}


def test_a_function_that_nobody_can_reset_is_caught_from_its_first_answers() -> None:
    assert departed(judge(counts_in_its_module, ["BITS-4XX", "BITS-STABLE"])) >= {"BITS-STABLE"}


def test_the_other_questions_are_held_to_it_too() -> None:
    class Forgets(Conforming):
        calls = 0

        def may_repost(self, status: int) -> object:
            self.calls += 1
            return status != 403 or self.calls > 1500

    found = departing(judge(Forgets(), ["BITS-STABLE"]), "BITS-STABLE")
    (calls,) = found
    assert calls[-1] == 403
    assert found[calls] == ("repost no", "repost yes")


class KeepsALock:
    """Right, although its threads wait for each other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def classify(self, status: int) -> object:
        with self.lock:
            self.status = status
            return classify(self.status)


class KeepsACache:
    def __init__(self) -> None:
        self.cache: dict[int, object] = {}

    def classify(self, status: int) -> object:
        if status not in self.cache:
            self.cache[status] = classify(status)
        return self.cache[status]


@pytest.mark.parametrize("candidate", [KeepsALock, KeepsACache, Conforming])
def test_a_stable_candidate_is_never_accused(candidate: Any) -> None:
    for seed in range(REPEATS):
        assert departed(judge(candidate, ["BITS-STABLE"], seed=seed)) == set()
        assert departed(judge(candidate(), ["BITS-STABLE"], seed=seed)) == set()
