"""Interleaved samples: whatever the machine does meanwhile, it does to all subjects alike.

A core that is shared changes its pace by half within milliseconds. The floor, timed beside every sample,
tells the pace, and what is returned is the time at the usual pace.
"""

import gc
import random
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import partial
from time import get_clock_info
from typing import TYPE_CHECKING, Any

import numpy as np

from bitsspec.bench.subjects import Burst, Subject
from bitsspec.spec.vocabulary import STATUS_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

SHORTEST_BURST_NS = 2_000
PACE_WINDOW = 9  # neighbouring samples of the floor whose median is the pace
DEEPEST = 40  # calls on the stack
CLOCK_TICKS = 50  # a burst lasts at least this many ticks of the clock
MOST_ROUNDS, FEWEST_ROUNDS = 48, 12
WARM_UP_ROUNDS = 2
TIME_LIMIT_S = 0.5  # for all rounds together, on a machine with nothing else to do

Turn = list[tuple[Burst, int, Any]]
"""The subjects: what is called, for how many answers, and the matrix that the time of one goes into."""
Progress = Callable[[int, int], None]
"""Told how many rounds are done and how many there will be."""


def calls_for(subject: Subject, codes: Sequence[int]) -> tuple[int, float]:
    """Return how many answers one burst must hold to be timed well, and the ns it then takes."""
    at_least = subject.answers_at_once
    bursts = [subject.burst(status, at_least) for status in codes for _ in range(3)]
    each_ns = max(float(np.median(bursts)) / at_least, 1.0)
    wanted_ns = max(SHORTEST_BURST_NS, CLOCK_TICKS * get_clock_info("perf_counter").resolution * 1e9)
    calls = max(1, round(wanted_ns / each_ns / at_least + 0.49)) * at_least
    return calls, calls * each_ns


def sample(
    subjects: Sequence[Subject],
    progress: Progress | None = None,
    *,
    codes: Sequence[int] = STATUS_CODES,
    time_limit_s: float = TIME_LIMIT_S,
    seed: int = 0,
) -> "dict[str, Matrix]":
    """Return the ns per answer of each subject, by name: one row a round, one column for each of ``codes``.

    One of the subjects is the ``floor``, which costs the same at every code.
    Every round visits all codes in a new order, and at each code all subjects, in a new order too.
    """
    shuffled = random.Random(seed)
    with _collector_off():
        planned = {s.name: calls_for(s, codes[:: max(1, len(codes) // 25)]) for s in subjects}
        sweep_s = sum(burst_ns for _, burst_ns in planned.values()) * len(codes) / 1e9
        rounds = min(MOST_ROUNDS, max(FEWEST_ROUNDS, int(time_limit_s / sweep_s)))
        rounds -= rounds % 2  # two halves of one size
        samples = {s.name: np.zeros((rounds, len(codes))) for s in subjects}
        visits = list(enumerate(codes))
        pace = np.zeros((rounds, len(codes)))
        turn: Turn = [(s.burst, planned[s.name][0], samples[s.name]) for s in subjects]
        for done in range(-WARM_UP_ROUNDS, rounds):
            shuffled.shuffle(visits)
            shuffled.shuffle(turn)
            row = max(done, 0)  # what the warm-up wrote is written over
            _deeper(shuffled.randrange(DEEPEST), partial(_visit, turn, visits, row))
            order = [column for column, _ in visits]
            pace[row, order] = _running_median(samples["floor"][row, order])
            if progress is not None:
                progress(row, rounds)
    usual = np.median(pace)
    return {name: ns * (usual / pace) for name, ns in samples.items()}


def _visit(turn: Turn, visits: Sequence[tuple[int, int]], row: int) -> None:
    for number, (column, status) in enumerate(visits):
        first = number % len(turn)
        for burst, calls, kept in turn[first:] + turn[:first]:
            kept[row, column] = burst(status, calls) / calls


def _deeper(levels: int, call: Callable[[], None]) -> None:
    """Make the call from so many calls further down.

    A table's item is slow to read where its address looks like one on the stack: with another stack in
    every round, these are other items every time.
    """
    if levels:
        next(map(_deeper, (levels - 1,), (call,)))  # through C, so that both of Python's stacks grow
    else:
        call()


def _running_median(values: "Vector") -> "Vector":
    around = np.pad(values, PACE_WINDOW // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(around, PACE_WINDOW), axis=1))


@contextmanager
def _collector_off() -> "Iterator[None]":
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
