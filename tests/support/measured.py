"""What a benchmark may have measured, with figures that are given here and none that a clock told."""

from dataclasses import replace

import numpy as np

from bitsspec.bench.flatness import Flatness
from bitsspec.bench.growth import Growth, Shape
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.statistic import Figure, Spread
from bitsspec.bench.subjects import Subject

FLAT = Flatness(
    1.25,
    InstructionCount([16] + 999 * [17], [1] + 999 * [2]),
    Spread(Figure(1.04167, 1.03123, 1.0555), 40, 620),
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


def never(_status: int, _calls: int) -> int:
    raise AssertionError


def measured(
    *,
    flatness: Flatness = FLAT,
    growth: Growth | None = None,
    max_ratio: float | None = None,
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
    return Measurement(subjects, samples, {"candidate": flatness}, growth, max_ratio)


def with_another(measurement: Measurement) -> Measurement:
    """Return a measurement that a second candidate takes part in, which costs 160 ns."""
    other = Subject("against", "python:theirs:classify", never)
    subjects = [measurement.subjects[0], other, *measurement.subjects[1:]]
    samples = {**measurement.samples, "against": np.full((8, 1000), 160.0)}
    flatness = {**measurement.flatness, "against": replace(FLAT, instructions=None, kept_ints=None)}
    return replace(measurement, subjects=subjects, samples=samples, flatness=flatness)
