"""One run of the benchmark: what is measured beside what, what passes, and its JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bitsspec.bench import measurement
from bitsspec.bench.extremes import Spread
from bitsspec.bench.flatness import Flatness
from bitsspec.bench.growth import reference_for
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.measurement import Gates
from bitsspec.bench.statistic import Figure
from bitsspec.bench.subjects import Subject
from bitsspec.bench.watch import Watch
from bitsspec.candidates import Candidate, open_candidate
from tests.support.measured import FLAT, GROWTH, Answering, measured, with_another

CLOSE = replace(FLAT, instructions=None, timing=Spread(Figure(1.3, 1.2, 1.4), 0, 10))
CHAIN = replace(FLAT, instructions=InstructionCount([16, 52], [1, 1]))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Answering]:
    """Return the programs that are started beside a candidate; samples are made up."""
    started: list[Answering] = []

    def sample(given: Sequence[Subject], watch: object, *, time_limit_s: float) -> dict[str, Any]:
        if watch is not None:
            raise ZeroDivisionError
        return {subject.name: np.full((8, 1000), 40.0) for subject in given}

    def start(what: str) -> Answering:
        started.append(Answering(f"exec:{what}"))
        return started[-1]

    monkeypatch.setattr(measurement, "sample", sample)
    monkeypatch.setattr(measurement, "served", start)
    monkeypatch.setattr(measurement, "measure_growth", lambda build, _watch: ("growth of", build))
    return started


def measure(candidate: Candidate, **options: Any) -> Any:
    return measurement.measure(candidate, **options)


def test_a_program_is_measured_beside_two_programs_that_end_with_it(served: list[Answering]) -> None:
    found = measure(Answering(), against=Answering("exec:./theirs"))
    assert [(subject.name, subject.target) for subject in found.subjects] == [
        ("candidate", "exec:./mine"),
        ("against", "exec:./theirs"),
        ("reference", "the reference as a program"),
        ("floor", "the protocol alone"),
    ]
    assert set(found.flatness) == {"candidate", "against"}
    assert [program.target for program in served] == ["exec:reference", "exec:alone"]
    with pytest.raises(ZeroDivisionError):
        measure(Answering(), watch=Watch())
    assert [program.closed for program in served] == [True] * 4  # also where the measurement fails


@pytest.mark.parametrize(
    ("target", "builder", "expected"),
    [
        (None, None, reference_for),
        ("bitsspec.reference:classify", None, reference_for),
        (None, "a builder", "a builder"),
        ("bitsspec.reference:may_repost", None, None),
        ("bitsspec.reference:may_repost", "a builder", "a builder"),
    ],
)
def test_growth_is_measured_of_the_reference_and_of_what_a_builder_builds(
    served: list[Answering], target: str | None, builder: Any, expected: Any
) -> None:
    assert measure(open_candidate(target), build=builder).growth == (expected and ("growth of", expected))


@pytest.mark.parametrize(
    ("flatness", "gates", "passes", "says"),
    [
        (CHAIN, Gates(), True, "is not flat (by instructions) and costs 2.00 times the reference"),
        (CHAIN, Gates(require_flat=True), False, "is not flat"),
        (CLOSE, Gates(require_flat=True), True, "is too close to call"),
        (FLAT, Gates(require_flat=True), True, "is flat"),
        (CHAIN, Gates(max_spread=3.2), False, "; its spread is over the 3.2 allowed"),
        (
            CHAIN,
            Gates(max_spread=3.3),
            True,
            "is not flat (by instructions) and costs 2.00 times the reference; ",
        ),
        (CLOSE, Gates(max_spread=1.25), True, "its spread is too close to call against the 1.25 allowed"),
        (FLAT, Gates(max_ratio=2), True, ", within the 2 allowed"),
        (FLAT, Gates(max_ratio=1.9), True, ", too close to call against the 1.9 allowed"),
        (FLAT, Gates(max_ratio=1.8), False, ", over the 1.8 allowed"),
    ],
)
def test_it_fails_only_what_was_asked_for_and_is_clearly_missed(
    flatness: Flatness, gates: Gates, passes: bool, says: str
) -> None:
    found = measured(flatness=flatness, gates=gates)
    assert found.passes is passes
    assert says in found.conclusion


def test_a_ratio_is_over_what_is_allowed_with_its_whole_interval_only() -> None:
    found = measured(gates=Gates(max_ratio=1.8))
    noisy = found.samples["candidate"].copy()
    noisy[:4] *= 0.9
    assert replace(found, samples={**found.samples, "candidate": noisy}).passes


def test_json_holds_every_figure_with_the_digits_it_can_mean() -> None:
    found = measured(growth=GROWTH, gates=Gates(require_flat=True, max_ratio=3), times=1 / 3)
    written = json.loads(json.dumps(found.as_json()))
    assert written["target"] == "python:mine:classify"
    assert (written["passes"], written["rounds"]) == (True, 8)
    assert written["gates"] == {
        "require_flat": {"allowed": True, "result": "within"},
        "max_ratio": {"allowed": 3, "result": "within"},
    }
    assert [subject["name"] for subject in written["subjects"]] == ["candidate", "reference", "floor"]
    assert written["subjects"][0] == {
        "name": "candidate",
        "target": "python:mine:classify",
        "note": "raises at some codes",
        "ns": {"value": 13.3333, "low": 13.3333, "high": 13.3333},
        "ratio_to_reference": {"value": 0.3333, "low": 0.3333, "high": 0.3333},
        "ns_by_code": [13.33] * 1000,
    }
    assert written["flatness"] == {"candidate": FLAT.as_json()}
    assert written["growth"] == {
        "fit": "constant",
        "times": 1.023,
        "residuals": {"constant": 0.0111, "log n": 0.02, "linear": 0.3},
        "points": [{"rules": 10, "ns": 40.12}, {"rules": 1_000_000, "ns": 41.0}],
    }
    assert written["against"] is None
    written = with_another(measured()).as_json()
    assert written["against"] == {"value": 0.5, "low": 0.5, "high": 0.5}
    assert written["growth"] is None
    assert set(written["flatness"]) == {"candidate", "against"}
