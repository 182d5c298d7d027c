"""How the cost grows with the number of rules: the laws that are fitted, and what they are fitted to."""

from typing import Any

import numpy as np
import pytest

from bitsspec import reference
from bitsspec.bench import growth
from bitsspec.bench.growth import SIZES, Shape, fit
from bitsspec.errors import CannotRun

LAWS: dict[Shape, Any] = {Shape.CONSTANT: np.ones_like, Shape.LOG: np.log2, Shape.LINEAR: np.positive}


@pytest.mark.parametrize("shape", LAWS)
def test_a_law_is_found_in_points_that_follow_it(shape: Shape) -> None:
    ns = 10 * LAWS[shape](np.array(SIZES, dtype=float))
    found = fit(SIZES, ns)
    assert found.shape is shape
    assert found.times == pytest.approx(ns[-1] / ns[0])
    assert found.residuals[shape] == pytest.approx(0, abs=1e-9)
    noisy = fit(SIZES, ns * np.random.default_rng(1).normal(1, 0.1, len(SIZES)))
    assert noisy.shape is shape
    assert noisy.residuals[shape] < 0.15


@pytest.mark.parametrize(
    ("first", "shape"), [(1_100_000, Shape.CONSTANT), (900_000, Shape.LINEAR)], ids=["less", "more"]
)
def test_growth_by_less_than_twice_counts_as_constant(first: int, shape: Shape) -> None:
    assert fit(SIZES, np.array([first + size for size in SIZES], dtype=float)).shape is shape


def test_the_reference_of_n_rules_answers_n_codes_as_the_reference_does() -> None:
    classify = growth.reference_for(2_000)
    assert [classify(code) for code in range(2_000)] == [
        reference.classify(code % 1000) for code in range(2_000)
    ]


@pytest.mark.parametrize(
    ("builds", "why"),
    [
        (lambda size: {}[size], "KeyError: 10"),
        (lambda _size: lambda status: [][status], "IndexError: list index out of range"),
        (lambda size: size, "TypeError: 'int' object is not callable"),
    ],
    ids=["nothing", "what raises at the last code", "not a function"],
)
def test_a_builder_without_a_classifier_of_n_rules_is_refused(builds: Any, why: str) -> None:
    with pytest.raises(CannotRun) as refused:
        growth.measure_growth(builds)
    assert str(refused.value).splitlines() == [
        f"no classifier of 10 rules: {why}",
        "--growth names a function from a number n to a function that classifies 0 to n - 1",
    ]
