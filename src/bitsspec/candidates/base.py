"""What every kind of candidate offers the suite."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bitsspec.spec.vocabulary import Capability, Outcome

OUTCOME_BY_TEXT: Final = {str(outcome): outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Failure:
    """What came back instead of an answer, as text: ``raised KeyError: 429``, ``no answer``."""

    text: str
    is_timeout: bool = False
    """Whether it is that nothing came back in time."""

    def __str__(self) -> str:
        return self.text


NO_ANSWER: Final = Failure("no answer")


class Candidate(ABC):
    """The implementation under test."""

    target: str
    """The name it was asked for by, as reports show it."""
    in_process: bool = False
    """Whether several threads can ask it at once."""
    takes_text_only: bool = False
    """Whether a value must be one line of text to be asked about."""

    @property
    @abstractmethod
    def capabilities(self) -> tuple[Capability, ...]:
        """What it offers, in the order of `Capability`."""

    @abstractmethod
    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        """Ask for one answer to each input, in order.

        An input is a status code (for ``POSTS`` an event sequence, for `BITS-DOMAIN` any value).
        An answer is an `Outcome`, a ``bool`` or an ``int``, or the `Failure` that came instead.
        """

    @abstractmethod
    def fresh(self) -> "Candidate | None":
        """Return the same candidate as it was before anything was asked, or None if there is no way."""

    def close(self) -> None:  # noqa: B027  (most kinds hold nothing)
        """Release what it holds. It is not asked again."""


def in_order(offered: set[Capability]) -> tuple[Capability, ...]:
    """Return the capabilities in their documented order."""
    return tuple(capability for capability in Capability if capability in offered)
