"""The figures of the benchmark, read off samples whose nature is known."""

import re

import numpy as np
import pytest

from bitsspec.bench import statistic, terminal
from bitsspec.bench.flatness import Flatness, Verdict, judge
from bitsspec.bench.growth import SIZES, Shape, fit
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.picture import LIGHT, draw
from bitsspec.bench.statistic import Figure, Spread
from bitsspec.bench.subjects import Subject

ROUNDS = 48
Samples = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@pytest.fixture
def noisy() -> Samples:
    """Return 40 ns at every code, disturbed as a shared machine does: a tenth of the samples is preempted."""
    random = np.random.default_rng(1)
    samples = 40 * random.normal(1, 0.05, (ROUNDS, 1000))
    preempted = random.random(samples.shape) < 0.1
    return np.where(preempted, samples * random.uniform(2, 1000, samples.shape), samples)


def spread(samples: Samples, *, ints_in_process: bool = True) -> Figure:
    return statistic.spread(samples, ints_in_process=ints_in_process).figure


def test_noise_alone_makes_no_spread(noisy: Samples) -> None:
    assert 0.97 < spread(noisy).value < 1.03


def test_the_largest_of_many_noisy_times_makes_no_spread() -> None:
    samples = 40 * np.random.default_rng(1).uniform(1, 20, (ROUNDS, 1000))
    tens = np.median(samples.reshape(ROUNDS, 100, 10), axis=(0, 2))
    assert tens.max() / tens.min() > 1.15  # which is what a look at the same samples would say
    assert 0.92 < spread(samples).value < 1.08


def test_rounds_of_another_pace_make_no_spread(noisy: Samples) -> None:
    noisy *= np.random.default_rng(2).uniform(1, 20, (ROUNDS, 1))
    assert 0.97 < spread(noisy).value < 1.03


def test_ten_dear_neighbours_are_found_and_named(noisy: Samples) -> None:
    noisy[:, 620:630] *= 1.5
    found = statistic.spread(noisy, ints_in_process=True)
    assert found.dearest == 620
    assert found.figure.low < 1.5 < found.figure.high
    assert found.figure.low > 1.4


def test_a_single_dear_code_is_beyond_what_the_timing_sees(noisy: Samples) -> None:
    noisy[:, 620] *= 3
    assert spread(noisy).value < 1.03


def test_ints_that_python_keeps_are_compared_with_each_other_only(noisy: Samples) -> None:
    noisy[:, :260] *= 0.7  # the ten of 256 counts as kept
    assert spread(noisy).value < 1.03
    assert spread(noisy, ints_in_process=False).value > 1.35
    assert 0.67 < statistic.kept_ints(noisy) < 0.73


def test_the_slope_is_the_growth_over_all_codes(noisy: Samples) -> None:
    flat = statistic.slope(noisy)
    assert flat.low < 0.01
    assert flat.high > -0.01
    rising = statistic.slope(noisy * np.linspace(0.5, 1.5, 1000))
    assert 0.95 < rising.value < 1.05


def test_a_ratio_is_not_moved_by_drift_that_hits_both(noisy: Samples) -> None:
    drift = np.linspace(1, 3, ROUNDS)[:, None]
    found = statistic.ratio(noisy * drift * 1.2, noisy[:, ::-1] * drift)
    assert 1.18 < found.low <= found.value <= found.high < 1.22


def test_the_cost_is_the_mean_over_the_codes(noisy: Samples) -> None:
    noisy[:, :500] *= 3
    assert 78 < statistic.cost(noisy).value < 83


@pytest.mark.parametrize(
    ("cost", "shape"),
    [
        (lambda n: 40 + 0 * n, Shape.CONSTANT),
        (lambda n: 40 + 10 * np.log2(n), Shape.LOG),
        (lambda n: 40 + 4 * n, Shape.LINEAR),
    ],
    ids=["constant", "log n", "linear"],
)
def test_growth_is_told_from_noisy_points(cost: object, shape: Shape) -> None:
    assert callable(cost)
    noise = np.random.default_rng(1).normal(1, 0.1, len(SIZES))
    found = fit(SIZES, cost(np.array(SIZES, dtype=float)) * noise)
    assert found.shape is shape
    assert found.residuals[shape] < 0.15


def flatness(
    *, instructions: list[int] | None, calls: int = 1, low: float, high: float, kept: float = 1.0
) -> Flatness:
    count = None if instructions is None else InstructionCount(instructions, [calls] * len(instructions))
    timing = Spread(Figure((low + high) / 2, low, high), 0, 500)
    return Flatness(1.25, count, timing, Figure(0, 0, 0), kept)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (flatness(instructions=[16, 20], low=1.0, high=1.1), Verdict.FLAT),
        (flatness(instructions=[16, 21], low=1.0, high=1.1), Verdict.NOT_FLAT),
        (flatness(instructions=[10, 10], low=1.26, high=1.4), Verdict.NOT_FLAT),
        (flatness(instructions=[10, 10], low=1.2, high=1.4), Verdict.FLAT),
        (flatness(instructions=None, low=1.0, high=1.1), Verdict.FLAT),
        (flatness(instructions=None, low=1.2, high=1.4), Verdict.UNCONFIRMED),
        (flatness(instructions=[9, 9], calls=0, low=1.2, high=1.4), Verdict.UNCONFIRMED),
        (flatness(instructions=[10, 10], low=1.0, high=1.1, kept=0.7), Verdict.FLAT),
        (flatness(instructions=[10, 10], low=1.0, high=1.1, kept=0.2), Verdict.NOT_FLAT),
    ],
)
def test_the_verdict_rests_on_both_kinds_of_evidence(evidence: Flatness, verdict: Verdict) -> None:
    assert evidence.verdict is verdict


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (flatness(instructions=[16, 20], low=1.0, high=1.1), "dearest over cheapest code within 1.25"),
        (flatness(instructions=[16, 21], low=1.3, high=1.4), "by instructions and timing"),
        (flatness(instructions=None, low=1.2, high=1.4), "the timing is too noisy to tell"),
    ],
)
def test_the_verdict_has_a_reason(evidence: Flatness, reason: str) -> None:
    assert evidence.reason == reason


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (flatness(instructions=[16, 20], low=1, high=1), "20 and 16, such as at 001 and 000"),
        (flatness(instructions=[16, 16], low=1, high=1), "16 at every code"),
        (flatness(instructions=[9, 9], calls=0, low=1, high=1), "not written in Python: says nothing"),
        (flatness(instructions=None, low=1, high=1), "no Python function to look at"),
    ],
)
def test_what_the_instructions_say_is_told(found: Flatness, says: str) -> None:
    assert says in next(terminal.evidence(found))[2]


@pytest.mark.parametrize(("times", "ticks"), [(4, {"0"}), (100, {"100", "1,000"})])
def test_costs_that_lie_far_apart_are_drawn_to_a_logarithmic_scale(
    noisy: Samples, times: int, ticks: set[str]
) -> None:
    samples = {"candidate": noisy * times, "reference": noisy, "floor": noisy}
    subjects = [Subject(name, name, lambda _status, _calls: 0) for name in samples]
    measurement = Measurement(subjects, samples, {}, None, None)
    svg = draw(measurement, "svg", LIGHT, captioned=False).decode()
    labels = set(re.findall("<!-- (.*?) -->", svg))
    assert ticks <= labels
    assert ("0" in labels) is ("0" in ticks)


def test_a_program_has_timing_only(noisy: Samples) -> None:
    def never(_status: int, _calls: int) -> int:
        raise AssertionError

    judged = judge(Subject("candidate", "exec:x", never, takes_ints=False), noisy)
    assert judged.instructions is None
    assert judged.kept_ints is None
    assert judged.verdict is Verdict.FLAT
