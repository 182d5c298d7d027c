"""The figures of the benchmark: exact without noise, near the truth with it."""

import numpy as np
import pytest

from bitsspec.bench import statistic
from bitsspec.bench.statistic import Figure
from tests.unit.bench.conftest import Samples


def values(figure: Figure) -> tuple[float, ...]:
    return figure.value, figure.low, figure.high


def blocks(*costs: float, codes: int = 10) -> Samples:
    """Return four rounds of each cost, the same at every code."""
    return np.repeat(np.array(costs, dtype=float), 4)[:, None] * np.ones(codes)


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
    drift = np.linspace(1, 3, len(noisy))[:, None]
    found = statistic.ratio(noisy * drift * 1.2, noisy[:, ::-1] * drift)
    assert 1.18 < found.low <= found.value <= found.high < 1.22


def test_ints_that_python_keeps_are_told_from_the_rest(noisy: Samples) -> None:
    noisy[:, :260] *= 0.7
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
