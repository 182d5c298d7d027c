"""Several candidates side by side."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from bitsspec.comparison import as_html, as_markdown, terminal
from bitsspec.comparison.model import Column, Comparison
from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full
from bitsspec.spec import CLAUSE_BY_ID
from tests.support.candidates import Conforming, always_fatal, wrong_at
from tests.support.command import bitsspec
from tests.support.judging import judge

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


def test_where_nothing_departs_there_is_no_table_of_codes() -> None:
    columns = [Column(name, judge(Conforming, ["BITS-4XX"])) for name in ("one", "two")]
    page = as_markdown.render(Comparison(columns, strict=False, seed=0))
    assert "| BITS-4XX | 0 | 0 |" in page
    assert "| clause | codes |" not in page


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


def three() -> Comparison:
    """Return a comparison of a candidate that conforms, one that departs twice, and one without a verdict."""
    departures = [Departure(408, "transient", "fatal"), Departure(429, "fatal", "transient")]
    departures += [Departure(430, "fatal", "transient")]
    clause = CLAUSE_BY_ID["BITS-4XX"]
    posts = ClauseResult(CLAUSE_BY_ID["BITS-POSTS"], Result.FAILED, 9, [Departure([503, "retry"], "2", "1")])
    results = (
        [ClauseResult(clause, Result.PASSED, 100)],
        [ClauseResult(clause, Result.FAILED, 100, departures), posts],
    )
    reports = [Report("", False, 7, ["classify"], in_full(given), 1000) for given in results]
    return Comparison(
        [Column("one", reports[0]), Column("two", reports[1]), Column("three", None, "no such file\nhint")],
        strict=False,
        seed=7,
        version="9.9",
    )


def test_in_a_terminal_candidates_are_numbered_and_stand_in_columns() -> None:
    console = Console(file=io.StringIO(), width=100, color_system=None)
    terminal.show(console, three())
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[:8] == [
        "[1] one conforms",
        "[2] two departs",
        "[3] three could not be judged",
        "    no such file",
        "",
        "departing codes      [1]      [2]         [3]",
        "BITS-SUCCESS     not run  not run  not judged",
        "BITS-3XX         not run  not run  not judged",
    ]
    assert lines[8] == "BITS-4XX               0        3  not judged"
    assert lines[13].split() == ["BITS-POSTS", "not", "run", "departs", "not", "judged"]
    assert lines[17:] == [
        "",
        "clause    codes    due        [1]  [2]        [3]",
        "BITS-4XX  408      transient  .    fatal      .",
        "BITS-4XX  429-430  fatal      .    transient  .",
    ]


def test_in_a_terminal_green_conforms_and_red_departs() -> None:
    console = Console(file=io.StringIO(), width=100, color_system="standard")
    terminal.show(console, three())
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    assert re.search("\x1b\\[[0-9;]*32mconforms", text)
    assert re.search("\x1b\\[[0-9;]*31mdeparts", text)
    assert re.search("\x1b\\[[0-9;]*31mcould not be judged", text)
    assert "\x1b[31mtransient" in text
    assert "\x1b[32m." in text


def test_in_a_terminal_a_long_name_and_a_long_reason_are_not_wrapped() -> None:
    console = Console(file=io.StringIO(), width=18, color_system=None)
    terminal.show(console, Comparison([Column("t" * 99, None, "e" * 99)], strict=False, seed=0))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.splitlines()[:2] == [f"[1] {'t' * 99} could not be judged", f"    {'e' * 99}"]
    assert "departing codes" in text


def test_in_markdown_candidates_are_numbered_and_stand_in_columns() -> None:
    assert as_markdown.render(three()).splitlines() == [
        "| | candidate | verdict |",
        "| --- | --- | --- |",
        "| 1 | `one` | conforms |",
        "| 2 | `two` | departs |",
        "| 3 | `three` | could not be judged: `no such file` |",
        "",
        "| departing codes | 1 | 2 | 3 |",
        "| --- | --- | --- | --- |",
        "| BITS-SUCCESS | not run | not run | not judged |",
        "| BITS-3XX | not run | not run | not judged |",
        "| BITS-4XX | 0 | 3 | not judged |",
        "| BITS-5XX | not run | not run | not judged |",
        "| BITS-OTHER | not run | not run | not judged |",
        "| BITS-REPOST | not run | not run | not judged |",
        "| BITS-CONTEXT | not run | not run | not judged |",
        "| BITS-POSTS | not run | departs | not judged |",
        "| BITS-STABLE | not run | not run | not judged |",
        "| BITS-HRESULT | not run | not run | not judged |",
        "| BITS-DOMAIN | not run | not run | not judged |",
        "",
        "| clause | codes | due | 1 | 2 | 3 |",
        "| --- | --- | --- | --- | --- | --- |",
        "| BITS-4XX | 408 | transient |  | `fatal` |  |",
        "| BITS-4XX | 429-430 | fatal |  | `transient` |  |",
    ]


def test_as_data_a_comparison_has_every_report_and_the_rows() -> None:
    comparison = three()
    data = comparison.as_json()
    assert [(c["target"], c["error"]) for c in data["candidates"]] == [
        ("one", None),
        ("two", None),
        ("three", "no such file\nhint"),
    ]
    reports = [None if column.report is None else column.report.as_json() for column in comparison.columns]
    assert [candidate["report"] for candidate in data["candidates"]] == reports
    assert {key: data[key] for key in ("bitsspec", "strict", "seed", "rows")} == {
        "bitsspec": "9.9",
        "strict": False,
        "seed": 7,
        "rows": [
            {
                "clause": "BITS-4XX",
                "codes": [408, 408],
                "expected": "transient",
                "got": [None, "fatal", None],
            },
            {
                "clause": "BITS-4XX",
                "codes": [429, 430],
                "expected": "fatal",
                "got": [None, "transient", None],
            },
        ],
    }
