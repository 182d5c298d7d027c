"""What a benchmark may have measured, with figures that are given here and not taken by a clock."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bitsspec.bench.extremes import Single, Spread
from bitsspec.bench.flatness import Flatness
from bitsspec.bench.growth import Growth, Shape
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.measurement import Gates, Measurement
from bitsspec.bench.statistic import Figure
from bitsspec.bench.subjects import Subject
from bitsspec.candidates import Candidate
from bitsspec.spec.vocabulary import Capability, Outcome

FLAT = Flatness(
    1.25,
    InstructionCount([16] + 999 * [17], [1] + 999 * [2]),
    Spread(Figure(1.04167, 1.03123, 1.0555), 40, 620),
    Figure(1.02, 1.01, 1.03),
    Single(Figure(1.2, 1.1, 1.3), 1, 2),
    Figure(0.00123456, -0.0123, 0.0345),
    0.98765,
)
GROWTH = Growth(
    (10, 1_000_000),
    (40.1234, 41.0),
    {Shape.CONSTANT: 0.011111, Shape.LOG: 0.02, Shape.LINEAR: 0.3},
    Shape.CONSTANT,
    1.02345,
)


NO_GATES = Gates()


def never(_status: int, _calls: int) -> int:
    raise AssertionError


def measured(
    *,
    flatness: Flatness = FLAT,
    growth: Growth | None = None,
    gates: Gates = NO_GATES,
    times: float = 2,
) -> Measurement:
    """Return a measurement of eight rounds without any noise, in which the reference costs 40 ns."""
    candidate = Subject("candidate", "python:mine:classify", never, note="raises at some codes")
    subjects = [
        candidate,
        Subject("reference", "python:bitsspec.reference", never),
        Subject("floor", "one item", never),
    ]
    costs = {"candidate": 40.0 * times, "reference": 40.0, "floor": 20.0}
    samples = {name: np.full((8, 1000), cost) for name, cost in costs.items()}
    return Measurement(subjects, samples, {"candidate": flatness}, growth, gates)


def with_another(measurement: Measurement) -> Measurement:
    """Return a measurement that a second candidate takes part in, which costs 160 ns."""
    other = Subject("against", "python:theirs:classify", never)
    subjects = [measurement.subjects[0], other, *measurement.subjects[1:]]
    samples = {**measurement.samples, "against": np.full((8, 1000), 160.0)}
    flatness = {**measurement.flatness, "against": replace(FLAT, instructions=None, kept_ints=None)}
    return replace(measurement, subjects=subjects, samples=samples, flatness=flatness)


def named(target: str) -> Measurement:
    """Return a measurement of a candidate with this target."""
    measurement = measured()
    candidate = replace(measurement.candidate, target=target)
    return replace(measurement, subjects=[candidate, *measurement.subjects[1:]])


class Answering(Candidate):
    """A program that answers at once, or a table, and what it was asked."""

    capabilities = (Capability.CLASSIFY,)

    def __init__(self, target: str = "exec:./mine", *, text: bool = True) -> None:
        self.target, self.takes_text_only, self.closed = target, text, False
        self.asked: list[list[int]] = []

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        assert capability is Capability.CLASSIFY
        self.asked.append(list(inputs))
        return [Outcome.FATAL] * len(inputs)

    def close(self) -> None:
        self.closed = True
