"""The JSON report and its schema."""

import json
from typing import Any

import jsonschema
import pytest

from bitsspec import __version__
from bitsspec.report.as_json import render
from bitsspec.report.model import Report, in_full
from tests.support.candidates import After300Calls, Conforming, NeverRetries, always_fatal, wrong_at
from tests.support.judging import judge
from tests.support.reports import departs, report, result
from tests.support.schema import SCHEMA, valid


@pytest.mark.parametrize(
    "candidate", [Conforming, always_fatal, wrong_at(429), After300Calls, NeverRetries, lambda status: status]
)
@pytest.mark.usefixtures("replays_here")
def test_every_kind_of_report_is_valid_and_can_be_read_back(candidate: object) -> None:
    report = judge(candidate)
    data = valid(json.loads(render(report)))
    assert data["conforms"] is report.conforms
    assert Report.from_json(data).as_json() == data


def test_the_keys_stand_in_the_order_of_the_schema() -> None:
    assert list(valid(report(complete=False, baseline="accepted.toml").as_json())) == SCHEMA["required"]
    assert SCHEMA["title"] == "bitsspec report, version 4"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("seed"),
        lambda data: data.pop("complete"),
        lambda data: data["clauses"].pop(),
        lambda data: data["clauses"][2].update(departures=[]),
        lambda data: data["clauses"][2]["departures"][0].update(input=1000),
        lambda data: data["clauses"][2]["departures"][0].pop("got"),
    ],
)
def test_the_schema_refuses_what_is_not_a_report(spoil: Any) -> None:
    data = valid(report(result("BITS-4XX", *departs(404))).as_json())
    spoil(data)
    with pytest.raises(jsonschema.ValidationError):
        valid(data)


@pytest.mark.parametrize(
    ("target", "written"),
    [
        ("größe \u4e2d", '"größe \u4e2d"'),
        ("\x1b[31m\u202e", '"\\u001b[31m\\u202e"'),
        ("\uffff\U00010000\U000e0001", '"\\uffff\U00010000\\udb40\\udc01"'),
        ("table:\udcff.csv", '"table:\\udcff.csv"'),
    ],
)
def test_what_is_printable_can_be_read_and_all_else_is_an_escape(target: str, written: str) -> None:
    text = render(Report(target, False, 0, ["classify"], in_full([]), 1000))
    assert text.splitlines()[:3] == ["{", f'  "bitsspec": "{__version__}",', f'  "target": {written},']
    assert Report.from_json(json.loads(text)).target == target
    assert text.endswith("}\n")
