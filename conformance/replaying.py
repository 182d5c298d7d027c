"""What BITS-STABLE shows of two different answers: the shortest calls that give them in a fresh process."""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from bitsspec.clause_check import ClauseCheck
from bitsspec.history import Call, Drift
from bitsspec.report.model import Departure
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from bitsspec.text import show

ONCE = "(seen once, could not be repeated)"
"""What is said of an answer that came, and does not come again."""
MOST_REPLAYS = 60
MOST_CALLS = 40_000
"""How many calls all replays make together."""
MOST_SECONDS = 20.0
"""After which a slow candidate is not replayed once more."""


class CannotRepeat(Exception):
    """The replays are used up, or there is no fresh interpreter or process to be had."""


class Replays:
    """Looks for the shortest calls that make one question's answer differ, each list of them asked anew."""

    def __init__(self, check: ClauseCheck, question: Call) -> None:
        """Ask the question alone; raises `CannotRepeat` where nothing can be replayed."""
        self._candidate = check.candidate
        self.question = question
        self._left = MOST_REPLAYS
        self._calls_left = MOST_CALLS
        self._until = time.monotonic() + MOST_SECONDS
        self.alone = self._answer_after([])
        self.before: Sequence[Call] | None = None
        """The shortest calls found, and in `got` the answer after them."""
        self.got: Any = None

    def try_after(self, before: Sequence[Call]) -> bool:
        """Ask ``before`` and then the question; keep them where the answer is not the one it has alone."""
        answer = self._answer_after(before)
        if answer == self.alone:
            return False
        self.before, self.got = before, answer
        return True

    def holds(self, before: Sequence[Call]) -> bool:
        """Ask alone and twice after ``before`` more: what is kept in a file differs from time to time."""
        self._left, self._calls_left, self._until = 3, 2 * len(before) + 3, math.inf
        return bool(
            self._answer_after([]) == self.alone
            and self._answer_after(before) == self.got
            and self._answer_after(before) == self.got
        )

    def _answer_after(self, before: Sequence[Call]) -> Any:
        self._left -= 1
        self._calls_left -= len(before) + 1
        if min(self._left, self._calls_left, self._until - time.monotonic()) < 0:
            raise CannotRepeat
        answers = self._candidate.replay([*before, self.question])
        if answers is None:
            raise CannotRepeat
        return answers[-1]


def departure_of(check: ClauseCheck, drift: Drift) -> Departure:
    """Return the departure that shows ``drift``, replayed where that can be done."""
    try:
        return _replayed(check, drift)
    except CannotRepeat:
        more = drift.later_at - drift.first_at
        later = f"{more:,} call{'s' if more > 1 else ''} later"
        got = f"{check.show(drift.later, drift.call.about)} {later} {ONCE}"
        return Departure([label(drift.call)], check.show(drift.first, drift.call.about), got)


def departure_since_first(check: ClauseCheck, call: Call) -> Departure | None:
    """Return the departure that shows why the first answer to ``call`` is not the one it has alone."""
    first, at = check.history.first(call)
    with suppress(CannotRepeat):
        if Replays(check, call).try_after(check.history.calls[:at]):
            return _replayed(check, Drift(call, first, first, at, at))
    return None


def label(call: Call) -> int | str:
    """Return how a report names a call: ``503``, ``repost 503``, ``posts 503 retry``; a value by its text."""
    if call.about is Capability.CLASSIFY:
        is_code = type(call.given) is int and call.given in STATUS_CODES
        return int(call.given) if is_code else show(call.given)
    words = call.given if call.about is Capability.POSTS else [call.given]
    shown = (f"{word:03d}" if isinstance(word, int) else word for word in words)
    return " ".join((str(call.about), *shown))


def _replayed(check: ClauseCheck, drift: Drift) -> Departure:
    replays = Replays(check, drift.call)
    with suppress(CannotRepeat):
        if _find(replays, check.history.calls, drift):
            _shorten(replays)
    if replays.before is None or not replays.holds(replays.before):
        raise CannotRepeat
    calls = [*map(label, replays.before), label(drift.call)]
    about = drift.call.about
    return Departure(calls, check.show(replays.alone, about), check.show(replays.got, about))


def _find(replays: Replays, calls: Sequence[Call], drift: Drift) -> bool:
    """Try the last call before each of the two answers, the last two, four, and so on up to all."""
    length = 1
    while length < 2 * drift.later_at:
        for end in dict.fromkeys((drift.later_at, drift.first_at)):
            if length < 2 * end and replays.try_after(calls[max(0, end - length) : end]):
                return True
        length *= 2
    return False


def _shorten(replays: Replays) -> None:
    """Leave out other codes, then halves, quarters and so on of the calls, while the answer still differs."""
    replays.try_after([call for call in replays.before or () if call.given == replays.question.given])
    before = list(replays.before or ())
    size = len(before) // 2
    while size:
        position = 0
        while position < len(before):
            shorter = before[:position] + before[position + size :]
            if replays.try_after(shorter):
                before = shorter
            else:
                position += size
        size //= 2
