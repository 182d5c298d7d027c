"""What one candidate was asked in a run, in order, and the first question that got two different answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bitsspec.spec.vocabulary import STATUS_CODES, Capability


class Call(NamedTuple):
    """One question to a candidate."""

    about: Capability
    given: Any
    """A status code, for ``POSTS`` the events, for `BITS-DOMAIN` any value."""


@dataclass(frozen=True)
class Drift:
    """A question that got two different answers from one candidate."""

    call: Call
    first: Any
    later: Any
    first_at: int
    """The number of the call that got the first answer, from 0."""
    later_at: int


@dataclass
class History:
    """Every call of a run to one candidate, whichever clause made it."""

    calls: list[Call] = field(default_factory=list)
    drift: Drift | None = None
    """The first one that was seen."""
    equal_to_200: list[Any] = field(default_factory=list)
    """The answers to what equals 200 and is not a status code, before 200 was asked."""
    _first: dict[object, tuple[Any, int]] = field(default_factory=dict)

    def note(self, calls: Iterable[Call], answers: Sequence[Any]) -> None:
        """Keep what was asked, and what came back."""
        first_answers = self._first
        for number, (call, answer) in enumerate(zip(calls, answers, strict=True), len(self.calls)):
            self.calls.append(call)
            given = call.given
            # What `_key` would return, without the cost of calling it for each status code.
            key = call if type(given) is int and 0 <= given <= 999 else _key(call)
            if key in first_answers:
                first, first_at = first_answers[key]
                if first is not answer and first != answer and self.drift is None:
                    self.drift = Drift(call, first, answer, first_at, number)
            elif key is not None:
                first_answers[key] = answer, number

    def has(self, call: Call) -> bool:
        """Say whether a question was asked."""
        return _key(call) in self._first

    def first_answer(self, call: Call) -> Any:
        """Return the first answer to a question that was asked; raises KeyError for another."""
        return self.first(call)[0]

    def first(self, call: Call) -> tuple[Any, int]:
        """Return the first answer to a question that was asked, and the number of the call."""
        return self._first[_key(call)]


def _key(call: Call) -> object:
    """Return what tells the question from others; None for a value that is not a status code."""
    about, given = call
    if about is Capability.POSTS:
        return about, tuple(given)
    return call if type(given) is int and given in STATUS_CODES else None
