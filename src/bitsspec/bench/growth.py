"""How the cost of an answer grows with the number of rules: constant, log n or linear.

This is what tells a bisection from a table, although both may cost the same for every one of 1,000 codes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize

from bitsspec import reference
from bitsspec.bench.sampling import sample
from bitsspec.bench.statistic import cost_by_code
from bitsspec.bench.subjects import Classify, Subject, floor, of_callable
from bitsspec.bench.watch import Watch
from bitsspec.errors import CannotRun

if TYPE_CHECKING:
    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

Builder = Callable[[int], Classify]
"""Return a classifier of 0 to n - 1 that has one rule for each of them."""

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
FRACTIONS = 16  # codes asked at every size, spread evenly, so that a scan goes half the way on average
CONSTANT_UP_TO = 2.0  # times the cost at 10 rules that 1,000,000 rules may cost and still count as constant
TIME_LIMIT_S = 1.0


class Shape(StrEnum):
    """The growth laws that are fitted."""

    CONSTANT = "constant"
    LOG = "log n"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class Growth:
    """The cost at each size, in ns, and what fits it best."""

    sizes: tuple[int, ...]
    ns: tuple[float, ...]
    residuals: dict[Shape, float]
    """The root mean square of the relative deviations from each law's fit."""
    shape: Shape
    times: float
    """The cost of most rules over that of fewest, both by the better of the two growing fits."""

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "fit": str(self.shape),
            "times": round(self.times, 3),
            "residuals": {str(shape): round(residual, 4) for shape, residual in self.residuals.items()},
            "points": [
                {"rules": size, "ns": round(ns, 2)} for size, ns in zip(self.sizes, self.ns, strict=True)
            ],
        }


def reference_for(rules: int) -> Classify:
    """Return the reference implementation's own code over a table of ``rules`` entries."""
    outcomes = tuple(reference.classify(code % 1000) for code in range(rules))
    code = reference.classify.__code__.replace()
    return FunctionType(code, {**vars(reference), "_OUTCOMES": outcomes}, "classify")


def measure_growth(build: Builder, watch: Watch | None = None) -> Growth:
    """Time what ``build`` returns for every one of `SIZES`, interleaved, and fit the three laws.

    Raises `CannotRun` when ``build`` cannot build a classifier of that many rules.
    """
    ns = np.zeros(len(SIZES))
    subjects = [_subject(build, size) for size in SIZES]
    subjects.append(of_callable("floor", "", floor, range(FRACTIONS)))
    samples = sample(subjects, watch, codes=range(FRACTIONS), time_limit_s=TIME_LIMIT_S)
    for index, size in enumerate(SIZES):
        ns[index] = cost_by_code(samples[str(size)]).mean()
    return fit(SIZES, ns)


def fit(sizes: tuple[int, ...], ns: "Vector") -> Growth:
    """Fit the three laws by least squares on the relative deviations and choose one.

    Growth by less than `CONSTANT_UP_TO` over all sizes is constant; else the smaller residual decides.
    """
    n = np.array(sizes, dtype=float)
    laws = {Shape.CONSTANT: None, Shape.LOG: np.log2(n), Shape.LINEAR: n}
    residuals: dict[Shape, float] = {}
    times: dict[Shape, float] = {}
    for shape, growing in laws.items():
        columns = np.column_stack([np.ones_like(n)] if growing is None else [np.ones_like(n), growing])
        coefficients, norm = optimize.nnls(columns / ns[:, None], np.ones_like(n))
        fitted = columns @ coefficients
        residuals[shape] = float(norm / np.sqrt(len(n)))
        times[shape] = float(fitted[-1] / fitted[0])
    best = min((Shape.LOG, Shape.LINEAR), key=lambda shape: residuals[shape])
    shape = best if times[best] > CONSTANT_UP_TO else Shape.CONSTANT
    return Growth(sizes, tuple(float(each) for each in ns), residuals, shape, times[best])


def _subject(build: Builder, size: int) -> Subject:
    try:
        classify = build(size)
        classify(size - 1)
    except Exception as error:
        raise CannotRun(
            f"no classifier of {size:,} rules: {type(error).__name__}: {error}\n"
            "--growth names a function from a number n to a function that classifies 0 to n - 1"
        ) from error
    codes = [(2 * part + 1) * size // (2 * FRACTIONS) for part in range(FRACTIONS)]
    return of_callable(str(size), "", classify, codes)
