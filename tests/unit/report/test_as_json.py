"""The JSON report and its schema."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bitsspec import __version__
from bitsspec.errors import CannotRun
from bitsspec.report.as_json import render
from bitsspec.report.files import write
from bitsspec.report.model import ClauseResult, Report, in_full
from tests.suite.test_posting import WRONG
from tests.suite.test_stability import After300Calls
from tests.support.candidates import Conforming, always_fatal, wrong_at
from tests.support.judging import judge
from tests.support.schema import valid


def replay_wrongly(events: Any) -> object:
    return WRONG["retries after fatal"][0](events)


class WrongPosts(Conforming):
    def count_posts(self, events: Any) -> object:
        return replay_wrongly(events)


@pytest.mark.parametrize(
    "candidate", [Conforming, always_fatal, wrong_at(429), After300Calls, WrongPosts, lambda status: status]
)
def test_every_kind_of_report_is_valid(candidate: object, tmp_path: Path) -> None:
    report = judge(candidate)
    write(report, tmp_path / "report.json")
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert valid(data)["conforms"] is report.conforms


def test_a_report_can_be_read_back() -> None:
    for result in judge(wrong_at(200, 404, 503)).clauses:
        again = ClauseResult.from_json(json.loads(json.dumps(result.as_json())))
        assert again.as_json() == result.as_json()


@pytest.fixture
def data() -> dict[str, Any]:
    return valid(judge(wrong_at(404), ["BITS-4XX"]).as_json())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("seed"),
        lambda data: data.update(extra=1),
        lambda data: data["clauses"].pop(),
        lambda data: data["clauses"][2].update(result="broken"),
        lambda data: data["clauses"][2].update(departures=[]),
        lambda data: data["clauses"][2]["departures"][0].update(input=1000),
        lambda data: data["clauses"][2]["departures"][0].pop("got"),
        lambda data: data.update(capabilities=["telepathy"]),
    ],
)
def test_the_schema_refuses_what_is_no_report(spoil: Any, data: dict[str, Any]) -> None:
    spoiled = copy.deepcopy(data)
    spoil(spoiled)
    with pytest.raises(jsonschema.ValidationError):
        valid(spoiled)


def test_an_earlier_report_survives_a_failure_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("earlier", encoding="utf-8")

    def full_disk(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(CannotRun, match="No space left on device"):
        write(Report("t", False, 0, [], judge(always_fatal, []).clauses, 0), path)
    assert path.read_text(encoding="utf-8") == "earlier"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("target", "written"),
    [
        ("größe \u4e2d", '"größe \u4e2d"'),
        ("\x1b[31m\u202e", '"\\u001b[31m\\u202e"'),
        ("\uffff\U00010000\U000e0001", '"\\uffff\U00010000\\udb40\\udc01"'),
    ],
)
def test_what_is_printable_can_be_read_and_all_else_is_an_escape(target: str, written: str) -> None:
    text = render(Report(target, False, 0, ["classify"], in_full([]), 1000))
    assert text.splitlines()[:3] == ["{", f'  "bitsspec": "{__version__}",', f'  "target": {written},']
    assert json.loads(text)["target"] == target
    assert text.endswith("}\n")
