"""Candidates as a table."""

import json
from pathlib import Path

import pytest
from judging import departed, departing, judge

from bitsspec import vectors
from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun


def table(folder: Path, text: str, name: str = "table.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return f"table:{path}"


def test_the_vectors_are_a_conforming_table(tmp_path: Path) -> None:
    report = judge(table(tmp_path, vectors.as_csv()))
    assert report.conforms
    assert report.capabilities == ["classify", "repost", "context", "hresult"]


def test_a_list_of_objects_is_a_conforming_table(tmp_path: Path) -> None:
    report = judge(table(tmp_path, json.dumps(vectors.entries()), "table.json"))
    assert report.conforms
    assert report.capabilities == ["classify", "repost", "context", "hresult"]


def test_a_code_that_is_missing_has_no_answer(tmp_path: Path) -> None:
    lines = [line for line in vectors.as_csv().splitlines() if not line.startswith("429,")]
    report = judge(table(tmp_path, "\n".join(lines)))
    assert departing(report, "BITS-4XX") == {429: ("fatal", "no answer")}
    assert departed(report) == {"BITS-4XX", "BITS-REPOST", "BITS-CONTEXT", "BITS-HRESULT"}


def test_later_columns_and_letter_case_are_free(tmp_path: Path) -> None:
    rows = "\r\n".join(f"{entry['status']},{entry['outcome'].upper()}" for entry in vectors.entries())
    report = judge(table(tmp_path, f"\ufeffstatus,outcome\r\n{rows}\r\n"))
    assert report.conforms
    assert report.capabilities == ["classify"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "line 1: the file is empty"),
        ("a.csv", "code,outcome\n", "line 1: the header must be status,outcome"),
        ("a.csv", "status,outcome\n200,success\n200,fatal\n", "line 3: status 200 stands on line 2 already"),
        ("a.csv", "status,outcome\n200,sucess\n", "line 2: 'sucess' is no outcome"),
        ("a.csv", "status,outcome\n200,\n", "line 2: no answer is no outcome"),
        ("a.csv", "status,outcome\n200\n", "line 2: 1 fields where the header has 2"),
        ("a.csv", "status,outcome\n\n1000,fatal\n", "line 3: '1000' is no status code"),
        ("a.csv", "status,outcome\n-1,fatal\n", "line 2: '-1' is no status code"),
        ("a.csv", 'status,outcome\n200,"succ\n', "is not CSV"),
        (
            "a.csv",
            "status,outcome,repost\n404,fatal,maybe\n",
            "line 2: 'maybe' is no repost: write yes or no",
        ),
        ("a.csv", "status,outcome,repost,context,hresult\n404,fatal,yes,7,0xZZ\n", "'0xZZ' is no hresult"),
        ("a.json", "{}", "line 1: a table in JSON is a list of objects"),
        (
            "a.json",
            '[\n{"status": 200, "outcome": "success"},\n{"status": 200}\n]',
            "line 3: status 200 stands",
        ),
        ("a.json", '[\n{"status": 200, "outcome": "good"}]', "line 2: 'good' is no outcome"),
        ("a.json", '[{"status": 200, "outcome": "success"}', "a comma or ] is missing"),
        ("a.json", '[\n{"status": 200 "outcome": 1}]', "line 2: is not JSON"),
        ("a.json", "[1]", "line 1: an entry of the list is not an object"),
        ("a.json", '[{"status": 200, "verdict": "success"}]', "unknown key 'verdict'"),
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


def test_a_table_that_is_not_there_or_not_text_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="No such file"):
        open_candidate(f"table:{tmp_path / 'absent.csv'}")
    (tmp_path / "latin.csv").write_bytes(b"status,outcome\n200,\xe9\n")
    with pytest.raises(CannotRun, match="not UTF-8"):
        open_candidate(f"table:{tmp_path / 'latin.csv'}")
