"""A program without a process: a function says what it prints, and no test has to wait."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bitsspec.candidates import Failure
from bitsspec.candidates.program.conversation import Conversation, Reply
from bitsspec.reference import classify

MOST_STARTS = 5000
NO_ANSWER = Failure("no answer")
TIMED_OUT = Failure("timed out after 1 s", is_timeout=True)
END = ""
"""What a program is asked last when its input has ended."""

Does = Callable[[list[str]], Sequence[Reply] | Failure]
"""What a program prints when it is asked the last of these requests; a `Failure` is how it ends instead."""


def right(asked: list[str]) -> list[Reply]:
    """Answer as one should, with the outcome alone."""
    word = asked[-1]
    return [str(classify(int(word))) if word.isdigit() else "unsupported"] if word else []


def exits(code: int) -> Failure:
    """Return how a program ends that exits."""
    return Failure(f"exited with code {code}")


@dataclass
class ScriptedProgram:
    """What can be started, and all that was ever asked."""

    does: Does
    started: list["ScriptedConversation"] = field(default_factory=list)

    def start(self, environment: Mapping[str, str] | None = None) -> Conversation:
        """Start it, unless it is started without end, or beside itself."""
        assert len(self.started) < MOST_STARTS
        assert self.is_ended()
        self.started.append(ScriptedConversation(self.does, dict(environment or {})))
        return self.started[-1]

    @property
    def asked(self) -> list[list[str]]:
        """What it was asked, each time that it was started."""
        return [[word for word in conversation.asked if word] for conversation in self.started]

    def is_ended(self) -> bool:
        """Say whether it was ended each time that it was started."""
        return all(conversation.is_closed for conversation in self.started)


class ScriptedConversation(Conversation):
    """A conversation with a program that answers at once."""

    def __init__(self, does: Does, environment: dict[str, str]) -> None:
        self.environment = environment
        self.asked: list[str] = []
        self.at_once: list[int] = []
        self.is_closed = False
        self._does = does
        self._printed: list[Reply] = []
        self._ending: Failure | None = None

    def exchange(self, requests: Sequence[str], *, last: bool = False) -> tuple[list[Reply], Failure | None]:
        assert not self.is_closed
        self.at_once.append(sum(len(request) + 1 for request in requests))
        for request in [*requests, *([END] if last else [])]:
            self._ask(request)
        replies, self._printed = self._printed[: len(requests)], self._printed[len(requests) :]
        if len(replies) == len(requests):
            return replies, None
        self.is_closed = True
        return replies, self._ending or (NO_ANSWER if last else TIMED_OUT)

    def unasked(self) -> list[Reply]:
        lines, self._printed = self._printed, []
        return lines

    def finish(self, *, may_be_starting: bool = False) -> list[Reply]:
        assert may_be_starting == (not any(self.asked))
        self._ask(END)
        self.is_closed = True
        return self.unasked()

    def close(self) -> None:
        self.is_closed = True

    def _ask(self, request: str) -> None:
        if self._ending is None and END not in self.asked:
            self.asked.append(request)
            said = self._does(self.asked)
            if isinstance(said, Failure):
                self._ending = said
            else:
                self._printed += said
