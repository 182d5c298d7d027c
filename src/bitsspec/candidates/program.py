"""Candidates as a program in any language, asked line by line over a pipe."""

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from statistics import mode
from typing import Any

from bitsspec.candidates.base import NO_ANSWER, Candidate, Failure, in_order
from bitsspec.candidates.conversation import BYTES_IN_FLIGHT, MOST_UNASKED_LINES, Conversation, Reply
from bitsspec.candidates.fields import COLUMNS, read_field, read_number
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import STATUS_CODES, Capability, Outcome
from bitsspec.text import shorten, show

PROBES = ("200", "404", "503")
"""What a program that has not answered yet is asked before it counts as unusable."""
KNOWN = ("200", "posts 200", "404", "503")
"""What may be asked after each request to see whose answer is whose: at best the one with this reply."""
MOST_SEARCHES = 5
"""How often it is looked, in vain, for the one request that ended a program."""

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
        self._asked: list[str] = []  # since it was started
        self._searches = 0

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
            self._asked = []

    def _replies_to(self, requests: Sequence[str]) -> list[Reply]:
        replies: dict[int, Reply] = {}
        while True:
            waiting = [
                i for i, request in enumerate(requests) if i not in replies and request not in self._failed
            ]
            if not waiting:
                return [self._failed.get(request) or replies[i] for i, request in enumerate(requests)]
            try:
                conversation = self._conversation = self._conversation or self._start()
            except OSError as error:
                failure = Failure(f"could not be started again: {error.strerror or error}")
                replies.update(dict.fromkeys(waiting, failure))
                continue
            received, ending = conversation.exchange([requests[i] for i in waiting])
            replies.update(zip(waiting, received, strict=False))
            self._asked += [requests[i] for i in waiting[: len(received)]]
            extra = [] if ending else conversation.unasked()
            if extra:
                replies[waiting[-1]] = _several([received[-1], *extra])
            if ending and len(received) < len(waiting):
                index = waiting[len(received)]
                culprit = self._culprit(self._asked, requests[index])
                if culprit is None:
                    replies[index] = ending
                else:
                    self._failed[culprit] = ending if culprit == requests[index] else _after_answer(ending)
            if ending or extra:
                self.close()

    def _culprit(self, before: Sequence[str], stuck: str) -> str | None:
        """Return the request that keeps ``stuck`` from being answered; None where no single one does.

        At times it is one of those before, as the program may have read further before it stops.
        """
        if not before or self._searches >= MOST_SEARCHES:
            return stuck
        with contextlib.suppress(OSError):
            if not self._answers(stuck):
                return stuck
            if not self._answers(stuck, before):
                while len(before) > 1:
                    half = before[: len(before) // 2]
                    before = before[len(half) :] if self._answers(stuck, half) else half
                if not self._answers(stuck, before):
                    return before[0]
        self._searches += 1
        return None

    def _answers(self, request: str, before: Sequence[str] = ()) -> bool:
        """Say whether the program answers a request, once those ``before`` are all answered."""
        conversation = self._start()
        try:
            return conversation.exchange(before)[1] is None and conversation.exchange([request])[1] is None
        finally:
            conversation.close()


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
    survey.ask([*(_request(Capability.CLASSIFY, status) for status in STATUS_CODES), "posts 200"])
    most = max((len(fields) for fields in survey.outcomes(but="200")), default=1)
    offered = {Capability.CLASSIFY, *COLUMNS[:most]}
    reply = survey.answers["posts 200"]
    if not (isinstance(reply, str) and reply.strip().lower() == "unsupported"):
        offered.add(Capability.POSTS)
    failed = {request: reply for request, reply in survey.answers.items() if isinstance(reply, Failure)}
    candidate = ProgramCandidate(f"exec:{rest}", start, offered, failed)
    count, passes = -1, 0
    try:
        while count < len(failed) and passes < MOST_SEARCHES:  # one may be gone when it has answered all
            count, passes = len(failed), passes + 1
            candidate.ask(Capability.CLASSIFY, STATUS_CODES)
            candidate.ask(Capability.CLASSIFY, STATUS_CODES)
    finally:
        candidate.close()
    return candidate


class _Survey:
    """The first answers of a program, each one certainly the answer to its request.

    Each request is followed by one whose reply is known. Where that reply is not in its place, the
    request is asked once more, before all others: what it did must not be blamed on another.
    """

    def __init__(self, command: str, start: Start) -> None:
        self._command = command
        self._start = start
        self._known = ""
        self._known_reply: list[Reply] = []
        self.answers: dict[str, Reply] = {}

    def outcomes(self, but: str) -> Iterator[list[str]]:
        """Yield the fields of every answer that starts with an outcome, ``but`` for one request's."""
        for request, reply in self.answers.items():
            if request != but and isinstance(_read(Capability.CLASSIFY, reply), Outcome):
                yield str(reply).split()

    def greet(self) -> None:
        """Raise `CannotRun` unless the program answers while its input is open, and then goes on."""
        endings = []
        for probe in PROBES:
            lines, ending = self._round([probe], input_ends=False)
            if lines:
                self._find_known()
                return
            endings.append(ending)
        if all(ending is not None and ending.is_timeout for ending in endings) and self._round([probe])[0]:
            raise CannotRun(
                f"{self._command!r} answers only when its input ends\n"
                "it must flush its output after every line"
            )
        raise CannotRun(
            f"{self._command!r} answers nothing: it {endings[-1]}\n"
            f"asked {', '.join(PROBES)}, one line each; it must answer each with one line, flushed"
        )

    def ask(self, requests: Sequence[str]) -> None:
        """Learn the answer to each request."""
        size = len(self._known_reply)
        if not size:
            self._ask_unsure(requests)
            return
        at_once = BYTES_IN_FLIGHT // (len("200") + len(self._known) + 2)
        while requests:
            asked = requests[:at_once]
            lines, _ = self._round([word for request in asked for word in (request, self._known)])
            done = 0
            while done < len(asked) and self._known_reply == lines[size : 2 * size]:
                self.answers[asked[done]] = _one(lines[:size])
                lines = lines[2 * size :]
                done += 1
            stuck = asked[done : done + 1]
            self.answers.update((request, self._alone(request)) for request in stuck)
            for request in reversed(asked[:done] if lines else ()):  # what is left may have come from before
                seen, self.answers[request] = self.answers[request], self._alone(request)
                if seen == self.answers[request]:
                    break
            requests = requests[done + len(stuck) :]

    def _find_known(self) -> None:
        """Find a request that gets the same reply twice in a row, as many lines as most requests get."""
        endings: list[Failure | None] = []
        replies: dict[str, list[Reply]] = {}
        for request in KNOWN:
            lines, ending = self._round([request] * 2)
            half = len(lines) // 2
            endings.append(ending)
            if ending is None and lines[:half] == lines[half:]:
                replies[request] = lines[:half]
                if len(replies) == half == 1:
                    break
        if replies:
            usual = mode(map(len, replies.values()))
            self._known = next(request for request, lines in replies.items() if len(lines) == usual)
            self._known_reply = replies[self._known]
            return
        banner, _ = self._round([])
        if banner:
            raise CannotRun(
                f"{self._command!r} prints {_shown(banner[0])} without being asked anything\n"
                "it must print one line for each line it is asked, and nothing else"
            )
        if None not in endings:
            raise CannotRun(
                f"{self._command!r} answers one line but not a second one: {endings[0]}\n"
                "it must answer each line with one line until its input ends"
            )

    def _ask_unsure(self, requests: Sequence[str]) -> None:
        """Trust the number of lines, as the program answers nothing the same way twice."""
        lines, ending = self._round(list(requests))
        if ending is None and len(lines) == len(requests):
            self.answers.update(zip(requests, lines, strict=True))
            return
        for request in requests:
            lines, ending = self._round([request])
            self.answers[request] = ending or _one(lines)

    def _alone(self, request: str) -> Reply:
        """Return the answer to a request that is asked before all others."""
        known, size = self._known_reply, len(self._known_reply)
        lines, ending = self._round([request, self._known])
        places = (place for place in (size, *range(len(lines))) if known == lines[place : place + size])
        place = next(places, None)
        if place is not None:
            own, late = lines[:place], lines[place + size :]
            return Failure(f"printed {_shown(late[0])} out of turn") if late else _one(own)
        own, ending_at_once = self._round([request])
        if ending_at_once or len(own) != 1:
            return ending_at_once or _one(own)
        return _after_answer(ending) if ending else own[0]

    def _round(
        self, requests: Sequence[str], *, input_ends: bool = True
    ) -> tuple[list[Reply], Failure | None]:
        """Ask a program that was just started; return the lines it prints, and why they are too few."""
        try:
            conversation = self._start()
        except (OSError, ValueError, IndexError) as error:
            cause = getattr(error, "strerror", None) or error
            raise CannotRun(f"cannot start {self._command!r}: {cause}") from error
        try:
            lines, ending = conversation.exchange(requests, last=input_ends)
            return [*lines, *(conversation.finish() if ending is None else ())], ending
        finally:
            conversation.close()


def _one(lines: Sequence[Reply]) -> Reply:
    """Return the line that is the whole answer, or the `Failure` of there being none or several."""
    return NO_ANSWER if not lines else lines[0] if len(lines) == 1 else _several(lines)


def _after_answer(ending: Failure) -> Failure:
    return Failure(f"answered, then {'ended' if ending == NO_ANSWER else ending.text}", ending.is_timeout)


def _several(lines: Sequence[Reply]) -> Failure:
    shown = ", ".join(_shown(line) for line in lines[:3])
    many = len(lines) > MOST_UNASKED_LINES
    count = f"over {MOST_UNASKED_LINES:,}" if many else f"{len(lines):,}"
    return Failure(shorten(f"printed {count} lines: {shown}{', …' if len(lines) > 3 else ''}"))


def _shown(line: Reply) -> str:
    return show(line) if isinstance(line, str) else line.text


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
