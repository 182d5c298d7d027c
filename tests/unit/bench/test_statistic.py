"""The figures of the benchmark: exact without noise, near the truth with it."""

import numpy as np
import pytest

from bitsspec.bench import statistic
from bitsspec.bench.statistic import Figure

ROUNDS = 48
Samples = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def values(figure: Figure) -> tuple[float, ...]:
    return figure.value, figure.low, figure.high


def blocks(*costs: float, codes: int = 10) -> Samples:
    """Return four rounds of each cost, the same at every code."""
    return np.repeat(np.array(costs, dtype=float), 4)[:, None] * np.ones(codes)


def tens(*costs: float, rounds: int = 8) -> Samples:
    """Return samples of ten codes of each cost."""
    return np.asarray(np.ones((rounds, 1)) * np.repeat(np.array(costs, dtype=float), 10))


@pytest.fixture
def noisy() -> Samples:
    """Return 40 ns at every code, disturbed as a shared machine does: a tenth of the samples is preempted."""
    random = np.random.default_rng(1)
    samples = 40 * random.normal(1, 0.05, (ROUNDS, 1000))
    preempted = random.random(samples.shape) < 0.1
    return np.where(preempted, samples * random.uniform(2, 1000, samples.shape), samples)


def spread(samples: Samples, *, ints_in_process: bool = True) -> Figure:
    return statistic.spread(samples, ints_in_process=ints_in_process).figure


def test_the_cost_is_the_median_of_the_blocks_of_four_rounds_between_their_quartiles() -> None:
    assert statistic.cost(blocks(10, 11, 12, 14, 18)) == Figure(12, 11, 14)
    with_a_rest = np.concatenate([blocks(10, 12), 5 * np.ones((3, 10))])
    assert statistic.cost(with_a_rest) == Figure(11, 10.5, 11.5)


def test_the_cost_of_a_block_is_the_mean_over_the_codes_of_the_median_over_its_rounds() -> None:
    samples = blocks(10, 10, 10)
    samples[:, :5] = 20
    samples[0] = 1  # one of four rounds does not move a median
    assert statistic.cost(samples) == Figure(15, 15, 15)
    samples[4:8] = 1_000  # what was interrupted counts for twice the median of its code
    assert statistic.cost(samples) == Figure(15, 15, 22.5)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([100, 120, 140], (1.2, 1.0, 1.4)),  # too few blocks for an interval: what was seen is all there is
        (range(100, 112), (1.055, 1.02, 1.09)),  # 12 blocks: the third from either end, by the binomial
    ],
)
def test_a_ratio_has_the_exact_interval_of_a_median_at_95_percent(
    costs: list[float], expected: tuple[float, ...]
) -> None:
    found = statistic.ratio(blocks(*costs), blocks(*([100] * len(costs))))
    assert values(found) == pytest.approx(expected)


def test_a_ratio_is_not_moved_by_drift_that_hits_both(noisy: Samples) -> None:
    drift = np.linspace(1, 3, ROUNDS)[:, None]
    found = statistic.ratio(noisy * drift * 1.2, noisy[:, ::-1] * drift)
    assert 1.18 < found.low <= found.value <= found.high < 1.22


def test_without_noise_a_spread_is_exact_and_named_by_its_first_codes() -> None:
    found = statistic.spread(tens(40, 60, 40, 30, 40), ints_in_process=False)
    assert values(found.figure) == pytest.approx([2.0] * 3)
    assert (found.slowest, found.fastest) == (10, 30)


@pytest.mark.parametrize("half", [0, 1])
def test_the_ten_that_are_slowest_in_one_half_are_measured_in_the_other(half: int) -> None:
    samples = tens(40, 40, 40, 40)
    samples[half::2, 10:20] = 80  # slow in every other round only
    samples[1 - half :: 2, 20:30] = 80
    assert values(spread(samples, ints_in_process=False)) == pytest.approx([1.0] * 3)


def test_noise_and_changes_of_pace_make_no_spread(noisy: Samples) -> None:
    assert 0.97 < spread(noisy).value < 1.03
    assert 0.97 < spread(noisy * np.random.default_rng(2).uniform(1, 20, (ROUNDS, 1))).value < 1.03


def test_the_largest_of_many_noisy_times_makes_no_spread() -> None:
    samples = 40 * np.random.default_rng(1).uniform(1, 20, (ROUNDS, 1000))
    of_tens = np.median(samples.reshape(ROUNDS, 100, 10), axis=(0, 2))
    assert of_tens.max() / of_tens.min() > 1.15  # which is what the same samples would say
    assert 0.92 < spread(samples).value < 1.08


def test_ten_slow_neighbours_are_found_and_named(noisy: Samples) -> None:
    noisy[:, 620:630] *= 1.5
    found = statistic.spread(noisy, ints_in_process=True)
    assert found.slowest == 620
    assert 1.4 < found.figure.low < 1.5 < found.figure.high < 1.6
    assert spread(noisy) == found.figure  # the same resamples every time


def test_ints_that_python_keeps_are_compared_with_each_other_only(noisy: Samples) -> None:
    noisy[:, :260] *= 0.7  # the ten of 256 counts as kept
    assert spread(noisy).value < 1.03
    assert spread(noisy, ints_in_process=False).value > 1.35
    assert 0.67 < statistic.kept_ints(noisy) < 0.73


def test_the_slope_of_a_straight_line_is_its_growth_over_its_median() -> None:
    samples = np.ones((8, 1)) * (100 + np.arange(101.0))  # from 100 to 200, in the middle 150
    samples *= np.arange(1.0, 9.0)[:, None]  # whatever the pace of a round is
    assert values(statistic.slope(samples)) == pytest.approx([100 / 150] * 3)


def test_noise_does_not_hide_the_slope(noisy: Samples) -> None:
    flat = statistic.slope(noisy)
    assert flat.low < 0.01
    assert flat.high > -0.01
    rising = statistic.slope(noisy * np.linspace(0.5, 1.5, 1000))
    assert 0.95 < rising.low < rising.value < rising.high < 1.05
