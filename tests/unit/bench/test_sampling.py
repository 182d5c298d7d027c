"""Taking samples on a machine that is simulated: its clock, its pace, the order of visits."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from bitsspec.bench import sampling
from bitsspec.bench.sampling import FEWEST_ROUNDS, MOST_ROUNDS, SLOWEST_ROUNDS, TICK, calls_for, sample
from bitsspec.bench.subjects import Subject
from bitsspec.bench.watch import Watch
from bitsspec.errors import CannotRun

CODES = range(100)


class Machine:
    """A machine that can run at half its pace for 30 bursts out of 60, and what was asked of it."""

    def __init__(self, *, changes_pace: bool = False) -> None:
        self.changes_pace = changes_pace
        self.asked: list[tuple[str, int]] = []
        self.collects = False

    def subject(self, name: str = "floor", ns: float = 2_000, at_once: int = 1) -> Subject:
        def burst(status: int, calls: int) -> int:
            self.asked.append((name, status))
            self.collects |= gc.isenabled()
            slow = self.changes_pace and len(self.asked) // 30 % 2
            return int(ns * calls * (2 if slow else 1))

        return Subject(name, name, burst, answers_at_once=at_once)


@pytest.fixture(autouse=True)
def _fine_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "get_clock_info", lambda _name: SimpleNamespace(resolution=1e-9))


def test_a_change_of_pace_does_not_show_in_the_samples() -> None:
    machine = Machine(changes_pace=True)
    subjects = [machine.subject("candidate", 50, 10), machine.subject("floor", 25, 10)]
    samples = sample(subjects, codes=CODES, time_limit_s=0)
    ratio = samples["candidate"] / np.median(samples["floor"])
    # At the few visits where the pace changes it is not known to the burst.
    assert np.mean(np.isclose(ratio, 2)) > 0.8
    assert np.isclose(np.median(samples["candidate"], axis=0) / np.median(samples["candidate"]), 1).all()


def test_every_round_visits_every_code_in_another_order_and_all_subjects_together() -> None:
    machine = Machine()
    samples = sample([machine.subject("candidate"), machine.subject("floor")], codes=CODES, time_limit_s=0)
    rounds = len(samples["floor"])
    visits = machine.asked[-rounds * len(CODES) * 2 :]
    pairs = list(zip(visits[0::2], visits[1::2], strict=True))
    assert all(one[1] == other[1] and one[0] != other[0] for one, other in pairs)
    orders = [
        tuple(status for (_, status), _ in pairs[first : first + len(CODES)])
        for first in range(0, len(pairs), len(CODES))
    ]
    assert all(sorted(order) == list(CODES) for order in orders)
    assert len(set(orders)) == rounds
    firsts = [one[0] for one, _ in pairs]
    assert 0.4 < firsts.count("floor") / len(firsts) < 0.6  # they take turns


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_rests_meanwhile_and_is_left_as_it_was(enabled: bool) -> None:
    def fails(_status: int, _calls: int) -> int:
        raise ZeroDivisionError

    machine = Machine()
    if not enabled:
        gc.disable()
    try:
        sample([machine.subject()], codes=CODES, time_limit_s=0)
        assert not machine.collects
        with pytest.raises(ZeroDivisionError):
            sample([Subject("floor", "", fails)], codes=CODES)
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_the_progress_moves_within_a_round() -> None:
    steps: list[tuple[int, int, str]] = []
    watch = Watch(progress=lambda *step: steps.append(step))
    samples = sample([Machine().subject()], watch, codes=CODES, time_limit_s=0)
    visits = len(samples["floor"]) * len(CODES)
    assert steps[-visits // TICK :] == [(done, visits, "measuring") for done in range(0, visits, TICK)]


@pytest.mark.parametrize(
    ("time_limit_s", "ns", "rounds"),
    [
        (0, 200, FEWEST_ROUNDS),
        (0.0036, 200, 18),
        (0.0038, 200, 18),
        (1, 200, MOST_ROUNDS),
        (1, 4e7, 6),  # four seconds each: no more than fit in half a minute
        (1, 1e9, SLOWEST_ROUNDS),
    ],
)
def test_as_many_rounds_are_made_as_the_time_allows_in_two_halves_of_one_size(
    time_limit_s: float, ns: float, rounds: int
) -> None:
    subject = Machine().subject("floor", ns, 10)  # 100 bursts of 2,000 ns or more in each round
    watch = Watch(1_000)
    assert sample([subject], watch, codes=CODES, time_limit_s=time_limit_s)["floor"].shape == (rounds, 100)


def test_fewer_rounds_are_made_when_the_time_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter(range(1_000))
    monkeypatch.setattr(sampling, "monotonic", lambda: 3600 * next(hours))
    samples = sample([Machine().subject()], codes=CODES)
    assert len(samples["floor"]) == SLOWEST_ROUNDS


def test_what_cannot_be_measured_in_time_is_refused_before_it_begins() -> None:
    machine = Machine()
    with pytest.raises(CannotRun, match="takes about"):
        sample([machine.subject("floor", 1e9)], Watch(100), codes=CODES)
    assert len(machine.asked) < 100


def test_garbage_is_collected_within_a_round() -> None:
    class Node:
        me: object = None

    alive: set[int] = set()
    most = 0

    def burst(_status: int, _calls: int) -> int:
        nonlocal most
        node = Node()
        node.me = node
        alive.add(id(node))
        weakref.finalize(node, alive.discard, id(node))
        most = max(most, len(alive))
        return 2_000

    sample([Subject("floor", "", burst)], codes=CODES, time_limit_s=0)
    assert most < 4 * len(CODES)


@pytest.mark.parametrize(
    ("resolution_s", "answer_ns", "at_once", "calls"),
    [
        (1e-9, 1, 1, 2_000),  # two microseconds, where the clock is fine
        (1e-7, 1, 1, 5_000),  # 50 ticks, where it is not
        (1e-9, 30, 10, 70),  # 67 would be enough, but they come by ten
        (1e-9, 5_000, 10, 10),  # never fewer than come at once
        (1e-9, 0, 1, 2_000),  # no answer counts as faster than a nanosecond
        (1e-9, 30_000, 10, 1),  # a slow one is timed alone
    ],
)
def test_a_burst_is_long_enough_to_be_timed_well(
    monkeypatch: pytest.MonkeyPatch, resolution_s: float, answer_ns: float, at_once: int, calls: int
) -> None:
    monkeypatch.setattr(sampling, "get_clock_info", lambda _name: SimpleNamespace(resolution=resolution_s))
    subject = Machine().subject("floor", answer_ns, at_once)
    assert calls_for(subject, [404]) == (calls, calls * max(answer_ns, 1))
