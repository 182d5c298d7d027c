"""Several candidates side by side."""

import io
import json
import re

import pytest
from rich.console import Console

from bitsspec.comparison import as_html, as_json, as_markdown, terminal
from bitsspec.comparison.model import Column, Comparison
from bitsspec.report.model import Departure
from tests.support.reports import departs, report, result


@pytest.fixture
def comparison() -> Comparison:
    """Return a comparison of one that conforms, one that departs, and one that could not be judged."""
    departures = [*departs(408, expected="transient", got="fatal"), *departs(429, 430)]
    posts = result("BITS-POSTS", Departure([503, "retry"], "2", "1"))
    columns = [
        Column("one", report(result("BITS-4XX"))),
        Column("two", report(result("BITS-4XX", *departures), posts)),
        Column("three", None, "no such file\nhint"),
    ]
    return Comparison(columns, strict=False, seed=7, version="9.9")


def side_by_side(*departures: list[Departure], clause: str = "BITS-4XX") -> Comparison:
    columns = [Column(str(n), report(result(clause, *of))) for n, of in enumerate(departures)]
    return Comparison(columns, strict=False, seed=0)


def shown(comparison: Comparison, *, width: int = 100, colours: bool = False) -> list[str]:
    file = io.StringIO()
    terminal.show(Console(file=file, width=width, color_system="standard" if colours else None), comparison)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_rows_are_ranges_at_which_all_answer_alike() -> None:
    comparison = side_by_side(departs(404, 405, 429, 430), departs(405, 429, 430), [])
    assert [(row.shown_codes(), row.expected, row.got) for row in comparison.rows] == [
        ("404", "fatal", ("transient", "", "")),
        ("405", "fatal", ("transient", "transient", "")),
        ("429-430", "fatal", ("transient", "transient", "")),
    ]
    (clause,) = {row.clause for row in comparison.rows}
    assert [column.count(clause) for column in comparison.columns] == ["4", "3", "0"]
    assert [column.total for column in comparison.columns] == ["4", "3", "0"]


def test_exceptions_that_differ_by_the_code_are_alike() -> None:
    raised = [Departure(code, "fatal", f"raised KeyError: {code}") for code in (404, 405)]
    (row,) = side_by_side(raised, []).rows
    assert row.got == ("raised KeyError: CODE", "")


def test_forty_rows_of_a_clause_are_shown_and_the_others_counted() -> None:
    comparison = side_by_side(departs(*range(400, 500, 2)), departs(404, got="x"))
    left_out = "BITS-4XX: 10 rows more: --report out.json lists them"
    assert shown(comparison)[-1] == left_out
    for text in (as_markdown.render(comparison), as_html.render(comparison)):
        assert left_out in text
        assert len(re.findall(r"\b4\d\d(?: \||</th>)", text)) == 40
    assert len(comparison.as_json()["rows"]) == 50


def test_in_a_terminal_candidates_are_numbered_and_stand_in_columns(comparison: Comparison) -> None:
    lines = shown(comparison)
    assert lines == [
        "[1] one conforms",
        "[2] two departs",
        "[3] three could not be judged",
        "    no such file",
        "",
        "departing codes      [1]      [2]         [3]",
        "BITS-4XX               0        3  not judged",
        "BITS-POSTS       not run  departs  not judged",
        "in all                 0        3  not judged",
        "",
        "clause    codes    expected   [1]  [2]        [3]",
        "BITS-4XX  408      transient  .    fatal      -",
        "BITS-4XX  429-430  fatal      .    transient  -",
    ]


def test_in_a_terminal_green_conforms_and_red_departs(comparison: Comparison) -> None:
    text = "\n".join(shown(comparison, colours=True))
    for colour, words in ((32, "conforms"), (31, "departs"), (31, "could not be judged")):
        assert re.search(f"\x1b\\[[0-9;]*{colour}m{words}", text)
    assert "\x1b[31mtransient" in text
    assert "\x1b[32m." in text


def test_in_a_terminal_a_long_name_and_a_long_reason_are_not_wrapped() -> None:
    lines = shown(Comparison([Column("t" * 99, None, "e" * 99)], strict=False, seed=0), width=18)
    assert lines[:2] == [f"[1] {'t' * 99} could not be judged", f"    {'e' * 99}"]
    assert "departing codes" in "\n".join(lines)


def test_in_markdown_candidates_are_numbered_and_stand_in_columns(comparison: Comparison) -> None:
    lines = as_markdown.render(comparison).splitlines()
    assert lines == [
        "| | candidate | verdict |",
        "| --- | --- | --- |",
        "| 1 | `one` | conforms |",
        "| 2 | `two` | departs |",
        "| 3 | `three` | could not be judged: `no such file` |",
        "",
        "| clause | codes | expected | 1 | 2 | 3 |",
        "| --- | --- | --- | --- | --- | --- |",
        "| BITS-4XX | 408 | transient |  | `fatal` | `-` |",
        "| BITS-4XX | 429-430 | fatal |  | `transient` | `-` |",
        "",
        "| departing codes | 1 | 2 | 3 |",
        "| --- | --- | --- | --- |",
        "| BITS-4XX | 0 | 3 | not judged |",
        "| BITS-POSTS | not run | departs | not judged |",
        "| in all | 0 | 3 | not judged |",
    ]


def test_the_page_has_verdicts_rows_maps_and_totals_in_this_order(comparison: Comparison) -> None:
    page = re.sub(' (class|data-of|scope|id)="[^"]*"', "", as_html.render(comparison))
    parts = [
        "<code>two</code> <span>3 of 1,000 codes depart</span></li>",
        "<code>three</code> no such file; hint</li>",
        "bitsspec 9.9, seed 7. The rules:",
        "<tr><th>429-430</th><td>fatal</td><td></td><td>transient</td><td>-</td></tr>",
        'aria-label="0 of 1,000 codes depart"',
        'aria-label="3 of 1,000 codes depart"',
        "<tr><th>BITS-4XX</th><td>0</td><td>3</td><td>not judged</td></tr>",
        "<tr><th>Codes in all</th><td>0</td><td>3</td><td>not judged</td></tr>",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_the_page_has_a_map_of_each_candidate_which_says_what_departs(comparison: Comparison) -> None:
    page = as_html.render(comparison)
    _, one, two = page.split("<figure>")
    for drawn, codes in ((one, []), (two, ["408", "429", "430"])):
        assert drawn.count("<i class=") == 1000
        assert re.findall('class=departs title="(...): expected', drawn) == codes
        assert drawn.count("title=") == len(codes) + (drawn is two) * 3  # and the heads of a table


def test_on_the_page_what_did_not_run_is_left_out_and_zeros_are_quiet(comparison: Comparison) -> None:
    table = as_html.render(comparison).partition('<table class="counts">')[2]
    assert re.findall('<tr id="(.*?)">', table) == ["BITS-4XX", "BITS-POSTS"]
    assert '<td class="quiet">0</td><td>3</td><td class="quiet">not judged</td>' in table


def test_where_nothing_departs_there_is_no_table_of_codes() -> None:
    columns = [Column(name, report(result("BITS-4XX"))) for name in ("one", "two")]
    comparison = Comparison(columns, strict=False, seed=0)
    assert "| clause | codes |" not in as_markdown.render(comparison)
    assert "Codes at which" not in as_html.render(comparison)
    assert not [line for line in shown(comparison) if line.startswith("clause")]


def test_as_data_a_comparison_has_every_report_and_the_rows(comparison: Comparison) -> None:
    data = json.loads(as_json.render(comparison))
    reports = [column.report and column.report.as_json() for column in comparison.columns]
    assert data["candidates"] == [
        {"target": "one", "error": None, "report": reports[0]},
        {"target": "two", "error": None, "report": reports[1]},
        {"target": "three", "error": "no such file\nhint", "report": None},
    ]
    assert (data["bitsspec"], data["strict"], data["seed"]) == ("9.9", False, 7)
    assert data["rows"] == [
        {"clause": "BITS-4XX", "codes": [408, 408], "expected": "transient", "got": [None, "fatal", None]},
        {"clause": "BITS-4XX", "codes": [429, 430], "expected": "fatal", "got": [None, "transient", None]},
    ]
