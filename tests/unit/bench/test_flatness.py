"""The verdict of flatness: what the two kinds of evidence come to."""

import numpy as np
import pytest

from bitsspec.bench.flatness import Flatness, Verdict, judge
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.statistic import Figure, Spread
from bitsspec.bench.subjects import Subject
from bitsspec.benchmarks import contrasts
from tests.support.measured import FLAT, never

WITHIN = "slowest over fastest code within 1.25"
TOO_NOISY = "the timing is too noisy to tell"
F, N, U = Verdict.FLAT, Verdict.NOT_FLAT, Verdict.UNCONFIRMED


def evidence(
    instructions: tuple[int, int] | None,
    timing: tuple[float, float],
    kept: float | None = None,
    calls: int = 1,
) -> Flatness:
    count = None if instructions is None else InstructionCount(instructions, [calls] * 2)
    low, high = timing
    return Flatness(1.25, count, Spread(Figure((low + high) / 2, low, high), 0, 500), Figure(0, 0, 0), kept)


@pytest.mark.parametrize(
    ("found", "verdict", "reason"),
    [
        (evidence((16, 20), (1.0, 1.1)), F, WITHIN),
        (evidence((16, 21), (1.0, 1.1)), N, "by instructions"),
        (evidence((16, 21), (1.3, 1.4)), N, "by instructions and timing"),
        (evidence((10, 10), (1.26, 1.4)), N, "by timing"),
        (evidence((10, 10), (1.25, 1.4)), F, WITHIN),
        (evidence(None, (1.0, 1.25)), F, WITHIN),
        (evidence(None, (1.2, 1.4)), U, TOO_NOISY),
        (evidence((9, 9), (1.2, 1.4), calls=0), U, TOO_NOISY),
        (evidence((2, 3), (1.0, 1.1), calls=0), F, WITHIN),  # only the caller's instructions were counted
        (evidence((10, 10), (1.0, 1.1), kept=2.5), F, WITHIN),
        (evidence((10, 10), (1.0, 1.1), kept=2.51), N, "by timing"),
        (evidence((10, 10), (1.0, 1.1), kept=0.39), N, "by timing"),
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
        },
        "slope_over_all_codes": {"value": 0.0012, "low": -0.0123, "high": 0.0345},
        "codes_to_256_over_the_rest": 0.9877,
    }
