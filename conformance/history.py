"""Looking for an answer that depends on what was asked before, and for the shortest way to it."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bitsspec.spec.vocabulary import STATUS_CODES
from bitsspec.strategies import BOUNDARIES

Codes = list[int]

BLOCK = 200
MOST_REPLAYS = 300


@dataclass(frozen=True)
class Ask:
    """One answer, and what was asked of the same candidate before it."""

    answer: Any
    before: Sequence[int] = ()


@dataclass(frozen=True)
class Drift:
    """A code that got two different answers."""

    status: int
    earlier: Ask
    later: Ask


class History:
    """What one state of a candidate was asked, beside the first answer that each code ever had."""

    def __init__(self, ask: Callable[[Sequence[int]], list[Any]], first: dict[int, Ask]) -> None:
        self._ask = ask
        self._first = first
        self._calls: Codes = []

    def follow(self, codes: Sequence[int]) -> Drift | None:
        """Ask ``codes`` in order; return the first answer that is not its code's first one."""
        calls = [*self._calls, *codes]
        for index, (status, answer) in enumerate(zip(codes, self._ask(codes), strict=True), len(self._calls)):
            first = self._first.get(status)
            if first is None:
                self._first[status] = Ask(answer, calls[:index])
            elif answer is not first.answer and answer != first.answer:
                return Drift(status, first, Ask(answer, calls[:index]))
        self._calls = calls
        return None


def blocks() -> Iterator[Codes]:
    """Yield all codes in blocks, each for a candidate in its first state: no code is asked late."""
    for start in range(0, len(STATUS_CODES), BLOCK):
        yield list(STATUS_CODES[start : start + BLOCK])


def ascending_twice() -> Codes:
    """Return every code twice in a row, from 000 to 999: a second ask right after the first."""
    return [status for status in STATUS_CODES for _ in range(2)]


def every_pair_of_boundaries() -> Codes:
    """Return a walk in which every boundary code directly follows every other one, and itself."""
    walk: Codes = []
    for index, earlier in enumerate(BOUNDARIES):
        walk.append(earlier)
        for later in BOUNDARIES[index + 1 :]:
            walk += [earlier, later]
    return [*walk, BOUNDARIES[0]]


def descending() -> Codes:
    """Return every code once, from 999 to 000: each one before all those that it came after."""
    return list(reversed(STATUS_CODES))


def shuffled(codes: Sequence[int], seed: int, times: int) -> Iterator[Codes]:
    """Yield ``codes`` in a random order, ``times`` times."""
    drawn = random.Random(seed)
    for _ in range(times):
        yield drawn.sample(codes, len(codes))


def shortest(drift: Drift, ask_anew: Callable[[Codes], Any]) -> tuple[Codes, Any, Any]:
    """Return the shortest sequence of calls found that makes its last code's answer drift.

    ``ask_anew`` asks a sequence of a candidate in its first state and returns the last answer. With
    the sequence come the answer that the code has when it is asked before all others, and the other.
    """
    status = drift.status
    expected = ask_anew([status])
    got: Any = None
    replays = 0

    def drifts(before: Sequence[int]) -> bool:
        nonlocal got, replays
        replays += 1
        answer = ask_anew([*before, status])
        if answer != expected:
            got = answer
        return bool(answer != expected)

    before = next((list(ask.before) for ask in (drift.later, drift.earlier) if drifts(ask.before)), None)
    if before is None:  # not even the same calls repeat it: it is chance
        return [status, status], drift.earlier.answer, drift.later.answer
    length = 0
    while length < len(before):
        if drifts(before[len(before) - length :]):
            before = before[len(before) - length :]
            break
        length = 2 * length or 1
    size = len(before)
    while size and replays < MOST_REPLAYS:
        position = 0
        while position < len(before) and replays < MOST_REPLAYS:
            shorter = before[:position] + before[position + size :]
            if drifts(shorter):
                before = shorter
            else:
                position += size
        size //= 2
    if len(before) > 1 and drifts([status] * len(before)):
        before = [status] * len(before)
    return [*before, status], expected, got
