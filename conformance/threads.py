"""Looking for an answer that is wrong when two threads ask at once.

A race that needs an unlucky moment is not left to luck: one call is stopped between two of its
bytecode instructions while another thread asks, at one place after the other. What runs no bytecode
is asked by several threads that start together and switch often.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from types import FrameType
from typing import Any

from bitsspec.candidates import base, python
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.history import Ask, Drift, shuffled
from bitsspec.spec.vocabulary import STATUS_CODES, Capability

THREADS = 4
STOPS = 24
"""How many places of a call it is stopped at, at the most."""
PATIENCE = 0.02
"""How long in seconds the stopped call waits for a thread that may be waiting for it."""
SWITCH_INTERVAL = 1e-5
STOPPED = (404, 503, 200)
MEANWHILE = (503, 200, 404, 429, 201, 999, 403)
_OURS = frozenset((base.__file__, python.__file__, __file__))
_GENERATORS = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
"""CPython 3.12.1 crashes where the instructions of one of these are traced."""


Question = Callable[[Sequence[int]], list[Any]]


def drift_among_threads(check: ClauseCheck, about: Capability, first: dict[int, Ask]) -> Drift | None:
    """Return an answer that is not the code's first one while several threads ask ``about`` it."""
    ask = partial(check.ask, for_=about)
    stopped = STOPPED if about is Capability.CLASSIFY else STOPPED[:1]
    return next(_while_stopped(ask, stopped, first), None) or _all_at_once(ask, check.seed, first)


def _while_stopped(ask: Question, stopped: Sequence[int], first: dict[int, Ask]) -> Iterator[Drift]:
    waited_for_it = 0
    for status in stopped:
        places = _stop(ask, status, None)[1]
        stops = sorted({places * step // STOPS for step in range(STOPS)})
        for place in stops if waited_for_it < 3 else stops[:1]:
            others: list[tuple[int, Any]] = []
            other = threading.Thread(target=_ask_into, args=(ask, MEANWHILE, others), daemon=True)

            def stop(other: threading.Thread = other) -> None:
                other.start()
                other.join(PATIENCE)

            answer, _ = _stop(ask, status, place, stop)
            if other.ident is None:
                continue  # this call was shorter than the one before it
            waited_for_it += other.is_alive()
            other.join()
            for code, got in [(status, answer), *others]:
                if code in first and got != first[code].answer:
                    yield Drift(code, first[code], Ask(got))


def _stop(
    ask: Question, status: int, place: int | None, stop: Callable[[], None] = lambda: None
) -> tuple[Any, int]:
    """Ask once, calling ``stop`` before instruction number ``place``; return also how many there were."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename in _OURS or frame.f_code.co_flags & _GENERATORS:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            if count == place:
                stop()
            count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        (answer,) = ask([status])
    finally:
        sys.settrace(before)
    return answer, count


def _all_at_once(ask: Question, seed: int, first: dict[int, Ask]) -> Drift | None:
    answers: list[list[tuple[int, Any]]] = [[] for _ in range(THREADS)]
    start = threading.Barrier(THREADS)

    def begin(codes: Sequence[int], into: list[tuple[int, Any]]) -> None:
        start.wait()
        _ask_into(ask, codes, into)

    orders = list(shuffled(STATUS_CODES, seed, THREADS))
    threads = [
        threading.Thread(target=begin, args=(codes, into), daemon=True)
        for codes, into in zip(orders, answers, strict=True)
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
        Drift(code, first[code], Ask(got))
        for into in answers
        for code, got in into
        if code in first and got != first[code].answer
    ]
    return min(drifts, key=lambda drift: drift.status, default=None)


def _ask_into(ask: Question, codes: Sequence[int], into: list[tuple[int, Any]]) -> None:
    into.extend(zip(codes, ask(codes), strict=True))
