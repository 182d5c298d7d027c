"""What every kind of candidate offers the suite."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from bitsspec.history import Call, History
from bitsspec.spec.vocabulary import Capability, Outcome

if TYPE_CHECKING:
    from bitsspec.report.model import Hidden, Seen

OUTCOME_BY_TEXT: Final = {str(outcome): outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Failure:
    """What came back instead of an answer, as text: ``raised KeyError: 429``, ``no answer``.

    Two exceptions of one class are the same answer, whatever their messages say.
    """

    text: str = field(compare=False)
    is_timeout: bool = False
    """Whether it is that nothing came back in time."""
    kind: str = ""
    """What makes it the same answer as another; the text where nothing else is given."""

    def __post_init__(self) -> None:
        if not self.kind:
            object.__setattr__(self, "kind", self.text)

    def __str__(self) -> str:
        return self.text


NO_ANSWER: Final = Failure("no answer")


@dataclass(frozen=True, slots=True)
class NotObserved:
    """Why it could not be seen what a live client makes of an answer: neither right nor wrong."""

    why: str


class Candidate(ABC):
    """The implementation under test."""

    target: str
    """The name it was asked for by, as reports show it."""
    in_process: bool = False
    """Whether several threads can ask it at once."""
    takes_text_only: bool = False
    """Whether a value must be one line of text to be asked about."""
    is_live: bool = False
    """Whether it is a client that is watched: each question is an upload, and costs what that costs."""
    not_observable: Sequence["Hidden"] = ()
    """The status codes that it cannot be shown."""
    contested: Mapping[int, str] = {}
    """Status codes at which a document of another protocol has another rule, and that rule."""
    stumbles: Mapping[int, Any] = {}
    """The codes at which a live client posted nothing after other uploads, and what it did started anew."""
    uploads: int = 0
    """How many uploads of a live client have ended."""
    on_upload: Callable[[], None] = staticmethod(lambda: None)
    """Called now and then while a live client uploads."""

    @cached_property
    def history(self) -> History:
        """What it was asked since it was opened, by all clauses."""
        return History()

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

    def ask_each(self, calls: Sequence[Call]) -> list[Any]:
        """Ask several questions, of different kinds as they come, in order."""
        answers: list[Any] = []
        for about, group in groupby(calls, key=attrgetter("about")):
            answers += self.ask(about, [call.given for call in group])
        return answers

    def replay(self, calls: Sequence[Call], *, hash_seed: int | None = None) -> list[Any] | None:  # noqa: ARG002
        """Return the answers of a fresh interpreter or process that is asked only this, in order.

        ``hash_seed`` is the PYTHONHASHSEED it gets. None where there is no way to have a fresh one.
        """
        return None

    def observable(self, codes: Iterable[int]) -> list[int]:
        """Return those of the codes that it can be shown."""
        hidden = {code for each in self.not_observable for code in each.all}
        return [code for code in codes if code not in hidden]

    @property
    def remarks(self) -> list[str]:
        """What there is to say of it before anything else."""
        return []

    def seen(self, call: Call) -> "Seen | None":  # noqa: ARG002
        """Return what was seen of the last upload that ``call`` was answered by; None where it is asked."""
        return None

    def noted(self, call: Call) -> str:  # noqa: ARG002
        """Return what there is to say of that upload beside its answer."""
        return ""

    def waits_for(self) -> list[Any]:
        """Return the inputs that it was asked about in this process and has not answered yet."""
        return []

    def close(self) -> None:  # noqa: B027  (most kinds hold nothing)
        """Release what it holds. It is not asked again."""


def in_order(offered: set[Capability]) -> tuple[Capability, ...]:
    """Return the capabilities in their documented order."""
    return tuple(capability for capability in Capability if capability in offered)


def unsigned(hresult: int) -> int:
    """Return an HRESULT as an unsigned number: languages that read its 32 bits as signed mean the same."""
    return hresult + 2**32 if -(2**31) <= hresult < 0 else hresult
