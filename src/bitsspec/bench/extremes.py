"""How far the slowest codes lie from the fastest: ten neighbours, a tenth wherever it lies, a single code.

Which are slowest and fastest is decided in one half of the rounds and measured in the other, and the other
way round: the largest of many noisy times would always look slow in the half that chose it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bitsspec.bench.statistic import CONFIDENCE, LARGEST_KEPT_INT, NEIGHBOURS, Figure, cost_by_code

if TYPE_CHECKING:
    from bitsspec.bench.statistic import Matrix, Vector

RESAMPLES = 1000
NEARLY_ALL = 0.9  # of its rounds a single code must be slow in
UNSTEADY = 0.25  # of the samples are twice or half the usual time of their code: then medians jump
LARGEST_COUNTED = 0.9  # of the samples, where means are taken: larger ones were interrupted

Columns = Sequence[int]
Pair = tuple[Columns, Columns]
"""The slowest and the fastest codes."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The slowest ten neighbouring codes' time over the fastest ten's, and where they start."""

    figure: Figure
    slowest: int
    fastest: int


@dataclass(frozen=True, slots=True)
class Single:
    """The slowest single code's time in nearly all of its rounds over that of the fastest tenth."""

    figure: Figure
    slowest: int
    count: int
    """How many codes are nearer to it than to the fastest ones."""


class Extremes:
    """The samples of one subject, relative to what is usual in their round.

    With ``ints_in_process`` the codes up to 256 are compared with each other only, and so are the rest.
    """

    def __init__(self, samples: "Matrix", *, ints_in_process: bool) -> None:
        apart = samples / np.median(samples, axis=1, keepdims=True)
        apart /= cost_by_code(apart)
        # What a call does now and then, such as at every 100th call, can show in half of the samples: a
        # median is then the one or the other by chance, and a mean is not.
        self._unsteady = bool(np.mean((apart > 2) | (apart < 0.5)) > UNSTEADY)
        self._usual: Any = np.mean if self._unsteady else np.median
        self._whole = samples / self._middle(samples, axis=1)[:, None]
        codes = samples.shape[1]
        kept = LARGEST_KEPT_INT + 1
        self._kinds = [range(kept), range(kept, codes)] if ints_in_process else [range(codes)]

    def neighbours(self) -> Spread:
        """Compare ten neighbours: a single code's time hangs on where its ``int`` lies in memory."""
        slowest, fastest = self._tens(self._whole)
        return Spread(self._figure(self._tens), slowest[0], fastest[0])

    def scattered(self) -> Figure:
        """Compare the slowest tenth of the codes with the fastest, wherever these lie."""
        return self._figure(self._tenths)

    def single(self) -> Single:
        """Compare the slowest code with the fastest tenth: slow now and then does not count."""
        ratios = []
        for choosing, measuring in _halves(self._whole):
            code, fastest, _ = self._slowest(choosing)
            ratios.append(float(_nearly_least(measuring)[code]) / self._time(measuring, fastest))
        code, fastest, ratio = self._slowest(self._whole)
        nearer = _nearly_least(self._whole) > self._time(self._whole, fastest) * ratio**0.5
        value = float(np.exp(np.mean(np.log(ratios))))
        return Single(Figure(value, min(ratios), max(ratios)), code, int(nearer.sum()))

    def _middle(self, samples: "np.ndarray[Any, np.dtype[np.float64]]", axis: int) -> "Vector":
        if self._unsteady:
            samples = np.minimum(samples, np.quantile(samples, LARGEST_COUNTED))
        return np.asarray(self._usual(samples, axis=axis))

    def _time(self, rounds: "Matrix", columns: Columns) -> float:
        return float(self._usual(self._middle(rounds[:, columns], axis=1), axis=0))

    def _tens(self, rounds: "Matrix") -> Pair:
        in_tens = rounds.reshape(len(rounds), -1, NEIGHBOURS)
        times = self._usual(self._middle(in_tens, axis=2), axis=0)
        pairs = []
        for kind in self._kinds:
            # The ten from 250 on counts as kept.
            within = [ten for ten in range(len(times)) if ten * NEIGHBOURS + NEIGHBOURS // 2 in kind]
            pairs.append((max(within, key=times.__getitem__), min(within, key=times.__getitem__)))
        slowest, fastest = max(pairs, key=lambda pair: float(times[pair[0]] / times[pair[1]]))
        return _ten(slowest), _ten(fastest)

    def _tenths(self, rounds: "Matrix") -> Pair:
        pairs = [self._tenths_of(rounds, kind) for kind in self._kinds]
        return max(pairs, key=lambda pair: self._time(rounds, pair[0]) / self._time(rounds, pair[1]))

    def _tenths_of(self, rounds: "Matrix", kind: range) -> Pair:
        order = kind.start + np.argsort(self._middle(rounds[:, kind], axis=0))
        size = max(1, len(kind) // 10)
        return order[-size:].tolist(), order[:size].tolist()

    def _slowest(self, rounds: "Matrix") -> tuple[int, Columns, float]:
        """Return the slowest code, the fastest ones of its kind, and how far it lies from them."""
        least, found = _nearly_least(rounds), []
        for kind in self._kinds:
            code, fastest = max(kind, key=least.__getitem__), self._tenths_of(rounds, kind)[1]
            found.append((code, fastest, float(least[code]) / self._time(rounds, fastest)))
        return max(found, key=lambda each: each[2])

    def _figure(self, choose: Callable[["Matrix"], Pair]) -> Figure:
        """Return the ratio of what is chosen, with the interval of a bootstrap over the rounds."""
        logs: list[float] = []
        resampled = np.zeros(RESAMPLES)
        random = np.random.default_rng(0)
        for choosing, measuring in _halves(self._whole):
            both = np.column_stack([self._middle(measuring[:, each], axis=1) for each in choose(choosing)])
            logs.append(float(self._log_ratio(both[None])[0]))
            draws = random.integers(0, len(both), (RESAMPLES, len(both)))
            resampled += self._log_ratio(both[draws]) / 2
        tail = (1 - CONFIDENCE) / 2
        low, high = np.exp(np.quantile(resampled, (tail, 1 - tail)))
        return Figure(float(np.exp(np.mean(logs))), float(low), float(high))

    def _log_ratio(self, pairs: "np.ndarray[Any, np.dtype[np.float64]]") -> "Vector":
        usual = self._usual(pairs, axis=1)
        return np.asarray(np.log(usual[:, 0] / usual[:, 1]))


def _ten(number: int) -> range:
    return range(number * NEIGHBOURS, (number + 1) * NEIGHBOURS)


def _halves(rounds: "Matrix") -> "Iterator[tuple[Matrix, Matrix]]":
    yield rounds[0::2], rounds[1::2]
    yield rounds[1::2], rounds[0::2]


def _nearly_least(rounds: "Matrix") -> "Vector":
    return np.asarray(np.quantile(rounds, 1 - NEARLY_ALL, axis=0, method="lower"))
