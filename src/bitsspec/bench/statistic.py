"""The figures that are read off the samples, each with the interval that the noise leaves open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Iterator

    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

CONFIDENCE = 0.95
ROUNDS_IN_A_BLOCK = 4
INTERRUPTED_FROM = 2.0  # times the median of a code
NEIGHBOURS = 10
LARGEST_KEPT_INT = 256


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value and the interval it lies in."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """Return it as a JSON object, rounded to what a measurement can mean."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def cost_by_code(samples: "Matrix") -> "Vector":
    """Return the ns of an answer for each code: the median over the rounds."""
    return np.asarray(np.median(samples, axis=0))


def cost(samples: "Matrix") -> Figure:
    """Return the ns of an answer over all codes: the median of the blocks of rounds, and their quartiles."""
    blocks = _block_costs(samples)
    low, middle, high = np.quantile(blocks, (0.25, 0.5, 0.75))
    return Figure(float(middle), float(low), float(high))


def ratio(samples: "Matrix", others: "Matrix") -> Figure:
    """Return the median ratio of two subjects' costs over the blocks of rounds they shared.

    The interval is the exact one of a median, by the binomial distribution: it assumes no shape of noise.
    """
    ratios = _block_costs(samples) / _block_costs(others)
    middle = float(np.median(ratios))
    interval: Any = stats.quantile_test(ratios, q=middle, p=0.5).confidence_interval(CONFIDENCE)
    low, high = float(interval.low), float(interval.high)
    # Too few blocks leave a side open; what was seen is then all that can be said.
    low = low if np.isfinite(low) else float(ratios.min())
    high = high if np.isfinite(high) else float(ratios.max())
    return Figure(middle, low, high)


def kept_ints(samples: "Matrix") -> float:
    """Return the time of the codes up to 256 over that of the rest.

    CPython keeps those ints once for all, so that a ``dict`` finds them by identity and the others by
    comparing: that is the interpreter's doing, not the classifier's.
    """
    profile = cost_by_code(samples / np.median(samples, axis=1, keepdims=True))
    tens = np.median(profile.reshape(-1, NEIGHBOURS), axis=1)  # as some of the codes may be slow everywhere
    first = (LARGEST_KEPT_INT + NEIGHBOURS // 2) // NEIGHBOURS
    return float(np.median(tens[:first]) / np.median(tens[first:]))


def slope(samples: "Matrix") -> Figure:
    """Return by how much of its cost an answer grows from the first code to the last (Theil-Sen)."""
    codes = np.arange(samples.shape[1], dtype=float)
    profile = cost_by_code(samples / np.median(samples, axis=1, keepdims=True))
    fitted: Any = stats.theilslopes(profile, codes, CONFIDENCE)
    scale = float(codes[-1] - codes[0]) / float(np.median(profile))
    return Figure(*(float(each) * scale for each in (fitted[0], fitted[2], fitted[3])))


def _block_costs(samples: "Matrix") -> "Vector":
    """Return the mean over the codes of each code's median, for every block of rounds.

    A sample far above its code's own median was interrupted, and would move a mean.
    """
    undisturbed = np.minimum(samples, INTERRUPTED_FROM * cost_by_code(samples))
    return np.array([cost_by_code(block).mean() for block in _blocks(undisturbed)])


def _blocks(samples: "Matrix") -> "Iterator[Matrix]":
    for start in range(0, len(samples) - ROUNDS_IN_A_BLOCK + 1, ROUNDS_IN_A_BLOCK):
        yield samples[start : start + ROUNDS_IN_A_BLOCK]
