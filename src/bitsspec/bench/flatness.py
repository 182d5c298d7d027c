"""Whether an answer costs the same for every status code, by two kinds of evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bitsspec.bench import MAX_SPREAD, statistic
from bitsspec.bench.extremes import Extremes, Single, Spread
from bitsspec.bench.instructions import InstructionCount, count_instructions
from bitsspec.bench.statistic import Figure
from bitsspec.bench.subjects import Subject, cannot_go_on
from bitsspec.bench.watch import Watch
from bitsspec.spec.vocabulary import STATUS_CODES

if TYPE_CHECKING:
    from bitsspec.bench.statistic import Matrix

MARGIN = 1.1
"""A time is over what is allowed when its whole interval is over so many times that.

Where things lie in memory makes it a few percent more or less in the next process.
"""
KEPT_INTS_ALLOWANCE = 2.0
"""How much more than the bar the codes up to 256 and the rest may differ: a dict finds the former faster."""
SINGLE_ALLOWANCE = 1.6
"""How much more than the bar a single code may differ: its time hangs on where its int lies in memory."""


class Standing(StrEnum):
    """Where a figure stands to what is allowed."""

    WITHIN = "within"
    CLOSE = "too close to call against"
    OVER = "over"


def standing(figure: Figure, allowed: float) -> Standing:
    """Return where a measured figure stands: over only where another process would hardly find it within."""
    if figure.low > allowed * MARGIN:
        return Standing.OVER
    return Standing.CLOSE if figure.value > allowed else Standing.WITHIN


class Verdict(StrEnum):
    """What the evidence comes to."""

    FLAT = "flat"
    NOT_FLAT = "not flat"
    CLOSE = "too close to call"
    """Over the bar, but not clearly; or without instructions to count, and the time too noisy."""


@dataclass(frozen=True, slots=True)
class Flatness:
    """The evidence for one subject."""

    max_spread: float
    instructions: InstructionCount | None
    """None where there is no Python function to look at."""
    timing: Spread
    scattered: Figure
    single: Single
    slope: Figure
    kept_ints: float | None
    """The time of the codes whose ints CPython keeps over the rest; None where no int is handed over."""

    @property
    def verdict(self) -> Verdict:
        """Judge: not flat once a spread is over the bar, for the timing with its whole interval."""
        if self.by_instructions or self.by_timing:
            return Verdict.NOT_FLAT
        return (
            Verdict.CLOSE
            if any(self._is_close(figure, bar) for figure, bar in self._timings())
            else Verdict.FLAT
        )

    @property
    def standing(self) -> Standing:
        """Where the spread stands to what is allowed."""
        return {
            Verdict.FLAT: Standing.WITHIN,
            Verdict.CLOSE: Standing.CLOSE,
            Verdict.NOT_FLAT: Standing.OVER,
        }[self.verdict]

    @property
    def _seen(self) -> InstructionCount | None:
        """The instructions, where they are the candidate's own and not those of its caller alone."""
        return self.instructions if self.instructions is not None and self.instructions.sees_code else None

    def _timings(self) -> Iterator[tuple[Figure, float]]:
        """Yield what was timed, and the bar for each."""
        yield self.timing.figure, self.max_spread
        yield self.scattered, self.max_spread
        yield self.single.figure, self.max_spread * SINGLE_ALLOWANCE
        if self.kept_ints is not None:
            apart = max(self.kept_ints, 1 / self.kept_ints)
            yield Figure(apart, apart, apart), self.max_spread * KEPT_INTS_ALLOWANCE

    def _is_close(self, figure: Figure, bar: float) -> bool:
        """Whether it may well be over; what may as well be none is left to the instructions."""
        if self._seen is None:
            return figure.high > bar
        return figure.value > bar and figure.low > 1

    @property
    def by_instructions(self) -> bool:
        """Whether the instructions alone are not flat."""
        return self._seen is not None and self._seen.spread > self.max_spread

    @property
    def by_timing(self) -> bool:
        """Whether the timing alone is not flat."""
        return any(standing(figure, bar) is Standing.OVER for figure, bar in self._timings())

    @property
    def reason(self) -> str:
        """Say in a few words what the verdict rests on."""
        causes = ["instructions"] * self.by_instructions + ["timing"] * self.by_timing
        if causes:
            return f"by {' and '.join(causes)}{self._standing_out()}"
        if self.verdict is Verdict.CLOSE:
            return f"the timing does not say whether it is within {self.max_spread:g}"
        if any(figure.value > bar for figure, bar in self._timings()):
            return f"by instructions within {self.max_spread:g}, the timing is too noisy to tell"
        return f"slowest over fastest code within {self.max_spread:g}"

    def _standing_out(self) -> str:
        """Name the codes that alone are slow, where that is what makes it not flat."""
        single, bar = self.single, self.max_spread * SINGLE_ALLOWANCE
        if standing(single.figure, bar) is not Standing.OVER:
            return ""
        codes = (
            f"{single.slowest:03d} takes"
            if single.count == 1
            else f"{single.count} codes such as {single.slowest:03d} take"
        )
        times = single.figure.value
        return f": {codes} {times:,.{0 if times >= 10 else 1}f} times the fastest"

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        counted = self.instructions
        return {
            "verdict": str(self.verdict),
            "reason": self.reason,
            "max_spread": self.max_spread,
            "instructions": counted
            and {
                "spread": round(counted.spread, 4),
                "fewest": min(counted.instructions),
                "most": max(counted.instructions),
                "python_functions_entered": max(counted.calls),
            },
            "timing": {
                "spread": self.timing.figure.as_json(),
                "slowest_ten_from": self.timing.slowest,
                "fastest_ten_from": self.timing.fastest,
                "slowest_tenth_over_fastest": self.scattered.as_json(),
                "slowest_code": self.single.slowest,
                "slowest_code_over_fastest_tenth": self.single.figure.as_json(),
            },
            "slope_over_all_codes": self.slope.as_json(),
            "codes_to_256_over_the_rest": self.kept_ints and round(self.kept_ints, 4),
        }


def judge(
    subject: Subject, samples: "Matrix", max_spread: float = MAX_SPREAD, watch: Watch | None = None
) -> Flatness:
    """Return the evidence for ``subject``, whose samples over all status codes were taken.

    Raises `CannotRun` where it now raises at other codes than before.
    """
    counted = None
    if subject.function is not None:
        counted = count_instructions(subject.function, STATUS_CODES, watch)
        changed = counted.raised ^ subject.raises
        if changed:
            status = min(changed)
            raise cannot_go_on(
                subject.target, status, "raises" if status in counted.raised else "does not raise"
            )
    extremes = Extremes(samples, ints_in_process=subject.takes_ints)
    return Flatness(
        max_spread,
        counted,
        extremes.neighbours(),
        extremes.scattered(),
        extremes.single(),
        statistic.slope(samples),
        statistic.kept_ints(samples) if subject.takes_ints else None,
    )
