"""Candidates as a program in any language, asked line by line over a pipe."""

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bitsspec.candidates.base import NO_ANSWER, Candidate, Failure, in_order
from bitsspec.candidates.conversation import MOST_UNASKED_LINES, Conversation, Reply
from bitsspec.candidates.fields import COLUMNS, read_field, read_number
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import STATUS_CODES, Capability, Outcome
from bitsspec.text import shorten, show

PROBES = ("200", "404", "503")
"""What a program that has not answered yet is asked before it counts as unusable."""

Start = Callable[[], Conversation]


class ProgramCandidate(Candidate):
    """A program that stays started and is started again when it ended."""

    takes_text_only = True

    def __init__(
        self, target: str, start: Start, offered: set[Capability], failed: dict[str, Failure]
    ) -> None:
        self.target = target
        self._start = start
        self._offered = offered
        self._failed = failed  # requests that are not made again: each may cost a time-out
        self._conversation: Conversation | None = None

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The fields it gives for any code but 200, and ``posts`` unless that is unsupported."""
        return in_order(self._offered)

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        """Send one line for each input, many of them before the first answer is awaited."""
        requests = [_request(capability, value) for value in inputs]
        replies = self._replies_to(requests)
        return [_read(capability, reply) for reply in replies]

    def fresh(self) -> Candidate:
        """Return the same program, to be started anew."""
        return ProgramCandidate(self.target, self._start, self._offered, self._failed)

    def close(self) -> None:
        """End the program."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def _replies_to(self, requests: Sequence[str]) -> list[Reply]:
        replies: list[Reply | None] = [self._failed.get(request) for request in requests]
        waiting = [index for index, reply in enumerate(replies) if reply is None]
        while waiting:
            try:
                conversation = self._conversation or self._start()
            except OSError as error:
                failure = Failure(f"could not be started again: {error.strerror or error}")
                for index in waiting:
                    replies[index] = failure
                break
            self._conversation = conversation
            received, ending = conversation.exchange([requests[index] for index in waiting])
            for index, reply in zip(waiting, received, strict=False):
                replies[index] = reply
            waiting = waiting[len(received) :]
            extra = [] if ending else conversation.unasked()
            if extra:
                replies[(waiting or range(len(requests)))[-1]] = _several([received[-1], *extra])
            if ending or extra:
                self.close()
            if ending and waiting:
                index = waiting.pop(0)
                replies[index] = self._failed[requests[index]] = ending
        return [NO_ANSWER if reply is None else reply for reply in replies]


def open_target(rest: str, timeout: float) -> Candidate:
    """Start the command line ``rest`` without a shell and learn what it offers."""
    command: str | list[str] = rest
    if sys.platform != "win32":
        try:
            command = shlex.split(rest)
        except ValueError as error:
            raise CannotRun(f"the command line {rest!r} cannot be split into words: {error}") from error

    def start() -> Conversation:
        return Conversation(command, timeout)

    survey = _Survey(rest, start)
    survey.greet()
    survey.ask([_request(Capability.CLASSIFY, status) for status in STATUS_CODES])
    most = max((len(fields) for fields in survey.outcomes(but="200")), default=1)
    offered = {Capability.CLASSIFY, *COLUMNS[:most]}
    survey.ask(["posts 200"])
    reply = survey.answers["posts 200"]
    if not (isinstance(reply, str) and reply.strip().lower() == "unsupported"):
        offered.add(Capability.POSTS)
    failed = {request: reply for request, reply in survey.answers.items() if isinstance(reply, Failure)}
    return ProgramCandidate(f"exec:{rest}", start, offered, failed)


class _Survey:
    """The first answers of a program, each one certainly the answer to its request.

    Every round ends with the program's exit, so that a line too many or too few cannot be missed. Where
    there is one, the requests are asked again in halves until the request it belongs to stands alone.
    """

    def __init__(self, command: str, start: Start) -> None:
        self._command = command
        self._start = start
        self.answers: dict[str, Reply] = {}

    def outcomes(self, but: str) -> Iterator[list[str]]:
        """Yield the fields of every answer that starts with an outcome, ``but`` for one request's."""
        for request, reply in self.answers.items():
            if request != but and isinstance(_read(Capability.CLASSIFY, reply), Outcome):
                yield str(reply).split()

    def greet(self) -> None:
        """Raise `CannotRun` unless the program answers something while its input is still open."""
        endings = []
        for probe in PROBES:
            received, ending, _ = self._round([probe], input_ends=False)
            if received:
                return
            endings.append(ending)
            if ending is not None and ending.is_timeout and self._round([probe])[0]:
                raise CannotRun(
                    f"{self._command!r} answers only when its input ends\n"
                    "it must flush its output after every line"
                )
        raise CannotRun(
            f"{self._command!r} answers nothing: it {endings[-1]}\n"
            f"asked {', '.join(PROBES)}, one line each; it must answer each with one line, flushed"
        )

    def ask(self, requests: list[str]) -> None:
        """Learn the answer to each request."""
        while requests:
            received, ending, extra = self._round(requests)
            if extra:
                self._too_many(requests, [*received, *extra])
                return
            if ending is not None and not self._stopped_at(requests, len(received), ending):
                self._in_halves(requests)
                return
            self.answers.update(zip(requests, received, strict=False))
            requests = requests[len(received) :]
            if ending is not None:
                self.answers[requests[0]] = ending
                requests = requests[1:]

    def _round(
        self, requests: list[str], *, input_ends: bool = True
    ) -> tuple[list[Reply], Failure | None, list[Reply]]:
        """Ask a program that was just started; return its answers, why there are fewer, and other lines."""
        try:
            conversation = self._start()
        except (OSError, ValueError, IndexError) as error:
            cause = getattr(error, "strerror", None) or error
            raise CannotRun(f"cannot start {self._command!r}: {cause}") from error
        try:
            received, ending = conversation.exchange(requests, last=input_ends)
            return received, ending, conversation.finish()
        finally:
            conversation.close()

    def _stopped_at(self, requests: list[str], position: int, ending: Failure) -> bool:
        """Say whether it is the request at ``position`` that has no answer, and not an earlier one."""
        if len(requests) == 1 or (ending.is_timeout and position < len(requests) - 1):
            return True
        return not self._round([requests[position]])[0]

    def _too_many(self, requests: list[str], lines: list[Reply]) -> None:
        if len(requests) == 1:
            self.answers[requests[0]] = _several(lines)
            return
        _, _, banner = self._round([])
        if banner:
            raise CannotRun(
                f"{self._command!r} prints {show(str(banner[0]))} without being asked anything\n"
                "it must print one line for each line it is asked, and nothing else"
            )
        each, left_over = divmod(len(lines), len(requests))
        if not left_over and all(self._lines_for(request) == each for request in (requests[0], requests[-1])):
            for index, request in enumerate(requests):
                self.answers[request] = _several(lines[index * each : (index + 1) * each])
        else:
            self._in_halves(requests)

    def _in_halves(self, requests: list[str]) -> None:
        middle = len(requests) // 2
        self.ask(requests[:middle])
        self.ask(requests[middle:])

    def _lines_for(self, request: str) -> int:
        received, _, extra = self._round([request])
        return len(received) + len(extra)


def _several(lines: Sequence[Reply]) -> Failure:
    shown = ", ".join(show(line) if isinstance(line, str) else line.text for line in lines[:3])
    many = len(lines) > MOST_UNASKED_LINES
    count = f"over {MOST_UNASKED_LINES:,}" if many else f"{len(lines):,}"
    return Failure(shorten(f"printed {count} lines: {shown}{', …' if len(lines) > 3 else ''}"))


def _request(capability: Capability, value: Any) -> str:
    if capability is Capability.POSTS:
        return " ".join(("posts", *(_word(event) for event in value)))
    return _word(value)


def _word(value: int | str) -> str:
    return f"{value:03d}" if isinstance(value, int) else value


def _read(capability: Capability, reply: Reply) -> Any:
    if isinstance(reply, Failure):
        return reply
    fields = reply.split()
    if capability is Capability.POSTS:
        count = read_number(fields[0]) if len(fields) == 1 else None
        return count if isinstance(count, int) else Failure(show(reply))
    if not 1 <= len(fields) <= len(COLUMNS):
        return Failure(show(reply))
    if isinstance(read_field(Capability.CLASSIFY, fields[0]), Failure):
        return Failure(show(reply))
    index = COLUMNS.index(capability)
    return read_field(capability, fields[index] if index < len(fields) else "")
