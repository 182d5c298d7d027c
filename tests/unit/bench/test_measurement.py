"""One run of the benchmark: what is measured beside what, what passes, and its JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bitsspec.bench import measurement
from bitsspec.bench.flatness import Flatness
from bitsspec.bench.growth import reference_for
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.statistic import Figure, Spread
from bitsspec.bench.subjects import Classify, Subject
from bitsspec.candidates import Candidate, open_candidate
from tests.support.measured import FLAT, GROWTH, Answering, measured, with_another

WITHIN = "slowest over fastest code within 1.25"
UNCONFIRMED = replace(FLAT, instructions=None, timing=Spread(Figure(1.3, 1.2, 1.4), 0, 10))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Answering]:
    """Return the programs that are started beside a candidate; samples are made up."""
    started: list[Answering] = []

    def sample(given: Sequence[Subject], progress: object, *, time_limit_s: float) -> dict[str, Any]:
        if progress is not None:
            raise ZeroDivisionError
        return {subject.name: np.full((8, 1000), 40.0) for subject in given}

    def start(what: str) -> Answering:
        started.append(Answering(f"exec:{what}"))
        return started[-1]

    monkeypatch.setattr(measurement, "sample", sample)
    monkeypatch.setattr(measurement, "served", start)
    monkeypatch.setattr(measurement, "measure_growth", lambda build: ("growth of", build))
    return started


def measure(candidate: Candidate, **options: Any) -> Any:
    return measurement.measure(candidate, max_spread=1.25, **options)


def pairs(found: Measurement) -> list[tuple[str, str]]:
    return [(subject.name, subject.target) for subject in found.subjects]


def test_a_function_is_measured_beside_the_reference_and_a_tuple(served: list[Answering]) -> None:
    found = measure(open_candidate("bitsspec.reference:may_repost"))
    assert pairs(found) == [
        ("candidate", "python:bitsspec.reference:may_repost"),
        ("reference", "python:bitsspec.reference"),
        ("floor", "one item of a tuple"),
    ]
    assert not served


def test_a_program_is_measured_beside_two_programs_that_end_with_it(served: list[Answering]) -> None:
    found = measure(Answering(), against=Answering("exec:./theirs"))
    assert pairs(found) == [
        ("candidate", "exec:./mine"),
        ("against", "exec:./theirs"),
        ("reference", "the reference as a program"),
        ("floor", "the protocol alone"),
    ]
    assert set(found.flatness) == {"candidate", "against"}
    assert [(program.target, program.closed) for program in served] == [
        ("exec:reference", True),
        ("exec:alone", True),
    ]


def test_the_programs_beside_it_end_although_the_measurement_fails(served: list[Answering]) -> None:
    with pytest.raises(ZeroDivisionError):
        measure(Answering(), progress=print)
    assert [program.closed for program in served] == [True, True]


def build(_rules: int) -> Classify:
    raise AssertionError


@pytest.mark.parametrize("target", [None, "bitsspec.reference:classify"])
def test_the_growth_of_the_reference_is_always_measured(served: list[Answering], target: str | None) -> None:
    assert measure(open_candidate(target)).growth == ("growth of", reference_for)
    assert measure(open_candidate(target), build=build).growth == ("growth of", build)


def test_the_growth_of_anything_else_is_measured_where_a_builder_is_named(served: list[Answering]) -> None:
    assert measure(Answering()).growth is None
    assert measure(Answering(), build=build).growth == ("growth of", build)


@pytest.mark.parametrize(
    ("flatness", "max_ratio", "passes", "says"),
    [
        (FLAT, None, True, f"is flat ({WITHIN}) and costs 2.00 times the reference"),
        (FLAT, 2.0, True, "and costs 2.00 times the reference, within the 2 allowed"),
        (FLAT, 1.5, False, "and costs 2.00 times the reference, over the 1.5 allowed"),
        (replace(FLAT, kept_ints=9.0), None, False, "is not flat (by timing) and costs 2.00 times"),
        (UNCONFIRMED, None, True, "is unconfirmed (the timing is too noisy to tell) and costs 2.00 times"),
    ],
    ids=["flat", "within", "over", "not flat", "unconfirmed"],
)
def test_what_is_not_flat_or_too_slow_does_not_pass(
    flatness: Flatness, max_ratio: float | None, passes: bool, says: str
) -> None:
    found = measured(flatness=flatness, max_ratio=max_ratio)
    assert found.passes is passes
    assert says in found.conclusion


def test_a_ratio_is_over_what_is_allowed_with_its_whole_interval_only() -> None:
    found = measured(max_ratio=1.9)
    assert found.too_slow
    noisy = found.samples["candidate"].copy()
    noisy[:4] *= 0.9
    assert not replace(found, samples={**found.samples, "candidate": noisy}).too_slow


def test_json_holds_every_figure_with_the_digits_it_can_mean() -> None:
    found = measured(growth=GROWTH, max_ratio=3, times=1 / 3)
    written = json.loads(json.dumps(found.as_json()))
    assert written["target"] == "python:mine:classify"
    assert (written["passes"], written["rounds"], written["max_ratio"]) == (True, 8, 3)
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
    assert written["growth"] == GROWTH.as_json()
    assert written["against"] is None


def test_json_holds_what_two_candidates_cost_and_null_where_no_growth_was_measured() -> None:
    written = with_another(measured()).as_json()
    assert written["against"] == {"value": 0.5, "low": 0.5, "high": 0.5}
    assert written["growth"] is None
    assert set(written["flatness"]) == {"candidate", "against"}
