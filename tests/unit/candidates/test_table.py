"""Candidates as a table."""

import json
from pathlib import Path

import pytest

from bitsspec import vectors
from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun
from tests.support.judging import departed, departing, judge


def table(folder: Path, text: str, name: str = "table.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return f"table:{path}"


EVERYTHING = ["classify", "repost", "context", "hresult"]
LISTED = [{"status": entry["status"], "outcome": entry["outcome"].upper()} for entry in vectors.entries()]
HEAD, ALL = "status,outcome\n", "status,outcome,repost,context,hresult\n"
RIGHT = '{"status": 200, "outcome": "success"}'
RANGES = """\
status,outcome
300-305,fatal
307,fatal
*,transient
400-407,fatal
410-499,fatal
200,success
501,fatal
505,fatal
"""
RANGES_AS_JSON = [
    dict(zip(("status", "outcome"), line.split(","), strict=True)) for line in RANGES.split()[1:]
]
LINES = [f"{row['status']},{row['outcome']}" for row in LISTED]


@pytest.mark.parametrize(
    ("name", "text", "offered"),
    [
        ("as printed.csv", vectors.as_csv(), EVERYTHING),
        ("as printed.json", vectors.as_json(), EVERYTHING),
        ("in one line.json", json.dumps({"vectors": vectors.entries(), "of": "ours"}), EVERYTHING),
        ("a list.JSON", json.dumps(vectors.entries()), EVERYTHING),
        ("of ranges.csv", RANGES, ["classify"]),
        ("of ranges.json", json.dumps(RANGES_AS_JSON), ["classify"]),
        ("without blanks.json", json.dumps(LISTED, separators=(",", ":")) + "\n", ["classify"]),
        ("of windows.csv", "\r\n".join(["\ufeffstatus,outcome", *LINES, ""]), ["classify"]),
    ],
    ids=lambda text: text[:15],
)
def test_the_vectors_are_a_conforming_table(name: str, text: str, offered: list[str], tmp_path: Path) -> None:
    report = judge(table(tmp_path, text, name))
    assert report.conforms
    assert report.capabilities == offered


def test_a_code_that_is_missing_has_no_answer(tmp_path: Path) -> None:
    lines = [line for line in vectors.as_csv().splitlines() if not line.startswith("429,")]
    report = judge(table(tmp_path, "\n".join(lines)))
    assert departing(report, "BITS-4XX") == {429: ("fatal", "no answer")}
    assert departed(report) == {"BITS-4XX", "BITS-REPOST", "BITS-CONTEXT", "BITS-HRESULT"}


@pytest.mark.parametrize(("code", "offered"), [(199, ["classify", "repost", "context"]), (200, ["classify"])])
def test_a_column_with_a_value_at_200_alone_is_not_offered(
    code: int, offered: list[str], tmp_path: Path
) -> None:
    rows = f"status,outcome,repost,context\n{code},transient,yes,7\n404,fatal,,\n"
    assert list(open_candidate(table(tmp_path, rows)).capabilities) == offered


def test_an_empty_field_leaves_the_later_ones_of_its_row_readable(tmp_path: Path) -> None:
    report = judge(table(tmp_path, "status,outcome,repost,context\n404,fatal,,6\n"), ["BITS-CONTEXT"])
    assert departing(report, "BITS-CONTEXT")[404] == ("7", "6")


@pytest.mark.parametrize(
    ("text", "number"), [("8", "8"), ("0x1f", "31"), ("0X0A", "10"), ("1" * 20, "1" * 20)]
)
def test_a_number_is_decimal_or_hexadecimal(tmp_path: Path, text: str, number: str) -> None:
    target = table(tmp_path, f"status,outcome,repost,context\n404,fatal,yes,{text}\n")
    assert departing(judge(target, ["BITS-CONTEXT"]), "BITS-CONTEXT")[404] == ("7", number)


@pytest.mark.parametrize("text", ["-7", "+7", "1_0", "7.0", "\uff17", "seven", "0x", "1" * 21])
def test_anything_else_is_not_a_number(tmp_path: Path, text: str) -> None:
    target = table(tmp_path, f"status,outcome,repost,context\n404,fatal,yes,{text}\n")
    with pytest.raises(CannotRun, match=r"line 2: .* is not a context: write a number"):
        open_candidate(target)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "line 1: the file is empty"),
        ("a.csv", "code,outcome\n", "line 1: the header must be status,outcome"),
        ("a.csv", "status\n200\n", "line 1: the header must be status,outcome"),
        ("a.csv", f"{HEAD}200,success\n200,fatal\n", "line 3: status 200 stands on line 2 already"),
        ("a.csv", f"{HEAD}400-499,fatal\n408,fatal\n", "line 3: status 408 stands on line 2 already"),
        ("a.csv", f"{HEAD}*,fatal\n*,fatal\n", "line 3: the default row * stands on line 2 already"),
        ("a.csv", f"{HEAD}*,fatel\n200,success\n", "line 2: 'fatel' is not an outcome"),
        ("a.csv", f"{HEAD}499-400,fatal\n", "line 2: '499-400' is an empty range: write 400-499"),
        ("a.csv", f"{HEAD}400-1000,fatal\n", "line 2: '400-1000' is not a status code"),
        ("a.csv", f"{HEAD}4xx,fatal\n", "write 0 to 999, a range 400-407, or *"),
        ("a.csv", f"{HEAD}200,sucess\n", "line 2: 'sucess' is not an outcome"),
        ("a.csv", f"{HEAD}200,\n", "line 2: no answer is not an outcome"),
        ("a.csv", f"{HEAD}0200,success\n", "line 2: '0200' is not a status code"),
        ("a.csv", f"{HEAD}\n1000,fatal\n", "line 3: '1000' is not a status code"),
        ("a.csv", f"{HEAD}-1,fatal\n", "line 2: '-1' is not a status code"),
        ("a.csv", f"{HEAD}200\n", "line 2: 1 fields where the header has 2"),
        ("a.csv", f'{HEAD}200,"succ\n', "is not CSV"),
        ("a.csv", f"{ALL}404,fatal,maybe,7,0x1\n", "'maybe' is not an answer to repost: write yes or no"),
        ("a.csv", f"{ALL}404,fatal,yes,7,0xZZ\n", "line 2: '0xZZ' is not an hresult: write a number"),
        ("a.json", "1", "line 1: a table in JSON is a list of objects"),
        ("a.json", "{}", 'an object with such a list as its "vectors"'),
        ("a.json", '\n{"of": 1, "vectors": {}}', "line 2: a table in JSON is a list of objects"),
        ("a.json", '{"vectors": [\n]\n} x', "line 3: is not JSON: there is more after the object"),
        ("a.json", '{"a": {"vectors": []},\n"vectors": [\n1]}', "line 3: an entry of the list is not"),
        ("a.json", '{"a": "\\"vectors\\": [", "vectors": [\n1]}', "line 2: an entry of the list is not"),
        ("a.json", '{"vector\\u0073": []}', "line 1: a table in JSON is a list of objects"),
        ("a.json", '{"vectors": [\n}', "line 2: is not JSON"),
        ("a.json", f'[{RIGHT},\n{{"status": 200}}\n]', "line 2: status 200 stands on line 1 already"),
        ("a.json", '[\n{"status": 200, "outcome": "good"}]', "line 2: 'good' is not an outcome"),
        ("a.json", f"[{RIGHT}", "a comma or ] is missing"),
        ("a.json", '[\n{"status": 200 "outcome": 1}]', "line 2: is not JSON"),
        ("a.json", "[1]", "line 1: an entry of the list is not an object"),
        ("a.json", '[{"status": 200, "verdict": "success", "code": 1}]', "unknown key 'code'"),
        ("a.json", '[{"status": 2.5, "outcome": "success"}]', "status is neither text nor a whole number"),
        ("a.json", '[{"status": ' + "1" * 5000 + "}]", "line 1: cannot be read"),
        ("a.json", "[" * 100_000, "line 1: cannot be read"),
        ("a.json", "[] x", "there is more after the list"),
        ("a.txt", "", "a table ends in .csv or .json"),
    ],
    ids=lambda text: text[:40],
)
def test_a_table_that_cannot_be_read_names_file_and_line(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    target = table(tmp_path, text, name)
    with pytest.raises(CannotRun) as raised:
        open_candidate(target)
    assert message in str(raised.value)
    assert name in str(raised.value)


def test_a_table_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"absent\.csv: cannot be read: No such file"):
        open_candidate(f"table:{tmp_path / 'absent.csv'}")
