"""Reports as files: the formats by suffix, and the stored report that is read again."""

import json
from pathlib import Path
from typing import Any

import pytest

from bitsspec.errors import CannotRun
from bitsspec.report.files import check_writable, read, write
from tests.support.reports import departs, report, result

REPORT = report(
    result("BITS-4XX", *departs(404), *departs(429, accepted="known")),
    result("BITS-REPOST", *departs(404, accepted="known")),
)


@pytest.mark.parametrize("suffix", [".json", ".xml", ".html", ".md", ".JSON"])
def test_the_suffix_names_the_format_in_any_letter_case(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"report{suffix}"
    check_writable([path])
    write(REPORT, path)
    first = {".json": "{", ".xml": "<testsuites", ".html": "<!doctype html>", ".md": "## bitsspec:"}
    assert path.read_text(encoding="utf-8").startswith(first[suffix.lower()])


@pytest.mark.parametrize("name", ["report.txt", "report", "json"])
def test_any_other_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"a report ends in \.json, \.html, \.md, \.xml"):
        check_writable([tmp_path / "good.json", tmp_path / name])


def refusal(text: str, folder: Path) -> str:
    path = folder / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRun) as raised:
        read(path)
    assert str(raised.value).startswith(f"{path}: is not a JSON report of bitsspec: ")
    return str(raised.value).partition("of bitsspec: ")[2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ("[]", "Expected `object`"),
        ("{}", "missing required field `bitsspec`"),
        ("null", "Expected `object`"),
        ("\x00", "Expecting value"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_not_a_report_is_not_read(text: str, why: str, tmp_path: Path) -> None:
    assert why in refusal(text, tmp_path)


def clause(**spoiled: Any) -> dict[str, Any]:
    """Return the clauses of the report, one part of BITS-4XX spoiled."""
    clauses = REPORT.as_json()["clauses"]
    clauses[2] |= spoiled
    return {"clauses": clauses}


def departure(**spoiled: Any) -> dict[str, Any]:
    return clause(departures=[{"input": 404, "expected": "fatal", "got": "transient"} | spoiled])


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ({"seed": "seven"}, "seed: Expected `int`, got `str`"),
        ({"duration_s": float("inf")}, "duration_s: Expected `float`"),
        ({"codes_asked": 1001}, "codes_asked: Expected `int` <= 1000"),
        ({"capabilities": ["telepathy"]}, "capabilities[0]: Invalid enum value 'telepathy'"),
        ({"target": ""}, "target: Expected `str` of length >= 1"),
        ({"complete": None}, "complete: Expected `bool`, got `null`"),
        ({"\x1b[31m": 1}, "Object contains unknown field `\\x1b[31m`"),
        ({"clauses": 1}, "clauses: Expected `array`, got `int`"),
        ({"clauses": [{}]}, "clauses[0]: Object missing required field `id`"),
        (
            {"clauses": REPORT.as_json()["clauses"][1:]},
            "clauses: 11 are needed, each once and in their order",
        ),
        (clause(id="BITS-6XX"), "clauses[2]: there is no clause 'BITS-6XX'"),
        (clause(level="should"), "clauses[2]: BITS-4XX is not a clause of level should"),
        (clause(result="broken"), "clauses[2].result: Invalid enum value 'broken'"),
        (clause(checked=-1), "clauses[2].checked: Expected `int` >= 0"),
        (departure(input=1000), "clauses[2].departures[0].input: Expected `int` <= 999"),
        (departure(got=None), "clauses[2].departures[0].got: Expected `str`, got `null`"),
        # What contradicts itself
        ({"conforms": True}, "conforms: contradicts the results of the clauses"),
        (clause(result="passed"), "clauses[2]: passed contradicts its departures and notes"),
        (clause(departures=[]), "clauses[2]: failed contradicts its departures and notes"),
        (departure(accepted="known"), "clauses[2]: failed contradicts its departures and notes"),
        (
            clause(result="accepted", notes=["stale"]),
            "clauses[2]: accepted contradicts its departures and notes",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_report_with_something_else_in_it_is_refused_by_key(
    spoiled: dict[str, Any], why: str, tmp_path: Path
) -> None:
    assert refusal(json.dumps(REPORT.as_json() | spoiled), tmp_path).startswith(why)
