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
RESAMPLES = 1000
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


@dataclass(frozen=True, slots=True)
class Spread:
    """The slowest ten neighbouring codes' time over the fastest ten's, and where they start."""

    figure: Figure
    slowest: int
    fastest: int


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


def spread(samples: "Matrix", *, ints_in_process: bool) -> Spread:
    """Return the slowest time over the status codes against the fastest.

    A single code's time hangs on where its ``int`` lies in memory, so ten neighbours speak together.
    Which tens are slowest and fastest is decided in one half of the rounds and measured in the other, and
    the other way round: the largest of many noisy times would always look slow in the half that chose it.

    With ``ints_in_process`` the codes up to 256 are compared with each other only, and so are the rest.
    """
    tens = _tens(samples)
    kinds = _kinds(tens.shape[1]) if ints_in_process else [range(tens.shape[1])]
    logs: list[float] = []
    resampled = np.zeros(RESAMPLES)
    random = np.random.default_rng(0)
    for choosing, measuring in ((tens[0::2], tens[1::2]), (tens[1::2], tens[0::2])):
        both = measuring[:, _extremes(choosing, kinds)]
        logs.append(float(_log_ratio(both[None])[0]))
        draws = random.integers(0, len(both), (RESAMPLES, len(both)))
        resampled += _log_ratio(both[draws]) / 2
    tail = (1 - CONFIDENCE) / 2
    low, high = np.exp(np.quantile(resampled, (tail, 1 - tail)))
    slowest, fastest = _extremes(tens, kinds)
    return Spread(
        Figure(float(np.exp(np.mean(logs))), float(low), float(high)),
        slowest * NEIGHBOURS,
        fastest * NEIGHBOURS,
    )


def kept_ints(samples: "Matrix") -> float:
    """Return the time of the codes up to 256 over that of the rest.

    CPython keeps those ints once for all, so that a ``dict`` finds them by identity and the others by
    comparing: that is the interpreter's doing, not the classifier's.
    """
    cost = cost_by_code(_tens(samples))
    kept, others = (np.median(cost[list(kind)]) for kind in _kinds(len(cost)))
    return float(kept / others)


def slope(samples: "Matrix") -> Figure:
    """Return by how much of its cost an answer grows from the first code to the last (Theil-Sen)."""
    codes = np.arange(samples.shape[1], dtype=float)
    profile = cost_by_code(samples / np.median(samples, axis=1, keepdims=True))
    fitted: Any = stats.theilslopes(profile, codes, CONFIDENCE)
    scale = float(codes[-1] - codes[0]) / float(np.median(profile))
    return Figure(*(float(each) * scale for each in (fitted[0], fitted[2], fitted[3])))


def _tens(samples: "Matrix") -> "Matrix":
    """Return the median of every ten neighbouring codes in each round, relative to that round's median."""
    rounds, codes = samples.shape
    relative = samples / np.median(samples, axis=1, keepdims=True)
    return np.asarray(np.median(relative.reshape(rounds, codes // NEIGHBOURS, NEIGHBOURS), axis=2))


def _kinds(tens: int) -> list[range]:
    first = (LARGEST_KEPT_INT + NEIGHBOURS // 2) // NEIGHBOURS
    return [range(first), range(first, tens)]


def _extremes(tens: "Matrix", kinds: list[range]) -> tuple[int, int]:
    """Return the slowest and the fastest column of the kind in which these are farthest apart."""
    cost = cost_by_code(tens)
    pairs = [(max(kind, key=cost.__getitem__), min(kind, key=cost.__getitem__)) for kind in kinds]
    return max(pairs, key=lambda pair: float(cost[pair[0]] / cost[pair[1]]))


def _log_ratio(pairs: "np.ndarray[Any, np.dtype[np.float64]]") -> "Vector":
    typical = np.median(pairs, axis=1)
    return np.asarray(np.log(typical[:, 0] / typical[:, 1]))


def _block_costs(samples: "Matrix") -> "Vector":
    """Return the mean over the codes of each code's median, for every block of rounds.

    A sample far above its code's own median was interrupted, and would move a mean.
    """
    undisturbed = np.minimum(samples, INTERRUPTED_FROM * cost_by_code(samples))
    return np.array([cost_by_code(block).mean() for block in _blocks(undisturbed)])


def _blocks(samples: "Matrix") -> "Iterator[Matrix]":
    for start in range(0, len(samples) - ROUNDS_IN_A_BLOCK + 1, ROUNDS_IN_A_BLOCK):
        yield samples[start : start + ROUNDS_IN_A_BLOCK]
