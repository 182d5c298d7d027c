"""Looking for an answer that is wrong when two threads ask at once.

A race that needs an unlucky moment is not left to luck: one call is stopped between two of its
bytecode instructions while another thread asks, at one place after the other, on every path that the
boundary codes take through the candidate. What runs no bytecode is asked by several threads that start
together and switch often.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from bitsspec.candidates import base, python, retry
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.walks import UPLOADS, drawn
from bitsspec.history import Call
from bitsspec.spec.vocabulary import Capability
from bitsspec.strategies import BOUNDARIES

THREADS = 4
ASKED_BY_EACH = 30
STOPS = 16
"""How many places of a call it is stopped at, at the most."""
MOST_PATHS = 10
LONG_CALL = 20_000
"""Instructions from which on a call is stopped at few places only, as tracing it takes long."""
STOPS_OF_LONG = 2
PATIENCE = 0.002
"""How long in seconds the stopped call waits for a thread that may be waiting for it.

Short, so that nobody's lock with a time-out runs out meanwhile.
"""
SWITCH_INTERVAL = 1e-5
MEANWHILE = (503, 200)
_OURS = frozenset((base.__file__, python.__file__, retry.__file__, __file__))


@dataclass(frozen=True)
class ThreadDrift:
    """A question that got another answer while two threads asked."""

    call: Call
    first: Any
    got: Any
    again: bool
    """Whether it was seen a second time."""


def drift_among_threads(check: ClauseCheck) -> ThreadDrift | None:
    """Return an answer that is not the first one while several threads ask."""
    seen = next(_while_stopped(check), None) or _all_at_once(check)
    if seen is None:
        return None
    call, got = seen
    again = any(each == seen for each in _while_stopped(check))
    return ThreadDrift(call, check.history.first_answer(call), got, again)


def _while_stopped(check: ClauseCheck) -> Iterator[tuple[Call, Any]]:
    """Yield the calls that get another answer than their first one while a call is stopped."""
    waited = 0
    for stopped, length in _one_of_each_path(check):
        meanwhile = _meanwhile(stopped)
        stops = STOPS if length < LONG_CALL else STOPS_OF_LONG
        places = sorted({length * number // stops for number in range(stops)})
        for place in places if waited < 3 else places[:1]:
            answers: list[Any] = []
            other = threading.Thread(target=_ask_into, args=(check, meanwhile, answers), daemon=True)

            def stop(other: threading.Thread = other) -> None:
                other.start()
                other.join(PATIENCE)

            answer, _, _ = _traced(check, stopped, place, stop)
            if other.ident is None:
                continue  # this call was shorter than the one before it
            waited += other.is_alive()
            other.join()
            for call, got in [(stopped, answer), *zip(meanwhile, answers, strict=False)]:
                if got != check.history.first_answer(call):
                    yield call, got


def _one_of_each_path(check: ClauseCheck) -> Iterator[tuple[Call, int]]:
    """Yield a call for each way that boundary codes take through the candidate, and its instructions."""
    offered = check.candidate.capabilities
    for about in offered:
        if about is Capability.HRESULT and Capability.CONTEXT in offered:
            continue  # get_error answers both
        paths: set[int] = set()
        given: dict[Capability, Sequence[Any]] = {Capability.POSTS: UPLOADS, Capability.CLASSIFY: BOUNDARIES}
        for each in given.get(about, (404, 403)):
            call = Call(about, each)
            _, length, path = _traced(check, call, None)
            if path not in paths and len(paths) < MOST_PATHS:
                paths.add(path)
                yield call, length
            if length > LONG_CALL:
                break


def _meanwhile(stopped: Call) -> list[Call]:
    """Return what the other thread asks: the same, then something else."""
    others: Sequence[Any] = UPLOADS[:2] if stopped.about is Capability.POSTS else MEANWHILE
    if stopped.about not in (Capability.CLASSIFY, Capability.POSTS):
        others = (503, 403)
    return [stopped, *(Call(stopped.about, other) for other in others if other != stopped.given)]


def _traced(
    check: ClauseCheck, call: Call, place: int | None, stop: Callable[[], None] = lambda: None
) -> tuple[Any, int, int]:
    """Ask once, calling ``stop`` before instruction number ``place``.

    Return the answer, how many instructions there were, and a number for the path through them.
    """
    count = path = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count, path
        if frame.f_code.co_filename in _OURS:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            if count == place:
                stop()
            count += 1
            path = hash((path, frame.f_lasti))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        (answer,) = check.candidate.ask(call.about, [call.given])
    finally:
        sys.settrace(before)
    return answer, count, path


def _all_at_once(check: ClauseCheck) -> tuple[Call, Any] | None:
    answers: list[list[Any]] = [[] for _ in range(THREADS)]
    about = [each for each in check.candidate.capabilities if each is not Capability.POSTS]
    asked = [drawn(about, check.settings.seed + number, ASKED_BY_EACH) for number in range(THREADS)]
    start = threading.Barrier(THREADS)

    def begin(calls: Sequence[Call], into: list[Any]) -> None:
        start.wait()
        _ask_into(check, calls, into)

    threads = [
        threading.Thread(target=begin, args=(calls, into), daemon=True)
        for calls, into in zip(asked, answers, strict=True)
    ]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    drifts = [
        (call, got)
        for calls, into in zip(asked, answers, strict=True)
        for call, got in zip(calls, into, strict=False)
        if got != check.history.first_answer(call)
    ]
    return min(drifts, key=lambda drift: (drift[0].about, drift[0].given), default=None)


def _ask_into(check: ClauseCheck, calls: Sequence[Call], into: list[Any]) -> None:
    into.extend(check.candidate.ask_each(calls))
