"""How far the slowest codes lie from the fastest: exact without noise, near the truth with it."""

import numpy as np
import pytest

from bitsspec.bench import MAX_SPREAD
from bitsspec.bench.extremes import Extremes
from bitsspec.bench.flatness import SINGLE_ALLOWANCE, Standing, standing
from bitsspec.bench.statistic import Figure
from tests.unit.bench.conftest import ROUNDS, Samples

RETRIED = [408, 425, 429, 500, 502, 503, 504]


def values(figure: Figure) -> tuple[float, ...]:
    return figure.value, figure.low, figure.high


def tens(*costs: float, rounds: int = 8) -> Samples:
    """Return samples of ten codes of each cost."""
    return np.asarray(np.ones((rounds, 1)) * np.repeat(np.array(costs, dtype=float), 10))


def spread(samples: Samples, *, ints_in_process: bool = True) -> Figure:
    return Extremes(samples, ints_in_process=ints_in_process).neighbours().figure


def test_without_noise_a_spread_is_exact_and_named_by_its_first_codes() -> None:
    found = Extremes(tens(40, 60, 40, 30, 40), ints_in_process=False).neighbours()
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
    found = Extremes(noisy, ints_in_process=True).neighbours()
    assert found.slowest == 620
    assert 1.4 < found.figure.low < 1.5 < found.figure.high < 1.6
    assert spread(noisy) == found.figure  # the same resamples every time


def test_ints_that_python_keeps_are_compared_with_each_other_only(noisy: Samples) -> None:
    noisy[:, :257] *= 0.7  # the ten of 256 counts as kept
    extremes = Extremes(noisy, ints_in_process=True)
    assert max(each.value for each in (extremes.neighbours().figure, extremes.scattered())) < 1.05
    assert extremes.single().figure.value < 1.03
    assert spread(noisy, ints_in_process=False).value > 1.35


@pytest.mark.parametrize(
    ("slow", "times"),
    [(range(0, 1000, 2), 50), (range(0, 1000, 2), 1.6), (range(7, 1000, 9), 1.6), (RETRIED, 887), ([503], 3)],
    ids=["half of them", "half of them a little", "every ninth", "seven", "one"],
)
def test_slow_codes_are_found_wherever_they_lie(noisy: Samples, slow: list[int], times: float) -> None:
    noisy[:, slow] *= times
    extremes = Extremes(noisy, ints_in_process=True)
    single = extremes.single()
    if len(slow) < 10:
        assert single.slowest in slow
        assert single.count == len(slow)
        assert standing(single.figure, MAX_SPREAD * SINGLE_ALLOWANCE) is Standing.OVER
    else:
        assert standing(extremes.scattered(), MAX_SPREAD) is Standing.OVER
        assert extremes.scattered().value == pytest.approx(times, rel=0.1)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.4, 0.5, 0.6, 0.9, 1])
def test_what_is_slow_now_and_then_at_any_code_makes_none_slow(share: float) -> None:
    """Statistics that are written at every so manieth call fall into that share of the bursts."""
    random = np.random.default_rng(3)
    samples = 40 * random.normal(1, 0.05, (ROUNDS, 1000))
    samples *= np.where(random.random(samples.shape) < share, 80, 1)
    samples *= np.where(random.random(samples.shape) < 0.01, random.uniform(2, 1000, samples.shape), 1)
    extremes = Extremes(samples, ints_in_process=True)
    assert extremes.single().figure.value < 1.1
    assert extremes.scattered().value < MAX_SPREAD
    assert extremes.neighbours().figure.value < MAX_SPREAD


@pytest.mark.parametrize("true", [1.24, 1.26])
def test_a_gate_does_not_flip_where_the_true_spread_is_near_it(true: float) -> None:
    """Each process has its own layout, worth a few percent, and each sample its noise."""
    for seed in range(100):
        random = np.random.default_rng(seed)
        layout = random.normal(1, 0.01, 100).repeat(10)
        costs = layout * np.where(np.arange(1000) // 100 == 5, true, 1)
        samples = 40 * costs * random.normal(1, 0.05, (12, 1000))
        extremes = Extremes(samples, ints_in_process=True)
        figures = extremes.neighbours().figure, extremes.scattered()
        assert all(standing(figure, MAX_SPREAD) is not Standing.OVER for figure in figures), seed
