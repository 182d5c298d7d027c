"""The JUnit report, read by a library that CI services' tools are built on."""

from pathlib import Path

import junitparser
import pytest

from bitsspec.report.as_junit import render
from bitsspec.report.files import write
from bitsspec.report.model import ClauseResult, Departure, Report, Result, in_full, tell
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES
from tests.support.candidates import Conforming, always_fatal, wrong_at
from tests.support.judging import judge


def read(report: Report, folder: Path) -> dict[str, junitparser.TestCase]:
    """Return the test cases of the report by their names."""
    write(report, folder / "report.xml")
    (suite,) = junitparser.JUnitXml.fromfile(str(folder / "report.xml"))
    assert suite.name
    cases = list(suite)
    results = [result.result for result in report.clauses]
    assert [case.name for case in cases] == [clause.id for clause in CLAUSES]
    assert suite.tests == len(CLAUSES)
    assert (
        suite.failures
        == results.count(Result.FAILED)
        == sum(is_a(case, junitparser.Failure) for case in cases)
    )
    assert suite.errors == 0
    assert suite.skipped == sum(is_a(case, junitparser.Skipped) for case in cases)
    return {case.name: case for case in cases}


def is_a(case: junitparser.TestCase, kind: type) -> bool:
    return [type(result) for result in case.result] == [kind]


@pytest.mark.parametrize("candidate", [Conforming, always_fatal, wrong_at(429), lambda status: status])
def test_each_clause_is_one_test_case(candidate: object, tmp_path: Path) -> None:
    report = judge(candidate)
    cases = read(report, tmp_path)
    for result in report.clauses:
        case = cases[result.clause.id]
        assert (case.result == []) == (result.result is Result.PASSED)
        assert is_a(case, junitparser.Failure) == (result.result is Result.FAILED)
        assert is_a(case, junitparser.Skipped) == (result.result is Result.NOT_OFFERED)


def test_a_failure_lists_every_departure(tmp_path: Path) -> None:
    report = judge(wrong_at(404, 410, 411, 412))
    (failure,) = read(report, tmp_path)["BITS-4XX"].result
    assert failure.message == "smallest counterexample: 404: expected fatal, got transient"
    assert failure.type == "departure"
    (result,) = report.failed
    assert failure.text == tell(result)
    assert failure.text.splitlines()[-2:] == [
        "  404: expected fatal, got transient",
        "  410-412: expected fatal, got transient",
    ]


@pytest.mark.parametrize("result", [Result.NOT_OFFERED, Result.NOT_RUN, Result.ACCEPTED])
def test_what_was_not_judged_or_was_accepted_is_skipped_and_says_so(result: Result, tmp_path: Path) -> None:
    departures = [Departure(404, "fatal", "transient", "known")] if result is Result.ACCEPTED else []
    clause = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], result, 100, departures)
    case = read(Report("shop", False, 0, ["classify"], in_full([clause]), 1000), tmp_path)["BITS-4XX"]
    assert is_a(case, junitparser.Skipped)
    assert case.result[0].message == result


def test_a_stale_entry_of_a_baseline_is_a_failure(tmp_path: Path) -> None:
    note = "stale entry: accepted.toml, entry 2 (BITS-4XX)"
    clause = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.FAILED, 100, [], [note])
    case = read(Report("shop", False, 0, ["classify"], in_full([clause]), 1000), tmp_path)["BITS-4XX"]
    (failure,) = case.result
    assert failure.message == note
    assert note in failure.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("]]></failure><testcase name='x'/> & \"quotes\"", "]]></failure><testcase name='x'/> & \"quotes\""),
        ("\x1b[31m\x00\x0b\ufffe", "\\x1b[31m\\x00\\x0b\\ufffe"),
        ("\ud800", "\\ud800"),
        ("\u4e2d \U0001f600", "\u4e2d \U0001f600"),
    ],
)
def test_text_of_the_candidate_stays_text(text: str, shown: str, tmp_path: Path) -> None:
    clause = ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.FAILED, 100, [Departure(404, "fatal", text)])
    cases = read(Report(f"exec:{text}", False, 0, ["classify"], in_full([clause]), 1000), tmp_path)
    (failure,) = cases["BITS-4XX"].result
    assert failure.text.endswith(f"404: expected fatal, got {shown}")


def test_the_file_begins_with_its_first_element_in_every_locale() -> None:
    text = render(judge(Conforming))
    assert text.startswith(
        '<testsuites name="bitsspec" tests="11" failures="0" errors="0" skipped="0" time="0.000">\n'
    )
    assert text.endswith("</testsuites>\n")
