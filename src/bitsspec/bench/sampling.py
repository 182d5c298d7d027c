"""Interleaved samples: whatever the machine does meanwhile, it does to all subjects alike.

A core that is shared changes its pace by half within milliseconds. The floor, timed beside every sample,
tells the pace, and what is returned is the time at the usual pace.
"""

import gc
import random
from collections.abc import Callable, Sequence
from functools import partial
from time import get_clock_info, monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from bitsspec.bench.collector import collector_off
from bitsspec.bench.subjects import Burst, Subject
from bitsspec.bench.watch import Watch
from bitsspec.spec.vocabulary import STATUS_CODES

if TYPE_CHECKING:
    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

SHORTEST_BURST_NS = 2_000
PACE_WINDOW = 9  # neighbouring samples of the floor whose median is the pace
DEEPEST = 40  # calls on the stack
CLOCK_TICKS = 50  # a burst lasts at least this many ticks of the clock
PROBED = 25  # codes by which it is decided how many answers a burst holds
MOST_ROUNDS, FEWEST_ROUNDS = 48, 12
SLOWEST_ROUNDS = 4  # of what takes so long that more rounds would not end
LONG_S = 30.0  # for all rounds together, from which on there are fewer than usual
WARM_UP_ROUNDS = 2
WARM_UP_S = 1.0  # what takes longer needs none
TIME_LIMIT_S = 0.5  # for all rounds together, on a machine with nothing else to do
KEPT_ROUNDS = 4  # so much of the time is left for what follows: the next round, and counting instructions
TICK = 50  # visits after which the collector runs and the progress is shown

Turn = list[tuple[Burst, int, Any]]
"""The subjects: what is called, for how many answers, and the matrix that the time of one goes into."""


def calls_for(subject: Subject, codes: Sequence[int]) -> tuple[int, float]:
    """Return how many answers one burst must hold to be timed well, and the ns it then takes."""
    alone = float(np.median([subject.burst(status, 1) for status in codes for _ in range(3)]))
    at_least = subject.answers_at_once if alone < subject.one_by_one_ns else 1
    if at_least > 1:
        bursts = [subject.burst(status, at_least) for status in codes for _ in range(3)]
        alone = float(np.median(bursts)) / at_least
    each_ns = max(alone, 1.0)
    wanted_ns = max(SHORTEST_BURST_NS, CLOCK_TICKS * get_clock_info("perf_counter").resolution * 1e9)
    calls = max(1, round(wanted_ns / each_ns / at_least + 0.49)) * at_least
    return calls, calls * each_ns


def rounds_for(sweep_s: float, time_limit_s: float) -> int:
    """Return how many rounds are made, in two halves of one size, when each takes ``sweep_s``."""
    fewest = min(FEWEST_ROUNDS, max(SLOWEST_ROUNDS, int(LONG_S / sweep_s)))
    rounds = min(MOST_ROUNDS, max(fewest, int(time_limit_s / sweep_s)))
    return rounds - rounds % 2


def sample(
    subjects: Sequence[Subject],
    watch: Watch | None = None,
    *,
    codes: Sequence[int] = STATUS_CODES,
    time_limit_s: float = TIME_LIMIT_S,
    seed: int = 0,
) -> "dict[str, Matrix]":
    """Return the ns per answer of each subject, by name: one row a round, one column for each of ``codes``.

    One of the subjects is the ``floor``, which costs the same at every code.
    Every round visits all codes in a new order, and at each code all subjects, in a new order too.
    Raises `CannotRun` where the time that ``watch`` leaves is not enough for a few rounds.
    """
    rounds = _Rounds(subjects, codes, watch or Watch(), seed)
    with collector_off():
        sweep_s = rounds.plan()
        if sweep_s * WARM_UP_ROUNDS <= WARM_UP_S:
            rounds.make(WARM_UP_ROUNDS)
            sweep_s = rounds.plan()  # some are slow at first only
        samples = rounds.make(rounds_for(sweep_s, time_limit_s), sweep_s)
    floor = samples["floor"]
    pace = np.zeros(floor.shape)
    for row, order in enumerate(rounds.orders):
        pace[row, order] = _running_median(floor[row, order])
    usual = np.median(pace)
    return {name: ns * (usual / pace) for name, ns in samples.items()}


class _Rounds:
    """Rounds over all codes; each burst of a subject holds as many answers as planned."""

    def __init__(self, subjects: Sequence[Subject], codes: Sequence[int], watch: Watch, seed: int) -> None:
        self._subjects, self._codes, self._watch = subjects, codes, watch
        self._shuffled = random.Random(seed)
        self._visits = list(enumerate(codes))
        self._calls: dict[str, int] = {}
        self.orders: list[list[int]] = []
        """In which order each round of the last ones visited the codes."""

    def plan(self) -> float:
        """Decide how many answers a burst holds; returns the seconds that a round then takes."""
        probed = self._codes[:: max(1, len(self._codes) // PROBED)]
        planned = {subject.name: calls_for(subject, probed) for subject in self._subjects}
        self._calls = {name: calls for name, (calls, _) in planned.items()}
        return sum(burst_ns for _, burst_ns in planned.values()) * len(self._codes) / 1e9

    def make(self, rounds: int, sweep_s: float = 0) -> "dict[str, Matrix]":
        """Return the samples of so many rounds, or of an even number of fewer when the time runs out."""
        self._watch.expect(min(rounds, SLOWEST_ROUNDS) * sweep_s, rounds * sweep_s)
        samples = {subject.name: np.zeros((rounds, len(self._codes))) for subject in self._subjects}
        turn = [(each.burst, self._calls[each.name], samples[each.name]) for each in self._subjects]
        self.orders, done, started = [], 0, monotonic()
        while done < rounds:
            usual_s = (monotonic() - started) / max(done, 1)
            if done >= SLOWEST_ROUNDS and done % 2 == 0 and self._watch.left_s < KEPT_ROUNDS * usual_s:
                break
            self._shuffled.shuffle(self._visits)
            self._shuffled.shuffle(turn)
            _deeper(self._shuffled.randrange(DEEPEST), partial(self._round, turn, done, rounds))
            self.orders.append([column for column, _ in self._visits])
            done += 1
        return {name: ns[:done] for name, ns in samples.items()}

    def _round(self, turn: "Turn", row: int, rounds: int) -> None:
        for number, (column, status) in enumerate(self._visits):
            if number % TICK == 0:
                gc.collect()
                self._watch.at(row * len(self._codes) + number, rounds * len(self._codes), "measuring")
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
