"""The first answers of a program: what it offers, and that each answer belongs to its request."""

from collections.abc import Iterator, Sequence
from statistics import mode

from bitsspec.candidates.base import NO_ANSWER, Failure
from bitsspec.candidates.program.conversation import BYTES_IN_FLIGHT, Reply, Start
from bitsspec.candidates.program.lines import after_answer, only_line, read_reply, show_reply
from bitsspec.errors import CannotRun, why
from bitsspec.spec.vocabulary import Capability, Outcome

PROBES = ("200", "404", "503")
"""What a program is asked before it counts as unusable."""
KNOWN = ("200", "posts 200", "404", "503")
"""One of these is asked after each request, so that its reply shows where the request's answer ends."""

MOST_DOUBTED = 10
"""Requests that are asked once more, before all others, as their reply depended on the order."""

HOW_TO_FLUSH = (
    "print(..., flush=True) or python -u, C fflush(stdout), C# AutoFlush = true, Go bufio.Writer.Flush(), "
    "Java System.out.flush(), Ruby $stdout.sync = true, Perl $| = 1, awk fflush() and mawk -Winteractive"
)


class Survey:
    """The first answers of a program, each one certainly the answer to its request.

    Each request is followed by one whose reply is known. Where that reply is not in its place, the
    request is asked once more, before all others, and the others without it: what it did must not be
    blamed on another.
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
            if request != but and isinstance(read_reply(Capability.CLASSIFY, reply), Outcome):
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
            silent = all(each is not None and each.is_timeout for each in endings)
            if silent and len(endings) == 2 and self._round([probe])[0]:  # nobody should wait for a third one
                raise CannotRun(
                    f"{self._command!r} answers only when its input ends\n"
                    f"it must flush its output after every line: {HOW_TO_FLUSH}"
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
        parts = [(requests[i : i + at_once], False) for i in range(0, len(requests), at_once)]
        while parts:
            asked, is_doubtful = parts.pop()
            if len(asked) == 1:
                self.answers[asked[0]] = self._alone(asked[0])
                continue
            lines, _ = self._round([word for request in asked for word in (request, self._known)])
            answers = self._in_place(lines)
            if len(answers) == len(asked) and len(lines) == 2 * size * len(asked):
                self.answers.update(zip(asked, answers, strict=True))
            elif is_doubtful or len(answers) >= len(asked):
                half = len(asked) // 2
                parts += [(asked[:half], True), (asked[half:], True)]
            else:  # the next one is wrong, unless one before got the lines of two
                before, stuck, after = asked[: len(answers)], asked[len(answers)], asked[len(answers) + 1 :]
                self.answers[stuck] = self._alone(stuck)
                parts += [part for part in ((before, True), (after, False)) if part[0]]

    def _in_place(self, lines: list[Reply]) -> list[Reply]:
        """Return the answers up to the first one that is not followed by the known reply."""
        size = len(self._known_reply)
        answers = []
        while self._known_reply == lines[size : 2 * size]:
            answers.append(only_line(lines[:size]))
            lines = lines[2 * size :]
        return answers

    def ask_again(self, doubtful: Sequence[str]) -> None:
        """Ask requests before all others; where one fails, it may have hidden what is wrong with another."""
        alone = {request: self._alone(request) for request in doubtful[:MOST_DOUBTED] if self._known}
        failures = {request: reply for request, reply in alone.items() if isinstance(reply, Failure)}
        if failures:
            self.answers.update(failures)
            self.ask([request for request, reply in self.answers.items() if not isinstance(reply, Failure)])

    def failures(self) -> dict[str, Failure]:
        """Return the requests that got anything but one line, and what they got."""
        return {request: reply for request, reply in self.answers.items() if isinstance(reply, Failure)}

    def _find_known(self) -> None:
        """Find a request that gets the same reply twice in a row, as many lines as most requests get."""
        endings: list[Failure | None] = []
        replies: dict[str, list[Reply]] = {}
        for request in KNOWN:
            lines, ending = self._round([request] * 2)
            half = len(lines) // 2
            endings.append(ending)
            if ending is None and lines[:half] == lines[half:] == self._round([request])[0]:
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
            what = f"prints {show_reply(banner[0])}" if isinstance(banner[0], str) else f"{banner[0]},"
            raise CannotRun(
                f"{self._command!r} {what} without being asked anything\n"
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
            self.answers[request] = ending or only_line(lines)

    def _alone(self, request: str) -> Reply:
        """Return the answer to a request that is asked before all others."""
        known, size = self._known_reply, len(self._known_reply)
        lines, ending = self._round([request, self._known])
        places = (place for place in (size, *range(len(lines))) if known == lines[place : place + size])
        place = next(places, None)
        if place is not None and ending is None:  # or the one reply may be the request's own
            own, late = lines[:place], lines[place + size :]
            return Failure(f"printed {show_reply(late[0])} out of turn") if late else only_line(own)
        own, ending_at_once = self._round([request])
        if place is not None and not own:
            return NO_ANSWER
        if len(own) != 1:
            return ending_at_once or only_line(own)
        if ending:
            return after_answer(ending)
        return own[0] if own == lines[:1] else Failure(f"printed {show_reply(lines[0])} out of turn")

    def _round(
        self, requests: Sequence[str], *, input_ends: bool = True
    ) -> tuple[list[Reply], Failure | None]:
        """Ask a program that was just started; return the lines it prints, and why they are too few."""
        try:
            conversation = self._start()
        except (OSError, ValueError) as error:
            raise CannotRun(f"cannot start {self._command!r}: {why(error)}") from error
        try:
            lines, ending = conversation.exchange(requests, last=input_ends)
            late = conversation.finish(may_be_starting=not requests) if ending is None else []
            return [*lines, *late], ending
        finally:
            conversation.close()
