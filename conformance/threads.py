"""Looking for an answer that is wrong when two threads ask at once.

A race that needs an unlucky moment is not left to luck: one call is stopped between two of its
bytecode instructions while another thread asks, at each step that boundary codes take from one use of
what threads may share to the next. What runs no bytecode is asked by several threads that start
together and switch often.
"""

import dis
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from types import CodeType, FrameType
from typing import Any, NamedTuple

from bitsspec.candidates import base, python, retry
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.walks import UPLOADS, drawn
from bitsspec.history import Call
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from bitsspec.strategies import BOUNDARIES

THREADS = 4
ASKED_BY_EACH = 30
MOST_CALLS = 500
"""Calls about one question, at the most, that are stopped or made meanwhile."""
MOST_INSTRUCTIONS = 500_000
"""Instructions, at the most, of all calls about one question that are stopped: tracing them is slow."""
LONG_CALL = 20_000
"""Instructions from which on one call is traced for all."""
MOST_INSTRUCTIONS_LOOKED_AT = 200_000
"""Instructions, at the most, of all calls that only tell which codes go ways of their own."""
LOOKED_AT_S = 0.5
"""Seconds after which a slow candidate is not looked at so any more."""
MOST_WAYS = 100
MOST_OTHERS = 8
PATIENCE = 0.002
"""How long in seconds a stopped call waits for the next answer to a thread that may be waiting for it.

Short, so that nobody's lock with a time-out runs out meanwhile.
"""
SHORTEST_TIME_OUT = 0.0004
"""Seconds that a call must have waited for its answer to be one of somebody who waited too long."""
ALONE = 5
"""How often a call is made alone to see how long it waits then."""
SWITCH_INTERVAL = 1e-5
_OURS = frozenset((base.__file__, python.__file__, retry.__file__, __file__))
_GENERATORS = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
"""CPython 3.12.1 crashes where the instructions of one of these are traced."""
_OF_ONE_THREAD = (
    *("BUILD_", "CACHE", "COMPARE_", "CONTAINS_", "COPY", "EXTENDED_ARG", "FORMAT_", "IS_OP", "JUMP"),
    *("KW_NAMES", "LOAD_CONST", "LOAD_FAST", "MAKE_CELL", "NOP", "POP_", "PRECALL", "PUSH_NULL", "RESUME"),
    *("RETURN_", "STORE_FAST", "SWAP", "UNARY_"),
)
"""How the names of the instructions begin that use nothing that threads share."""
_SHARES = frozenset(code for code, name in enumerate(dis.opname) if not name.startswith(_OF_ONE_THREAD))

Sighting = tuple[Call, Any]
"""A question, and an answer that is not its first one."""
Place = tuple[CodeType, int]
"""An instruction: of which code, and where there."""


@dataclass(frozen=True)
class ThreadDrift:
    """A question that got another answer while two threads asked."""

    call: Call
    first: Any
    got: Any
    again: bool
    """Whether it was seen a second time."""


class Timed(NamedTuple):
    """An answer, and for how many seconds its call did nothing."""

    answer: Any
    waited: float


@dataclass
class Trace:
    """One call, followed from instruction to instruction."""

    call: Call
    got: Timed = field(default_factory=lambda: Timed(None, 0.0))
    stopped_s: float = 0.0
    length: int = 0
    steps: dict[tuple[Place | None, Place], int] = field(default_factory=dict)
    """From one use of what threads may share to the next, and the number of the instruction there."""


def drift_among_threads(check: ClauseCheck) -> ThreadDrift | None:
    """Return an answer that is not the first one while several threads ask."""
    for look in (_while_stopped, _all_at_once):
        seen = next(look(check), None)
        if seen is not None:
            call, got = seen
            return ThreadDrift(call, check.history.first_answer(call), got, again=seen in look(check))
    return None


def _while_stopped(check: ClauseCheck) -> Iterator[Sighting]:
    """Yield the calls that get another answer than their first one while a call is stopped."""
    for about in check.candidate.capabilities:
        traces = _boundaries(check, about)
        seen: set[object] = set()
        stops: list[tuple[Trace, int]] = []
        for trace in traces:
            stops += [(trace, number) for step, number in trace.steps.items() if step not in seen]
            seen |= trace.steps.keys()
        others = {id(trace): _meanwhile(trace, traces) for trace in traces}
        most = min(
            MOST_CALLS // (2 + max(map(len, others.values()))),
            1 + MOST_INSTRUCTIONS // max(1, *(trace.length for trace in traces)),
        )
        for trace, number in stops[:: -(-len(stops) // most) or 1]:
            yield from _stopped(check, trace, number, others[id(trace)])


def _stopped(check: ClauseCheck, alone: Trace, number: int, meanwhile: Sequence[Call]) -> Iterator[Sighting]:
    """Stop a call before its instruction ``number``; yield what is answered otherwise than at first."""
    answers: list[Timed] = []
    other = threading.Thread(target=_ask_into, args=(check, meanwhile, answers), daemon=True)

    def stop() -> None:
        other.start()
        so_far = -1
        while other.is_alive() and so_far < len(answers):
            so_far = len(answers)
            other.join(PATIENCE)

    _answer(check, meanwhile[-1])
    stopped = _traced(check, alone.call, number, stop)
    if other.ident is None:
        return  # this call was shorter than the one before it
    other.join()
    is_drift = _drifts(check, alone.call, stopped.got, lambda: alone.got)
    if is_drift and not _is_out_of_time(check, alone.call, number, stopped):
        yield alone.call, stopped.got.answer
    yield from _sightings(check, meanwhile, answers)


def _is_out_of_time(check: ClauseCheck, call: Call, number: int, stopped: Trace) -> bool:
    """Say whether a call is answered like that, too, where it stands still as long and nobody asks."""
    again = _traced(check, call, number, lambda: time.sleep(stopped.stopped_s))
    is_as_usual = _answer(check, call) == check.history.first_answer(call)
    return bool(again.got.answer == stopped.got.answer and is_as_usual)


def _boundaries(check: ClauseCheck, about: Capability) -> list[Trace]:
    """Return how calls about boundary codes go, or about the uploads that stand for all.

    Of the other codes those join them that have a way of their own through the candidate, with each answer.
    """
    codes = BOUNDARIES if about is Capability.CLASSIFY else BOUNDARIES[1:]  # after 200 there is no error
    given: Sequence[Any] = UPLOADS if about is Capability.POSTS else codes
    traces: list[Trace] = []
    # The first one follows another, as a call will that is stopped; and CPython 3.12 does not show all of it.
    _traced(check, Call(about, given[-1]))
    for each in given:
        traces.append(_traced(check, Call(about, each)))
        if traces[-1].length > LONG_CALL:
            return traces
    ways = {(frozenset(trace.steps), trace.got.answer) for trace in traces}
    left, until = MOST_INSTRUCTIONS_LOOKED_AT, time.monotonic() + LOOKED_AT_S
    for status in STATUS_CODES if about is Capability.CLASSIFY else ():
        if status not in BOUNDARIES and left > 0 and time.monotonic() < until:
            trace = _traced(check, Call(about, status))
            left -= trace.length
            way = frozenset(trace.steps), trace.got.answer
            if way not in ways and len(ways) < MOST_WAYS:
                ways.add(way)
                traces.append(trace)
    return traces


def _meanwhile(stopped: Trace, traces: Sequence[Trace]) -> list[Call]:
    """Return what the other thread asks: the same, and on each way through the candidate something else.

    What goes the same way as the stopped call comes last, as it is likely to leave its mark.
    """
    others: dict[bool, dict[frozenset[object], Call]] = {False: {}, True: {}}
    for trace in traces:
        if trace.got.answer != stopped.got.answer:
            others[trace.steps.keys() == stopped.steps.keys()].setdefault(frozenset(trace.steps), trace.call)
    ways = [*others[True].values(), *others[False].values()][:MOST_OTHERS]
    return [stopped.call, *reversed(ways)]


def _traced(
    check: ClauseCheck, call: Call, number: int | None = None, stop: Callable[[], None] = lambda: None
) -> Trace:
    """Ask once, calling ``stop`` before instruction number ``number``."""
    done = Trace(call)
    before: Place | None = None
    shares: dict[CodeType, frozenset[int]] = {}

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal before
        code = frame.f_code
        if code.co_filename in _OURS or code.co_flags & _GENERATORS:
            return None
        # Again and again, as from CPython 3.12 on another thread that runs this code takes it back.
        frame.f_trace_opcodes = True
        if event == "call":
            if code not in shares:
                shares[code] = frozenset(at for at, each in enumerate(code.co_code) if each in _SHARES)
        elif event == "opcode":
            if done.length == number:
                begun = time.perf_counter()
                stop()
                done.stopped_s += time.perf_counter() - begun
            if frame.f_lasti in shares[code]:
                place = (code, frame.f_lasti)
                done.steps.setdefault((before, place), done.length)
                before = place
            done.length += 1
        return trace

    tracing = sys.gettrace()

    def ask() -> Any:
        sys.settrace(trace)
        try:
            return _answer(check, call)
        finally:
            sys.settrace(tracing)

    answer, waited = _timed(ask)
    done.got = Timed(answer, waited - done.stopped_s)
    return done


def _timed(ask: Callable[[], Any]) -> Timed:
    """Return an answer; the time in which the processor worked for it is not counted as waiting."""
    begun, worked = time.perf_counter(), time.thread_time()
    answer = ask()
    return Timed(answer, time.perf_counter() - begun - (time.thread_time() - worked))


def _all_at_once(check: ClauseCheck) -> Iterator[Sighting]:
    """Yield the calls that get another answer than their first one while several threads ask."""
    answers: list[list[Timed]] = [[] for _ in range(THREADS)]
    about = [each for each in check.candidate.capabilities if each is not Capability.POSTS]
    asked = [drawn(about, check.settings.seed + number, ASKED_BY_EACH) for number in range(THREADS)]
    start = threading.Barrier(THREADS)

    def begin(calls: Sequence[Call], into: list[Timed]) -> None:
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
    for calls, into in zip(asked, answers, strict=True):
        yield from _sightings(check, calls, into)


def _answer(check: ClauseCheck, call: Call) -> Any:
    return check.candidate.ask(call.about, [call.given])[0]


def _ask_into(check: ClauseCheck, calls: Sequence[Call], into: list[Timed]) -> None:
    for call in calls:
        into.append(_timed(partial(_answer, check, call)))


def _sightings(check: ClauseCheck, calls: Sequence[Call], answers: Sequence[Timed]) -> Iterator[Sighting]:
    for call, got in zip(calls, answers, strict=False):

        def alone(call: Call = call) -> Timed:
            into: list[Timed] = []
            _ask_into(check, [call], into)
            return into[0]

        if _drifts(check, call, got, alone):
            yield call, got.answer


def _drifts(check: ClauseCheck, call: Call, got: Timed, alone: Callable[[], Timed]) -> bool:
    """Say whether an answer is not the first one, for another reason than that it had to wait too long.

    A lock may have a time-out, which runs out while the one who holds it is stopped or has no processor.
    """
    if got.answer == check.history.first_answer(call):
        return False
    waits_alone = min(alone().waited for _ in range(ALONE))  # one may have had no processor for a while
    return got.waited <= max(SHORTEST_TIME_OUT, 2 * waits_alone)
