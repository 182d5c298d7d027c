"""One run of the benchmark: what was measured, what came out, and whether that passes."""

import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bitsspec import __version__
from bitsspec.bench import MAX_SPREAD, statistic
from bitsspec.bench.flatness import Flatness, Standing, judge, standing
from bitsspec.bench.growth import Builder, Growth, measure_growth, reference_for
from bitsspec.bench.sampling import TIME_LIMIT_S, sample
from bitsspec.bench.statistic import Figure
from bitsspec.bench.subjects import Subject, floor_subject, of_candidate, reference_subject, served
from bitsspec.bench.watch import Watch
from bitsspec.candidates import REFERENCE, Candidate

if TYPE_CHECKING:
    from bitsspec.bench.statistic import Matrix

REFERENCE_TARGETS = (REFERENCE, "python:bitsspec.reference:classify")
LONGEST_LABEL = 19
PROGRAMS_TIME_LIMIT_S = 3.0  # a round trip to a program costs what a thousand lookups cost


@dataclass(frozen=True, slots=True)
class Gates:
    """What the candidate must not miss; nothing unless asked for."""

    require_flat: bool = False
    max_ratio: float | None = None
    max_spread: float | None = None


@dataclass(frozen=True)
class Measurement:
    """What was measured in one process, interleaved."""

    subjects: Sequence[Subject]
    """The candidate first, then what it is measured beside."""
    samples: "dict[str, Matrix]"
    flatness: dict[str, Flatness]
    """For the candidate, and for the second one if there is one."""
    growth: Growth | None
    gates: Gates = Gates()

    @property
    def candidate(self) -> Subject:
        """The candidate itself."""
        return self.subjects[0]

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each subject is called where people read: a candidate by the end of its target."""
        found = {subject.name: subject.name for subject in self.subjects if subject.name not in self.flatness}
        for subject in self.subjects:
            if subject.name in self.flatness:
                label = _end_of(subject.target)
                found[subject.name] = f"{label} (2)" if label in found.values() else label
        return found

    @property
    def rounds(self) -> int:
        """How often every status code was timed."""
        return len(self.samples[self.candidate.name])

    @property
    def machine(self) -> str:
        """The interpreter and the machine, which every figure hangs on."""
        python = f"{platform.python_implementation()} {platform.python_version()}"
        return f"{python}, {platform.system()} {platform.machine()}"

    def cost(self, subject: Subject) -> Figure:
        """Return the ns of an answer: the median and the quartiles."""
        return statistic.cost(self.samples[subject.name])

    def ratio(self, name: str, other: str) -> Figure:
        """Return the ratio of two subjects' costs."""
        return statistic.ratio(self.samples[name], self.samples[other])

    @property
    def standings(self) -> dict[str, Standing]:
        """Where the candidate stands to each gate that was asked for."""
        flatness, gates = self.flatness["candidate"], self.gates
        found = {}
        if gates.require_flat:
            found["require_flat"] = flatness.standing
        if gates.max_ratio is not None:
            found["max_ratio"] = standing(self.ratio("candidate", "reference"), gates.max_ratio)
        if gates.max_spread is not None:
            found["max_spread"] = replace(flatness, max_spread=gates.max_spread).standing
        return found

    @property
    def passes(self) -> bool:
        """Whether nothing that was asked for is clearly missed."""
        return Standing.OVER not in self.standings.values()

    @property
    def conclusion(self) -> str:
        """Say in one line what came out."""
        flatness, ratio = self.flatness["candidate"], self.ratio("candidate", "reference")
        found, gates = self.standings, self.gates
        slower = f", {found['max_ratio']} the {gates.max_ratio:g} allowed" if "max_ratio" in found else ""
        apart = (
            f"; its spread is {found['max_spread']} the {gates.max_spread:g} allowed"
            if "max_spread" in found
            else ""
        )
        return (
            f"{self.candidate.target} is {flatness.verdict} ({flatness.reason}) "
            f"and costs {ratio.value:,.2f} times the reference{slower}{apart}"
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "bitsspec": __version__,
            "target": self.candidate.target,
            "passes": self.passes,
            "python": sys.version.split()[0],
            "machine": self.machine,
            "rounds": self.rounds,
            "gates": {
                name: {"allowed": getattr(self.gates, name), "result": str(found)}
                for name, found in self.standings.items()
            },
            "subjects": [
                {
                    "name": subject.name,
                    "target": subject.target,
                    "note": subject.note,
                    "ns": self.cost(subject).as_json(),
                    "ratio_to_reference": self.ratio(subject.name, "reference").as_json(),
                    "ns_by_code": [
                        round(float(ns), 2) for ns in statistic.cost_by_code(self.samples[subject.name])
                    ],
                }
                for subject in self.subjects
            ],
            "against": self.ratio("candidate", "against").as_json() if "against" in self.samples else None,
            "flatness": {name: flatness.as_json() for name, flatness in self.flatness.items()},
            "growth": self.growth and self.growth.as_json(),
        }


def measure(
    candidate: Candidate,
    *,
    against: Candidate | None = None,
    build: Builder | None = None,
    gates: Gates = Gates(),
    watch: Watch | None = None,
) -> Measurement:
    """Measure ``candidate`` beside the reference and the floor, and ``against`` if there is one.

    A program is measured beside the reference as a program, and the floor is then the protocol alone.
    Raises `CannotRun` when something cannot be measured.
    """
    judged = [of_candidate("candidate", candidate, watch)]
    if against is not None:
        judged.append(of_candidate("against", against, watch))
    programs = candidate.takes_text_only
    serving = [served("reference"), served("alone")] if programs else []
    try:
        if programs:
            reference, protocol = (
                of_candidate(name, program)
                for name, program in zip(("reference", "floor"), serving, strict=True)
            )
            beside = [
                replace(reference, target="the reference as a program"),
                replace(protocol, target="the protocol alone"),
            ]
        else:
            beside = [reference_subject(), floor_subject()]
        subjects = [*judged, *beside]
        limit = PROGRAMS_TIME_LIMIT_S if programs else TIME_LIMIT_S
        samples = sample(subjects, watch, time_limit_s=limit)
    finally:
        for program in serving:
            program.close()
    if build is None and candidate.target in REFERENCE_TARGETS:
        build = reference_for
    return Measurement(
        subjects,
        samples,
        {subject.name: judge(subject, samples[subject.name], MAX_SPREAD, watch) for subject in judged},
        measure_growth(build, watch) if build is not None else None,
        gates,
    )


def _end_of(target: str) -> str:
    """Return the longest part at the end of a target, from the start of a word, that fits a table."""
    bare = target.removeprefix("python:")
    tails = [bare, *(bare[found.end() :] for found in re.finditer(r"[.:/\\ ]+", bare))]
    return next((tail for tail in tails if 0 < len(tail) <= LONGEST_LABEL), bare[-LONGEST_LABEL:])
