"""The measurement as a person reads it in a terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from bitsspec.bench import terminal
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.measurement import Measurement
from tests.support.measured import FLAT, GROWTH, measured, named, with_another

CONCLUSION = "is flat (slowest over fastest code within 1.25) and costs 2.00 times the reference"


def lines(measurement: Measurement, width: int = 120) -> list[str]:
    to = io.StringIO()
    terminal.show(Console(file=to, width=width, highlight=False), measurement)
    return [line.rstrip() for line in to.getvalue().splitlines()]


def test_conclusion_costs_and_evidence_are_shown() -> None:
    measurement = measured(growth=GROWTH)
    assert lines(measurement) == [
        f"python:mine:classify {CONCLUSION}",
        f"measured 8 rounds of 1,000 codes on {measurement.machine}",
        "",
        "               ns per answer (quartiles)  times the reference",
        "mine:classify  80.0 (80.0-80.0)           2.00 (2.00-2.00)     raises at some codes",
        "reference      40.0 (40.0-40.0)           1",
        "floor          20.0 (20.0-20.0)           0.50 (0.50-0.50)     one item",
        "",
        "mine:classify   flat              slowest over fastest code within 1.25",
        "  instructions  1.06              17 and 16, such as at 001 and 000",
        "  timing        1.04 (1.03-1.06)  slowest about 040-049, fastest about 620-629",
        "  scattered     1.02 (1.01-1.03)  slowest over fastest tenth of the codes",
        "  one code      1.20 (1.10-1.30)  slowest at 001, over the fastest tenth",
        "  slope         +0.1%             from 000 to 999 (-1.2% to +3.5%)",
        "  000-256       0.99              of the time of the rest (CPython keeps these ints)",
        "  growth        constant          1.02 times the cost from 10 to 1,000,000 rules",
        "                                  residuals: constant 1%, log n 2%, linear 30%",
    ]


def test_two_candidates_are_shown_beside_each_other_with_the_growth_of_the_first_alone() -> None:
    shown = lines(with_another(measured(growth=GROWTH)))
    assert shown[:3] == [
        f"python:mine:classify {CONCLUSION}",
        "python:mine:classify costs 0.50 (0.50-0.50) times python:theirs:classify",
        "python:theirs:classify is flat (slowest over fastest code within 1.25)",
    ]
    assert "theirs:classify  160.0 (160.0-160.0)        4.00 (4.00-4.00)" in shown
    assert sum(line.startswith("  growth") for line in shown) == 1
    assert "theirs:classify  flat              slowest over fastest code within 1.25" in shown


@pytest.mark.parametrize(
    ("counted", "says"),
    [
        (InstructionCount([16, 20], [1, 1]), "20 and 16, such as at 001 and 000"),
        (InstructionCount([16, 16], [1, 1]), "16 at every code"),
        (InstructionCount([9, 9], [0, 0]), "it is not written in Python: says nothing"),
        (None, "no Python function to look at"),
    ],
)
def test_what_the_instructions_say_is_shown(counted: InstructionCount | None, says: str) -> None:
    assert next(terminal.evidence(replace(FLAT, instructions=counted)))[2] == says


def test_a_narrow_terminal_keeps_sentences_and_figures_on_one_line() -> None:
    target = f"python:{'a_package.' * 10}classify"
    shown = lines(with_another(named(target)), 66)
    assert shown[:2] == [
        f"{target} {CONCLUSION}",
        f"{target} costs 0.50 (0.50-0.50) times python:theirs:classify",
    ]
    assert any("80.0 (80.0-80.0)           2.00 (2.00-2.00)" in line for line in shown)


@pytest.mark.parametrize(
    ("target", "label"),
    [
        ("python:examples.adapters.urllib3_retry", "urllib3_retry"),
        ("exec:node ./classify.js", "node ./classify.js"),
        ("table:" + "x" * 40, "x" * 19),
        ("python:floor", "floor (2)"),
        ("python:theirs:classify", "theirs:classify"),
    ],
)
def test_a_candidate_is_called_by_the_end_of_its_target(target: str, label: str) -> None:
    measurement = with_another(named(target))
    assert measurement.labels["candidate"] == label
    assert len(set(measurement.labels.values())) == 4


def test_a_target_cannot_be_a_command_to_a_ci_service_wherever_it_is_wrapped() -> None:
    shown = lines(named("python:" + "x" * 42 + "::error::y"), 60)
    assert "error:\\x3ay" in "".join(shown)
    assert not any(line.startswith("::") for line in shown)
