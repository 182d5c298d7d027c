"""Candidates as a program in any language, asked line by line over a pipe."""

import contextlib
import sys
from collections.abc import Sequence
from typing import Any

from bitsspec import processes
from bitsspec.candidates.base import Candidate, Failure, in_order
from bitsspec.candidates.fields import COLUMNS
from bitsspec.candidates.program.conversation import Conversation, Program, Reply, Start
from bitsspec.candidates.program.lines import after_answer, read_reply, request_for, several_lines
from bitsspec.candidates.program.survey import Survey
from bitsspec.errors import why
from bitsspec.history import Call
from bitsspec.spec.vocabulary import STATUS_CODES, Capability

MOST_SEARCHES = 5
"""Searches, for the one request that ended a program, that may fail before there are no more."""


class ProgramCandidate(Candidate):
    """A program that is kept running, and started again after it has ended."""

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
        """Send one line for each input, without waiting for the answer to the one before."""
        requests = [request_for(capability, value) for value in inputs]
        replies = self._replies_to(requests)
        return [read_reply(capability, reply) for reply in replies]

    def replay(self, calls: Sequence[Call], *, hash_seed: int | None = None) -> list[Any] | None:
        """Return the answers of the program started anew, once this one has ended; None where it fails."""
        self.close()
        requests = [request_for(*call) for call in calls]
        made = [request for request in requests if request not in self._failed]
        try:
            conversation = self._start({"PYTHONHASHSEED": str(hash_seed)} if hash_seed is not None else {})
        except OSError:
            return None
        try:
            received, ending = conversation.exchange(made)
        finally:
            conversation.close()
        if ending is not None and len(received) == len(made) - 1:
            received.append(ending)
        if len(received) < len(made):
            return None
        replies = iter(received)
        every = [self._failed.get(request) or next(replies) for request in requests]
        return [read_reply(call.about, reply) for call, reply in zip(calls, every, strict=True)]

    def close(self) -> None:
        """End the program."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None
            self._asked = []

    def unsteady(self) -> list[str]:
        """Ask about all codes upwards, then downwards; return the requests whose two replies differ."""
        requests = [request_for(Capability.CLASSIFY, status) for status in STATUS_CODES]
        try:
            upwards, downwards = self._replies_to(requests), self._replies_to(requests[::-1])
        finally:
            self.close()
        both = zip(requests, upwards, reversed(downwards), strict=True)
        return [request for request, reply, again in both if reply != again]

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
                failure = Failure(f"could not be started again: {why(error)}")
                replies.update(dict.fromkeys(waiting, failure))
                continue
            received, ending = conversation.exchange([requests[i] for i in waiting])
            replies.update(zip(waiting, received, strict=False))
            self._asked += [requests[i] for i in waiting[: len(received)]]
            extra = [] if ending else conversation.unasked()
            if extra:
                replies[waiting[-1]] = several_lines([received[-1], *extra])
            if not ending and not extra:
                continue
            before = self._asked
            self.close()  # before the next is started: there may be room for one alone
            if ending and len(received) < len(waiting):
                index = waiting[len(received)]
                culprit = self._culprit(before, requests[index])
                if culprit is None:
                    replies[index] = ending
                else:
                    self._failed[culprit] = ending if culprit == requests[index] else after_answer(ending)

    def _culprit(self, before: Sequence[str], stuck: str) -> str | None:
        """Return the request that keeps ``stuck`` from being answered; None where no single one does.

        It may be one of those before: a program can read and answer more before it stops.
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
    command = rest if sys.platform == "win32" else processes.split(rest)
    start = Program(command, timeout).start
    survey = Survey(rest, start)
    survey.greet()
    survey.ask([*(request_for(Capability.CLASSIFY, status) for status in STATUS_CODES), "posts 200"])
    most = max((len(fields) for fields in survey.outcomes(but="200")), default=1)
    offered = {*COLUMNS[:most]}
    reply = survey.answers["posts 200"]
    if not (isinstance(reply, str) and reply.strip().lower() == "unsupported"):
        offered.add(Capability.POSTS)
    failed = survey.failures()
    candidate = ProgramCandidate(f"exec:{rest}", start, offered, failed)
    count, passes = -1, 0
    while count < len(failed) and passes < MOST_SEARCHES:  # some end the program only after all answers
        count, passes = len(failed), passes + 1
        survey.ask_again(candidate.unsteady())
        failed.update(survey.failures())
    return candidate
