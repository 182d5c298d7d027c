"""The verdict of flatness: what the two kinds of evidence come to."""

import numpy as np
import pytest

from bitsspec.bench.extremes import Single, Spread
from bitsspec.bench.flatness import Flatness, Verdict, judge
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.statistic import Figure
from bitsspec.bench.subjects import Subject
from bitsspec.benchmarks import contrasts
from bitsspec.errors import CannotRun
from tests.support.measured import FLAT, never

WITHIN = "slowest over fastest code within 1.25"
CLOSE = "the timing does not say whether it is within 1.25"
NOISY = "by instructions within 1.25, the timing is too noisy to tell"
F, N, C = Verdict.FLAT, Verdict.NOT_FLAT, Verdict.CLOSE
Range = tuple[float, float]


def figure(between: Range) -> Figure:
    return Figure(sum(between) / 2, *between)


def evidence(
    instructions: tuple[int, int] | None = (10, 10),
    timing: Range = (1.0, 1.1),
    kept: float | None = None,
    calls: int = 1,
    *,
    scattered: Range = (1.0, 1.1),
    single: Range = (1.0, 1.1),
    slow: int = 1,
) -> Flatness:
    count = None if instructions is None else InstructionCount(instructions, [calls] * 2)
    spread, one = Spread(figure(timing), 0, 500), Single(figure(single), 503, slow)
    return Flatness(1.25, count, spread, figure(scattered), one, Figure(0, 0, 0), kept)


@pytest.mark.parametrize(
    ("found", "verdict", "reason"),
    [
        (evidence((16, 20)), F, WITHIN),
        (evidence((16, 21)), N, "by instructions"),
        (evidence((16, 21), (1.4, 1.5)), N, "by instructions and timing"),
        (evidence(timing=(1.38, 1.4)), N, "by timing"),
        (evidence(timing=(1.37, 1.4)), C, CLOSE),  # the next process may find it within
        (evidence(timing=(1.2, 1.28)), F, WITHIN),
        (evidence(timing=(0.9, 1.7)), F, NOISY),
        (evidence(None, (1.0, 1.25)), F, WITHIN),
        (evidence(None, (1.2, 1.28)), C, CLOSE),
        (evidence(None, (0.9, 1.7)), C, CLOSE),
        (evidence((9, 9), (1.2, 1.28), calls=0), C, CLOSE),
        (evidence((2, 3), calls=0), F, WITHIN),  # only the caller's instructions were counted
        (evidence(kept=2.5), F, WITHIN),
        (evidence(kept=2.51), C, CLOSE),
        (evidence(kept=2.76), N, "by timing"),
        (evidence(kept=0.36), N, "by timing"),
        (evidence(scattered=(1.38, 1.4)), N, "by timing"),
        (evidence(single=(1.8, 2.0)), F, WITHIN),
        (evidence(single=(2.1, 2.3)), C, CLOSE),
        (evidence(single=(2.3, 2.5)), N, "by timing: 503 takes 2.4 times the fastest"),
        (
            evidence(single=(8e3, 1e4), slow=7),
            N,
            "by timing: 7 codes such as 503 take 9,000 times the fastest",
        ),
    ],
)
def test_the_verdict_rests_on_both_kinds_of_evidence(found: Flatness, verdict: Verdict, reason: str) -> None:
    assert found.verdict is verdict
    assert found.reason == reason


def test_a_function_has_instructions_and_timing() -> None:
    subject = Subject("candidate", "python:x", never, contrasts.if_chain)
    judged = judge(subject, np.full((8, 1000), 40.0))
    assert judged.by_instructions
    assert not judged.by_timing
    assert judged.kept_ints == 1
    assert judge(subject, np.full((8, 1000), 40.0), 10).verdict is Verdict.FLAT


@pytest.mark.parametrize("raises", [frozenset({404}), frozenset()], ids=["no more", "only now"])
def test_what_raises_at_other_codes_than_before_cannot_be_measured(raises: frozenset[int]) -> None:
    def classify(status: int) -> str:
        if (status == 404) is not bool(raises):
            raise ValueError
        return "fatal"

    subject = Subject("candidate", "python:x", never, classify, raises=raises)
    with pytest.raises(CannotRun, match="python:x cannot be measured: at"):
        judge(subject, np.full((8, 1000), 40.0))


def test_a_program_has_timing_only() -> None:
    judged = judge(Subject("candidate", "exec:x", never, takes_ints=False), np.full((8, 1000), 40.0))
    assert judged.instructions is None
    assert judged.kept_ints is None
    assert judged.verdict is Verdict.FLAT
    written = judged.as_json()
    assert (written["instructions"], written["codes_to_256_over_the_rest"]) == (None, None)


def test_json_holds_all_of_the_evidence() -> None:
    assert FLAT.as_json() == {
        "verdict": "flat",
        "reason": WITHIN,
        "max_spread": 1.25,
        "instructions": {"spread": 1.0625, "fewest": 16, "most": 17, "python_functions_entered": 2},
        "timing": {
            "spread": {"value": 1.0417, "low": 1.0312, "high": 1.0555},
            "slowest_ten_from": 40,
            "fastest_ten_from": 620,
            "slowest_tenth_over_fastest": {"value": 1.02, "low": 1.01, "high": 1.03},
            "slowest_code": 1,
            "slowest_code_over_fastest_tenth": {"value": 1.2, "low": 1.1, "high": 1.3},
        },
        "slope_over_all_codes": {"value": 0.0012, "low": -0.0123, "high": 0.0345},
        "codes_to_256_over_the_rest": 0.9877,
    }
