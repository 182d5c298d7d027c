"""Taking samples on a machine that is simulated: its pace, the order of visits, the stack."""

import gc
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from bitsspec import vectors
from bitsspec.bench import sampling
from bitsspec.bench.sampling import sample
from bitsspec.bench.subjects import UNROLLED, Subject, of_callable, of_candidate
from bitsspec.candidates import open_candidate

CODES = range(100)
FAST_NS = {"candidate": 50, "floor": 25}


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST_ROUNDS", 12)


def depth() -> int:
    frame = sys._getframe()
    levels: Iterator[int] = count()
    while frame.f_back is not None:
        frame = frame.f_back
        next(levels)
    return next(levels)


class Machine:
    """A machine that runs at half its pace for 30 bursts out of 60, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.depths: set[int] = set()
        self.collects = False

    def subject(self, name: str) -> Subject:
        def burst(status: int, calls: int) -> int:
            self.asked.append((name, status))
            self.depths.add(depth())
            self.collects |= gc.isenabled()
            slow = len(self.asked) // 30 % 2
            return FAST_NS[name] * calls * (2 if slow else 1)

        return Subject(name, name, burst)


def test_a_change_of_pace_does_not_show_in_the_samples() -> None:
    machine = Machine()
    samples = sample([machine.subject("candidate"), machine.subject("floor")], codes=CODES)
    ratio = samples["candidate"] / np.median(samples["floor"])
    # At the few visits where the pace changes it is not known to the burst.
    assert np.mean(np.isclose(ratio, 2)) > 0.8
    assert np.isclose(np.median(samples["candidate"], axis=0) / np.median(samples["candidate"]), 1).all()


def test_every_round_visits_every_code_in_another_order_and_all_subjects_together() -> None:
    machine = Machine()
    samples = sample([machine.subject("candidate"), machine.subject("floor")], codes=CODES)
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
    assert {one[0] for one, _ in pairs} == {"candidate", "floor"}  # either may come first


def test_the_stack_differs_from_round_to_round() -> None:
    machine = Machine()
    sample([machine.subject("floor")], codes=CODES)
    assert len(machine.depths) > 5


def test_the_garbage_collector_rests_meanwhile_and_works_again_afterwards() -> None:
    machine = Machine()
    assert gc.isenabled()
    sample([machine.subject("floor")], codes=CODES)
    assert not machine.collects
    assert gc.isenabled()


def test_a_garbage_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        sample([Machine().subject("floor")], codes=CODES)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_whoever_waits_is_told_after_every_round_how_many_are_done() -> None:
    told: list[tuple[int, int]] = []
    samples = sample([Machine().subject("floor")], lambda *done: told.append(done), codes=CODES)
    rounds = len(samples["floor"])
    assert told[-rounds:] == [(done, rounds) for done in range(rounds)]
    assert len(told) == rounds + sampling.WARM_UP_ROUNDS


@pytest.mark.parametrize(("takes_ms", "at_once"), [(0, UNROLLED), (1, 1)])
def test_a_burst_has_one_code_answered_so_many_times(takes_ms: int, at_once: int) -> None:
    asked: list[int] = []

    def classify(status: int) -> None:
        asked.append(status)
        if takes_ms:
            time.sleep(takes_ms / 1000)

    subject = of_callable("candidate", "python:x", classify, [404, 503])
    assert subject.answers_at_once == at_once
    asked.clear()
    assert subject.burst(1, 2 * at_once) >= 2 * takes_ms * 1_000_000
    assert asked == [503] * 2 * at_once


def test_a_table_is_timed_over_a_burst_of_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.csv"
    path.write_text(vectors.as_csv(), encoding="utf-8")
    table = open_candidate(f"table:{path}")
    asked: list[object] = []
    monkeypatch.setattr(table, "ask", lambda capability, inputs: asked.append((capability, inputs)))
    assert of_candidate("candidate", table).burst(404, 20) > 0
    assert asked == [("classify", [404] * 20)]


def test_a_slow_candidate_is_asked_less_often_in_a_burst() -> None:
    def taking(ns: int) -> Subject:
        return Subject("x", "x", lambda _status, calls: ns * calls, answers_at_once=1)

    calls, burst_ns = sampling.calls_for(taking(10_000), [404])
    assert calls == 1
    assert burst_ns == 10_000
    assert sampling.calls_for(taking(20), [404])[0] >= sampling.SHORTEST_BURST_NS / 20
