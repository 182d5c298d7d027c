"""How the cost grows with the number of rules: the laws that are fitted, and what they are fitted to."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from bitsspec import reference
from bitsspec.bench import growth
from bitsspec.bench.growth import SIZES, Shape, fit
from bitsspec.bench.subjects import Subject
from bitsspec.errors import CannotRun
from tests.support.measured import GROWTH

LAWS = {Shape.CONSTANT: lambda n: 40 + 0 * n, Shape.LOG: np.log2, Shape.LINEAR: lambda n: n}


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


def test_the_cost_is_measured_at_every_size_at_codes_spread_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, set[int]] = {size: set() for size in SIZES}

    def build(size: int) -> Callable[[int], str]:
        def classify(code: int) -> str:
            asked[size].add(code)
            return "fatal"

        return classify

    def sample(given: Sequence[Subject], *, codes: range, time_limit_s: float) -> dict[str, Any]:
        for subject in given:
            for code in codes:
                subject.burst(code, subject.answers_at_once)
        return {subject.name: np.full((4, 16), float(subject.name)) for subject in given[:-1]}

    monkeypatch.setattr(growth, "sample", sample)
    assert growth.measure_growth(build).ns == SIZES
    for size, codes in asked.items():
        assert max(codes) == size - 1
        assert max(np.diff(sorted(codes))) <= size // 10


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


def test_json_holds_the_fit_and_its_points() -> None:
    assert GROWTH.as_json() == {
        "fit": "constant",
        "times": 1.023,
        "residuals": {"constant": 0.0111, "log n": 0.02, "linear": 0.3},
        "points": [{"rules": 10, "ns": 40.12}, {"rules": 1_000_000, "ns": 41.0}],
    }
