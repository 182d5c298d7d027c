"""What is measured: each subject is a way to have one status code answered many times, timed."""

import inspect
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import repeat, takewhile
from time import monotonic, perf_counter_ns
from types import FunctionType
from typing import Any

from bitsspec import reference
from bitsspec.bench.watch import Watch
from bitsspec.candidates import Candidate, Failure, open_candidate
from bitsspec.candidates.python import PythonCandidate
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from bitsspec.text import printable, show_raised

Classify = Callable[[int], object]
Burst = Callable[[int, int], int]
"""Have a status code answered so many times; returns the nanoseconds that took."""

UNROLLED = 10  # answers for each turn of the loop, so that the loop itself does not count
IN_FLIGHT = 20  # answers of a program that are asked for at once
ONE_BY_ONE_NS = 20_000  # from here on the loop is nothing beside the answer
LONGEST_LOOK_S = 1.0  # at all codes, to see whether some raise
SLOW_PROGRAM_NS = 1_000_000  # from here on a round trip is nothing beside the answer

_floor_table = tuple(reference.classify(status) for status in STATUS_CODES)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to measure beside others."""

    name: str
    """What it is here: candidate, reference, floor, against."""
    target: str
    burst: Burst
    function: Classify | None = None
    """What is called for one answer, where that is Python's to see."""
    note: str = ""
    """How its measure differs from a plain call."""
    answers_at_once: int = UNROLLED
    """How many answers one burst holds at least."""
    one_by_one_ns: float = ONE_BY_ONE_NS
    """What an answer takes from which on a burst may hold a single one."""
    raises: frozenset[int] = frozenset()
    """The codes at which it raises."""
    takes_ints: bool = True
    """Whether the status code reaches it as an ``int`` of this process."""


def floor(status: int) -> object:
    """Return one item of a tuple: what any classifier written in Python costs at least."""
    return _floor_table[status]


def of_function(name: str, target: str, classify: Classify, watch: Watch | None = None) -> Subject:
    """Return the subject that calls ``classify`` in this process.

    Raises `CannotRun` when it returns coroutines, which nobody awaits here.
    """
    codes = (watch or Watch()).over(STATUS_CODES, "looking", looking=True)
    raises = raising(classify, target, codes)
    note = "raises at some codes: timed inside a try" if raises else ""
    subject = of_callable(name, target, never_raising(classify) if raises else classify, STATUS_CODES)
    return replace(subject, function=classify, note=note, raises=raises)


def answering(classify: Classify, target: str = "the candidate") -> Classify:
    """Return ``classify``, or where it may raise at some status code, a function that returns what it raises.

    Where a look at all codes takes too long it is the latter: beside such answers a ``try`` costs nothing.
    Raises `CannotRun` when it returns coroutines, which nobody awaits here.
    """
    ends = monotonic() + LONGEST_LOOK_S
    raises = raising(classify, target, takewhile(lambda _: monotonic() < ends, STATUS_CODES))
    return never_raising(classify) if raises or monotonic() >= ends else classify


def raising(classify: Classify, target: str, codes: Iterable[int]) -> frozenset[int]:
    """Return the status codes at which ``classify`` raises.

    Raises `CannotRun` when it returns coroutines, which nobody awaits here.
    """
    raises = set()
    for status in codes:
        try:
            answer = classify(status)
        except KeyboardInterrupt:
            raise
        except BaseException:
            raises.add(status)
            continue
        if inspect.iscoroutine(answer):
            answer.close()
            raise CannotRun(f"{target} returns coroutines, which cannot be measured\nname a plain function")
    return frozenset(raises)


def of_callable(name: str, target: str, classify: Classify, codes: Sequence[int]) -> Subject:
    """Return the subject that calls ``classify`` with one of ``codes``, by its place there."""
    unrolled, one_by_one = _own_copy(_unrolled), _own_copy(_one_by_one)

    def burst(place: int, calls: int) -> int:
        try:
            if calls % UNROLLED:
                return one_by_one(classify, codes[place], repeat(None, calls))
            return unrolled(classify, codes[place], repeat(None, calls // UNROLLED))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise cannot_go_on(target, codes[place], show_raised(error)) from error

    return Subject(name, target, burst)


def cannot_go_on(target: str, status: int, answered: str) -> CannotRun:
    """Return the error for a candidate that fails where it had answered before."""
    return CannotRun(
        f"{target} cannot be measured: at {status:03d} it {answered}, and had answered otherwise before\n"
        "measure a candidate that gives the same answer however often it is called"
    )


def of_candidate(name: str, candidate: Candidate, watch: Watch | None = None) -> Subject:
    """Return the subject for an opened candidate of any kind.

    Raises `CannotRun` when it cannot be measured.
    """
    target = printable(candidate.target)
    if candidate.is_live:
        raise CannotRun(f"{target} cannot be measured: it is a client, which takes the time of its uploads")
    if isinstance(candidate, PythonCandidate):
        return of_function(name, target, candidate.function(Capability.CLASSIFY), watch)
    if candidate.takes_text_only:
        for status in (watch or Watch()).over(STATUS_CODES, "looking", looking=True):
            answer = candidate.ask(Capability.CLASSIFY, [status])[0]
            if isinstance(answer, Failure):
                raise CannotRun(
                    f"{candidate.target} cannot be measured: at {status:03d} it answers {answer}\n"
                    "what it departs at is shown by: bitsspec check"
                )

    def burst(status: int, calls: int) -> int:
        block = [status] * calls
        started = perf_counter_ns()
        answers = candidate.ask(Capability.CLASSIFY, block)
        took = perf_counter_ns() - started
        failure = next((each for each in answers if isinstance(each, Failure)), None)
        if failure is not None and candidate.takes_text_only:
            raise cannot_go_on(target, status, f"answers {failure}")
        return took

    pipelined = "per pipelined answer" if candidate.takes_text_only else "per answer looked up in the table"
    return Subject(
        name,
        target,
        burst,
        note=pipelined,
        answers_at_once=IN_FLIGHT,
        one_by_one_ns=SLOW_PROGRAM_NS,
        takes_ints=not candidate.takes_text_only,
    )


def reference_subject() -> Subject:
    """Return the reference implementation, called in this process."""
    return of_function("reference", "python:bitsspec.reference", reference.classify)


def floor_subject() -> Subject:
    """Return the bare lookup in a tuple, called in this process."""
    return of_function("floor", "one item of a tuple", floor)


def served(what: str) -> Candidate:
    """Start the program that answers as the ``reference`` does, or the protocol ``alone``."""
    words = [sys.executable, "-m", "bitsspec.bench.served", what]
    line = subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
    return open_candidate(f"exec:{line}")


def never_raising(classify: Classify) -> Classify:
    """Return a function that returns what ``classify`` raises."""

    def answer(status: int) -> object:
        try:
            return classify(status)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return error

    return answer


def _own_copy(function: Any) -> Callable[[Classify, int, Iterable[None]], int]:
    """Return the function with its own bytecode.

    CPython adapts every call site to what is called there; a shared one would favour whoever came first.
    """
    return FunctionType(function.__code__.replace(), globals(), function.__name__)


def _unrolled(classify: Classify, status: int, turns: Iterable[None]) -> int:
    started = perf_counter_ns()
    for _ in turns:
        classify(status)
        classify(status)
        classify(status)
        classify(status)
        classify(status)
        classify(status)
        classify(status)
        classify(status)
        classify(status)
        classify(status)
    return perf_counter_ns() - started


def _one_by_one(classify: Classify, status: int, turns: Iterable[None]) -> int:
    started = perf_counter_ns()
    for _ in turns:
        classify(status)
    return perf_counter_ns() - started
