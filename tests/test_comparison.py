"""Several candidates side by side."""

import json
from pathlib import Path

import pytest
from candidates_for_tests import Conforming, always_fatal, wrong_at
from command import bitsspec
from judging import judge

from bitsspec.comparison import Column, Comparison
from bitsspec.comparisons import as_html, as_markdown

HOSTILE = "<script>alert(1)</script>|`x`"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(
        "from bitsspec import classify as right\n\n"
        "def old(status):\n    return 'transient' if status in (413, 429, 430) else right(status)\n\n"
        "def new(status):\n    return 'transient' if status == 429 else right(status)\n",
        encoding="utf-8",
    )
    return tmp_path


def test_rows_are_ranges_at_which_all_answer_alike() -> None:
    candidates = [wrong_at(404, 405, 429), wrong_at(405, 429), Conforming]
    columns = [Column(str(n), judge(candidate, ["BITS-4XX"])) for n, candidate in enumerate(candidates)]
    comparison = Comparison(columns, strict=False, seed=0)
    assert [(row.shown_codes(), row.expected, row.got) for row in comparison.rows] == [
        ("404", "fatal", ("transient", "", "")),
        ("405", "fatal", ("transient", "transient", "")),
        ("429", "fatal", ("transient", "transient", "")),
    ]
    (clause,) = {row.clause for row in comparison.rows}
    assert [column.count(clause) for column in columns] == ["3", "2", "0"]


def test_the_command_shows_counts_and_codes_beside_the_specification(project: Path) -> None:
    done = bitsspec("compare", "mine:old", "mine:new", "bitsspec:classify", cwd=project)
    assert done.returncode == 1, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["BITS-4XX", "3", "1", "0"] in rows
    assert ["BITS-4XX", "413", "fatal", "transient", ".", "."] in rows
    assert ["BITS-4XX", "429", "fatal", "transient", "transient", "."] in rows
    assert ["BITS-4XX", "430", "fatal", "transient", ".", "."] in rows
    assert done.stderr == ""


def test_an_unusable_candidate_does_not_hide_the_others(project: Path) -> None:
    arguments = ("absent:classify", "mine:new", "--report", "out.json", "--report", "out.md")
    done = bitsspec("compare", *arguments, cwd=project)
    assert done.returncode == 2
    assert "could not be judged" in done.stdout
    assert "No module named 'absent'" in done.stdout
    data = json.loads((project / "out.json").read_text(encoding="utf-8"))
    first, second = data["candidates"]
    assert first["report"] is None
    assert "absent" in first["error"]
    assert second["report"]["conforms"] is False
    assert data["rows"] == [
        {"clause": "BITS-4XX", "codes": [429, 429], "expected": "fatal", "got": [None, "transient"]}
    ]
    assert "| BITS-4XX | 429 | fatal |  | `transient` |" in (project / "out.md").read_text(encoding="utf-8")


def test_conforming_candidates_are_exit_code_0(project: Path) -> None:
    assert bitsspec("compare", "bitsspec:classify", "bitsspec", cwd=project).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bitsspec"], "two targets or more"),
        (["bitsspec", "bitsspec", "--report", "x.xml"], "a report ends in"),
    ],
)
def test_what_cannot_be_compared_is_exit_code_2(arguments: list[str], message: str) -> None:
    done = bitsspec("compare", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_text_of_candidates_is_escaped() -> None:
    report = judge(lambda status: HOSTILE, ["BITS-SUCCESS"])
    comparison = Comparison([Column(HOSTILE, report), Column("b", None, HOSTILE)], strict=False, seed=0)
    page = as_html.render(comparison)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    rows = as_markdown.render(comparison).splitlines()
    (row,) = (row for row in rows if row.startswith("| BITS-SUCCESS | 200"))
    assert row.replace("\\|", "").count("|") == 6


def test_the_page_loads_nothing_and_has_every_clause() -> None:
    page = as_html.render(Comparison([Column("a", judge(always_fatal))], strict=True, seed=3))
    assert "default-src 'none'" in page
    assert page.count('<th scope="row">BITS-') >= 11
    assert "://" not in page
