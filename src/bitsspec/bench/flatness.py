"""Whether an answer costs the same for every status code, by two kinds of evidence."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bitsspec.bench import MAX_SPREAD, statistic
from bitsspec.bench.instructions import InstructionCount, count_instructions
from bitsspec.bench.statistic import Figure, Spread
from bitsspec.bench.subjects import Subject
from bitsspec.spec.vocabulary import STATUS_CODES

if TYPE_CHECKING:
    from bitsspec.bench.statistic import Matrix

KEPT_INTS_ALLOWANCE = 2.0
"""How much more than the bar the codes up to 256 and the rest may differ: a dict finds the former faster."""


class Verdict(StrEnum):
    """What the evidence comes to."""

    FLAT = "flat"
    NOT_FLAT = "not flat"
    UNCONFIRMED = "unconfirmed"
    """Nothing speaks against it, but there are no instructions to count and the time is too noisy."""


@dataclass(frozen=True, slots=True)
class Flatness:
    """The evidence for one subject."""

    max_spread: float
    instructions: InstructionCount | None
    """None where there is no Python function to look at."""
    timing: Spread
    slope: Figure
    kept_ints: float | None
    """The time of the codes whose ints CPython keeps over the rest; None where no int is handed over."""

    @property
    def verdict(self) -> Verdict:
        """Judge: not flat once a spread is over the bar, for the timing with its whole interval."""
        if self.by_instructions or self.by_timing:
            return Verdict.NOT_FLAT
        if self._seen is None and self.timing.figure.high > self.max_spread:
            return Verdict.UNCONFIRMED
        return Verdict.FLAT

    @property
    def _seen(self) -> InstructionCount | None:
        """The instructions, where they are the candidate's own and not those of its caller alone."""
        return self.instructions if self.instructions is not None and self.instructions.sees_code else None

    @property
    def by_instructions(self) -> bool:
        """Whether the instructions alone are not flat."""
        return self._seen is not None and self._seen.spread > self.max_spread

    @property
    def by_timing(self) -> bool:
        """Whether the timing alone is not flat."""
        kinds = self.kept_ints or 1.0
        apart = max(kinds, 1 / kinds) > self.max_spread * KEPT_INTS_ALLOWANCE
        return apart or self.timing.figure.low > self.max_spread

    @property
    def reason(self) -> str:
        """Say in a few words what the verdict rests on."""
        causes = ["instructions"] * self.by_instructions + ["timing"] * self.by_timing
        if causes:
            return f"by {' and '.join(causes)}"
        if self.verdict is Verdict.UNCONFIRMED:
            return "the timing is too noisy to tell"
        return f"slowest over fastest code within {self.max_spread:g}"

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
            },
            "slope_over_all_codes": self.slope.as_json(),
            "codes_to_256_over_the_rest": self.kept_ints and round(self.kept_ints, 4),
        }


def judge(subject: Subject, samples: "Matrix", max_spread: float = MAX_SPREAD) -> Flatness:
    """Return the evidence for ``subject``, whose samples over all status codes were taken."""
    return Flatness(
        max_spread,
        count_instructions(subject.function, STATUS_CODES) if subject.function is not None else None,
        statistic.spread(samples, ints_in_process=subject.takes_ints),
        statistic.slope(samples),
        statistic.kept_ints(samples) if subject.takes_ints else None,
    )
