"""The figures of the benchmark, from samples without noise: exactly what their docstrings say."""

import numpy as np
import pytest

from bitsspec.bench import statistic
from bitsspec.bench.statistic import Figure

Samples = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def told(figure: Figure) -> tuple[float, ...]:
    return figure.value, figure.low, figure.high


def blocks(*costs: float, codes: int = 10) -> Samples:
    """Return four rounds of each cost, the same at every code."""
    return np.repeat(np.array(costs, dtype=float), 4)[:, None] * np.ones(codes)


def test_the_cost_is_the_median_of_the_blocks_between_their_quartiles() -> None:
    assert statistic.cost(blocks(10, 11, 12, 14, 18)) == Figure(12, 11, 14)


def test_a_block_is_four_whole_rounds() -> None:
    samples = np.concatenate([blocks(10, 12), 5 * np.ones((3, 10))])
    assert statistic.cost(samples) == Figure(11, 10.5, 11.5)


def test_the_cost_of_a_block_is_the_mean_over_the_codes_of_the_median_over_its_rounds() -> None:
    samples = blocks(10, 10)
    samples[:, :5] = 20
    samples[0] = 1  # one of four rounds does not move a median
    samples[4] = 30
    assert statistic.cost(samples) == Figure(15, 15, 15)


def test_an_interrupted_sample_counts_for_twice_the_median_of_its_code() -> None:
    samples = blocks(10, 10, 10)
    samples[:4] = 1_000
    assert statistic.cost(samples) == Figure(10, 10, 15)
    samples[:4] = 19
    assert statistic.cost(samples) == Figure(10, 10, 14.5)


def test_a_ratio_is_taken_of_the_blocks_that_were_shared() -> None:
    others = blocks(100, 110, 120, 130, 140, 150)
    found = statistic.ratio(others * np.repeat([1.0, 1.1, 1.2, 1.3, 1.4, 1.5], 4)[:, None], others)
    assert told(found) == pytest.approx((1.25, 1.0, 1.5))


def test_too_few_blocks_leave_what_was_seen_as_the_interval_of_a_ratio() -> None:
    found = statistic.ratio(blocks(10, 12, 14), blocks(10, 10, 10))
    assert told(found) == pytest.approx((1.2, 1.0, 1.4))


def test_the_interval_of_a_ratio_is_that_of_the_median_at_95_percent() -> None:
    costs = [100.0 + place for place in range(12)]  # 12 blocks: the third from either end, by the binomial
    found = statistic.ratio(blocks(*costs), blocks(*([100.0] * 12)))
    assert told(found) == pytest.approx((1.055, 1.02, 1.09))


def tens(*costs: float, rounds: int = 8) -> Samples:
    """Return samples of ten codes of each cost."""
    return np.asarray(np.ones((rounds, 1)) * np.repeat(np.array(costs, dtype=float), 10))


def test_without_noise_a_spread_is_exact_and_named_by_its_first_codes() -> None:
    found = statistic.spread(tens(40, 60, 40, 30, 40), ints_in_process=False)
    assert told(found.figure) == pytest.approx([2.0] * 3)
    assert (found.dearest, found.cheapest) == (10, 30)


def test_the_codes_that_python_keeps_are_the_first_26_tens() -> None:
    costs = [40.0] * 100
    costs[:26] = [20.0] * 26
    assert statistic.spread(tens(*costs), ints_in_process=True).figure.value == pytest.approx(1.0)
    assert statistic.kept_ints(tens(*costs)) == pytest.approx(0.5)
    costs[25] = 40.0  # 250-259 is compared with 000-249
    found = statistic.spread(tens(*costs), ints_in_process=True)
    assert found.dearest == 250
    assert found.figure.value == pytest.approx(2.0)
    costs[25], costs[26] = 20.0, 10.0  # and 260-269 with the rest
    found = statistic.spread(tens(*costs), ints_in_process=True)
    assert found.cheapest == 260
    assert found.figure.value == pytest.approx(4.0)


def test_the_time_of_the_kept_ints_is_that_of_the_middle_ten_of_each_kind() -> None:
    costs = [10.0] * 26 + [40.0] * 74
    costs[0], costs[99] = 1_000.0, 1.0
    assert statistic.kept_ints(tens(*costs)) == pytest.approx(0.25)


def test_the_ten_that_are_dearest_in_one_half_are_measured_in_the_other() -> None:
    samples = tens(40, 40, 40, 40, rounds=8)
    samples[0::2, 10:20] = 80  # dear in every other round only
    samples[1::2, 20:30] = 80
    found = statistic.spread(samples, ints_in_process=False)
    assert told(found.figure) == pytest.approx([1.0] * 3)


def test_the_time_of_the_kept_ints_is_over_that_of_the_rest_and_not_of_all_codes() -> None:
    costs = [10.0] * 26 + [40.0] * 37 + [60.0] * 37  # of all codes the middle is 40, of the rest 50
    assert statistic.kept_ints(tens(*costs)) == pytest.approx(10 / 50)


def test_not_one_round_both_chooses_and_measures() -> None:
    for half, other in ((0, 1), (1, 0)):
        samples = tens(40, 40, 40, 40, rounds=8)
        samples[half::2, 10:20] = 80
        samples[other, 10:20] = 80  # one round more, and it would be most of all
        samples[other::2, 20:30] = 80
        assert statistic.spread(samples, ints_in_process=False).figure.value == pytest.approx(1.0)


def noise(rounds: int, codes: int) -> Samples:
    """Return numbers between -1 and 1 in which there is no pattern that a figure could follow."""
    return np.asarray(np.sin(np.arange(1.0, rounds * codes + 1) ** 2).reshape(rounds, codes))


def test_the_interval_of_a_spread_is_what_95_of_100_resamples_hold() -> None:
    samples = tens(*([40.0] * 20), rounds=40) * (1 + 0.2 * noise(40, 200))
    samples[:, 50:60] *= 1.5
    found = statistic.spread(samples, ints_in_process=False).figure
    assert told(found) == pytest.approx((1.5359, 1.4721, 1.5973), rel=2e-3)
    assert statistic.spread(samples, ints_in_process=False).figure == found  # the same resamples every time


def test_the_slope_of_a_straight_line_is_its_growth_over_its_median() -> None:
    codes = np.arange(101.0)
    samples = np.ones((8, 1)) * (100 + codes)  # from 100 to 200, in the middle 150
    samples *= np.arange(1.0, 9.0)[:, None]  # whatever the pace of a round is
    assert told(statistic.slope(samples)) == pytest.approx([100 / 150] * 3)


def test_a_slope_lies_in_the_interval_of_theil_and_sen() -> None:
    found = statistic.slope(np.linspace(1, 2, 101) + 0.2 * noise(4, 101))
    assert told(found) == pytest.approx((0.654305, 0.616319, 0.694202), rel=1e-5)


def test_a_figure_is_written_with_four_digits() -> None:
    assert Figure(1.00005, 0.123456, 9.87654).as_json() == {"value": 1.0001, "low": 0.1235, "high": 9.8765}
