"""What a measurement says, in the terminal and as JSON, word for word: its figures are given here."""

import io
import platform
import sys
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from bitsspec import __version__
from bitsspec.bench import terminal
from bitsspec.bench.flatness import Flatness, judge
from bitsspec.bench.growth import SIZES, Shape, fit
from bitsspec.bench.instructions import InstructionCount
from bitsspec.bench.measurement import Measurement
from bitsspec.bench.statistic import Figure, Spread
from tests.support.measured import FLAT, GROWTH, measured, with_another


def shown(measurement: Measurement, *, colours: bool = False) -> str:
    to = io.StringIO()
    console = Console(
        file=to,
        width=120,
        highlight=False,
        force_terminal=colours,
        color_system="standard" if colours else None,
    )
    terminal.show(console, measurement)
    return "\n".join(line.rstrip() for line in to.getvalue().splitlines())


def test_the_terminal_shows_costs_evidence_and_conclusion() -> None:
    measurement = measured(growth=GROWTH)
    assert shown(measurement) == "\n".join(
        (
            "candidate  python:mine:classify",
            f"measured   8 rounds of 1,000 codes on {measurement.machine}",
            "",
            "           ns per answer (quartiles)  times the reference",
            "candidate  80.0 (80.0-80.0)           2.00 (2.00-2.00)     raises at some codes",
            "reference  40.0 (40.0-40.0)           1",
            "floor      20.0 (20.0-20.0)           0.50 (0.50-0.50)     one item",
            "",
            "candidate       flat              dearest over cheapest code within 1.25",
            "  instructions  1.06              17 and 16, such as at 001 and 000",
            "  timing        1.04 (1.03-1.06)  dearest about 040-049, cheapest about 620-629",
            "  slope         +0.1%             from 000 to 999 (-1.2% to +3.5%)",
            "  000-256       0.99              of the time of the rest (CPython keeps these ints)",
            "  growth        constant          1.02 times the cost from 10 to 1,000,000 rules",
            "                                  residuals: constant 1%, log n 2%, linear 30%",
            "",
            "python:mine:classify is flat (dearest over cheapest code within 1.25) "
            "and costs 2.00 times the reference",
        )
    )


def test_the_terminal_shows_two_candidates_beside_each_other_and_the_growth_of_the_first_alone() -> None:
    lines = shown(with_another(measured(growth=GROWTH))).splitlines()
    assert lines[:2] == ["candidate  python:mine:classify", "against    python:theirs:classify"]
    assert "against    160.0 (160.0-160.0)        4.00 (4.00-4.00)" in lines
    assert sum(line.startswith("  growth") for line in lines) == 1
    first = lines.index("against         flat              dearest over cheapest code within 1.25")
    assert lines[first:] == [
        "against         flat              dearest over cheapest code within 1.25",
        "  instructions                    no Python function to look at",
        "  timing        1.04 (1.03-1.06)  dearest about 040-049, cheapest about 620-629",
        "  slope         +0.1%             from 000 to 999 (-1.2% to +3.5%)",
        "",
        "python:mine:classify costs 0.50 (0.50-0.50) times python:theirs:classify",
        "python:mine:classify is flat (dearest over cheapest code within 1.25) "
        "and costs 2.00 times the reference",
    ]


def test_one_candidate_is_held_against_nothing() -> None:
    assert list(terminal.head_to_head(measured())) == []


def test_a_long_target_is_shown_whole_in_a_narrow_terminal() -> None:
    target = f"python:{'a_package.' * 10}classify"
    measurement = measured()
    subjects = [replace(measurement.subjects[0], target=target), *measurement.subjects[1:]]
    to = io.StringIO()
    console = Console(file=to, width=60, highlight=False)
    terminal.show(console, replace(measurement, subjects=subjects))
    lines = to.getvalue().splitlines()
    assert target in "".join(line[11:].rstrip() for line in lines[:3])
    assert lines[-1].startswith(f"{target} is flat")  # on one line, for whoever searches for it


def narrow(measurement: Measurement, width: int) -> list[str]:
    to = io.StringIO()
    terminal.show(Console(file=to, width=width, highlight=False), measurement)
    return to.getvalue().splitlines()


def test_sentences_stay_on_one_line_in_a_narrow_terminal() -> None:
    lines = narrow(with_another(measured()), 50)
    assert "python:mine:classify costs 0.50 (0.50-0.50) times python:theirs:classify" in lines
    assert lines[-1].endswith("and costs 2.00 times the reference")


def test_the_costs_stay_legible_in_a_narrow_terminal() -> None:
    lines = narrow(measured(), 66)
    assert any("ns per answer (quartiles)  times the reference" in line for line in lines)
    assert any("80.0 (80.0-80.0)           2.00 (2.00-2.00)" in line for line in lines)


def test_a_target_is_no_command_to_a_ci_service_wherever_it_is_wrapped() -> None:
    target = "python:" + "x" * 42 + "::error::y"
    measurement = measured()
    subjects = [replace(measurement.subjects[0], target=target), *measurement.subjects[1:]]
    lines = narrow(replace(measurement, subjects=subjects), 60)
    assert not any("::error" in line for line in lines[:3])


@pytest.mark.parametrize(("times", "colour"), [(2, "32"), (6, "31")], ids=["passes", "over the ratio"])
def test_the_conclusion_is_green_or_red(times: float, colour: str) -> None:
    last = shown(measured(max_ratio=5, times=times), colours=True).splitlines()[-1]
    assert last.startswith(f"\x1b[1;{colour}m")


@pytest.mark.parametrize(
    ("flatness", "max_ratio", "passes", "says"),
    [
        (
            FLAT,
            None,
            True,
            "is flat (dearest over cheapest code within 1.25) and costs 2.00 times the reference",
        ),
        (FLAT, 2.0, True, "and costs 2.00 times the reference, within the 2 allowed"),
        (FLAT, 1.5, False, "and costs 2.00 times the reference, over the 1.5 allowed"),
        (replace(FLAT, kept_ints=9.0), None, False, "is not flat (by timing) and costs 2.00 times"),
        (
            replace(FLAT, instructions=None, timing=Spread(Figure(1.3, 1.2, 1.4), 0, 10)),
            None,
            True,
            "is unconfirmed (the timing is too noisy to tell) and costs 2.00 times",
        ),
    ],
    ids=["flat", "within", "over", "not flat", "unconfirmed"],
)
def test_what_is_not_flat_or_too_slow_does_not_pass(
    flatness: Flatness, max_ratio: float | None, passes: bool, says: str
) -> None:
    measurement = measured(flatness=flatness, max_ratio=max_ratio)
    assert measurement.passes is passes
    assert says in measurement.conclusion


def test_a_ratio_is_over_what_is_allowed_with_its_whole_interval_only() -> None:
    measurement = measured(max_ratio=1.9)
    noisy = measurement.samples["candidate"].copy()
    noisy[:4] *= 0.9
    assert not replace(measurement, samples={**measurement.samples, "candidate": noisy}).too_slow
    assert measurement.too_slow


def test_json_holds_every_figure_with_the_digits_it_can_mean() -> None:
    written = measured(growth=GROWTH, max_ratio=3).as_json()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    two = {"value": 2.0, "low": 2.0, "high": 2.0}
    assert written["subjects"][0] == {
        "name": "candidate",
        "target": "python:mine:classify",
        "note": "raises at some codes",
        "ns": {"value": 80.0, "low": 80.0, "high": 80.0},
        "ratio_to_reference": two,
        "ns_by_code": [80.0] * 1000,
    }
    assert [subject["name"] for subject in written.pop("subjects")] == ["candidate", "reference", "floor"]
    assert written == {
        "bitsspec": __version__,
        "target": "python:mine:classify",
        "passes": True,
        "python": sys.version.split()[0],
        "machine": f"{python}, {platform.system()} {platform.machine()}",
        "rounds": 8,
        "max_ratio": 3,
        "against": None,
        "flatness": {
            "candidate": {
                "verdict": "flat",
                "reason": "dearest over cheapest code within 1.25",
                "max_spread": 1.25,
                "instructions": {
                    "spread": 1.0625,
                    "fewest": 16,
                    "most": 17,
                    "python_functions_entered": 2,
                },
                "timing": {
                    "spread": {"value": 1.0417, "low": 1.0312, "high": 1.0555},
                    "dearest_ten_from": 40,
                    "cheapest_ten_from": 620,
                },
                "slope_over_all_codes": {"value": 0.0012, "low": -0.0123, "high": 0.0345},
                "codes_to_256_over_the_rest": 0.9877,
            }
        },
        "growth": {
            "fit": "constant",
            "times": 1.023,
            "residuals": {"constant": 0.0111, "log n": 0.02, "linear": 0.3},
            "points": [{"rules": 10, "ns": 40.12}, {"rules": 1_000_000, "ns": 41.0}],
        },
    }


def test_json_holds_the_time_of_a_code_to_a_hundredth_of_a_nanosecond() -> None:
    assert measured(times=1 / 3).as_json()["subjects"][0]["ns_by_code"][0] == 13.33


def test_json_holds_how_many_instructions_a_spread_comes_from_to_four_digits() -> None:
    counted = InstructionCount([3] + 999 * [4], [1] * 1000)
    assert replace(FLAT, instructions=counted).as_json()["instructions"]["spread"] == 1.3333


def test_json_holds_what_two_candidates_cost_and_null_for_what_was_not_measured() -> None:
    written = with_another(measured()).as_json()
    assert written["against"] == {"value": 0.5, "low": 0.5, "high": 0.5}
    assert written["growth"] is None
    assert written["flatness"]["against"]["instructions"] is None
    assert written["flatness"]["against"]["codes_to_256_over_the_rest"] is None


@pytest.mark.parametrize(
    ("flatness", "reason"),
    [
        (replace(FLAT, kept_ints=2.5), "dearest over cheapest code within 1.25"),
        (replace(FLAT, kept_ints=2.51), "by timing"),
        (replace(FLAT, kept_ints=0.4), "dearest over cheapest code within 1.25"),
        (replace(FLAT, kept_ints=0.39), "by timing"),
        (
            replace(FLAT, timing=Spread(Figure(1.3, 1.25, 1.4), 0, 10)),
            "dearest over cheapest code within 1.25",
        ),
        (
            replace(FLAT, instructions=None, timing=Spread(Figure(1.2, 1.1, 1.25), 0, 10)),
            "dearest over cheapest code within 1.25",
        ),
    ],
)
def test_exactly_at_the_bar_is_still_flat(flatness: Flatness, reason: str) -> None:
    assert flatness.reason == reason


def test_a_candidate_is_judged_by_a_bar_of_a_quarter_more() -> None:
    measurement = measured()
    judged = judge(measurement.subjects[0], measurement.samples["candidate"])
    assert judged.max_spread == 1.25
    assert judge(measurement.subjects[0], measurement.samples["candidate"], 3).max_spread == 3


@pytest.mark.parametrize(
    ("law", "shape", "times"),
    [
        ([1.0] * len(SIZES), Shape.CONSTANT, 1.0),
        (list(SIZES), Shape.LINEAR, 100_000.0),
        (np.log2(SIZES), Shape.LOG, 6.0),
        # one more for each rule, from 1,000,010 on: doubled at the last size, less than it takes
        ([1_100_000 + size for size in SIZES], Shape.CONSTANT, 2_100_000 / 1_100_010),
        ([900_000 + size for size in SIZES], Shape.LINEAR, 1_900_000 / 900_010),
    ],
    ids=["constant", "linear", "log n", "less than twice", "more than twice"],
)
def test_a_growth_law_is_found_exactly_in_points_that_follow_it(
    law: list[float], shape: Shape, times: float
) -> None:
    found = fit(SIZES, 40 * np.array(law, dtype=float))
    assert found.shape is shape
    assert found.times == pytest.approx(times)
    assert found.sizes == SIZES
    assert found.ns == pytest.approx([40 * each for each in law])
    assert found.residuals[shape] == pytest.approx(0, abs=1e-9) or times < 2
