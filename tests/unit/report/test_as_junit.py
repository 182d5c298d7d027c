"""The JUnit report, read by a library that CI services' tools are built on."""

from typing import Any
from xml.etree.ElementTree import fromstring

import junitparser
import pytest

from bitsspec.report.as_junit import render
from bitsspec.report.model import ClauseResult, Report, Result
from bitsspec.report.story import headline, tell
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES
from tests.support.reports import departs, report, result

KNOWN_TO_JENKINS = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped"},
    "testcase": {"name", "time", "classname"},
    **{tag: {"type", "message"} for tag in ("failure", "error", "skipped")},
}
"""What we need of the attributes in junit-10.xsd of Jenkins' xUnit plugin."""


def read(report: Report) -> dict[str, list[Any]]:
    """Return the results of each test case of the report by its name; none where it passed."""
    (suite,) = junitparser.JUnitXml.fromstring(render(report))
    cases = list(suite)
    results = [outcome for case in cases for outcome in case.result]
    extra = [] if report.complete else ["complete run"]
    assert [case.name for case in cases] == [*(clause.id for clause in CLAUSES), *extra]
    assert (suite.tests, suite.errors) == (len(cases), len(extra))
    assert suite.failures == sum(isinstance(outcome, junitparser.Failure) for outcome in results)
    assert suite.skipped == sum(isinstance(outcome, junitparser.Skipped) for outcome in results)
    return {case.name: case.result for case in cases}


def test_a_failure_tells_the_story_and_a_passed_clause_has_nothing_to_say() -> None:
    failed = result("BITS-4XX", *departs(404, 410, 411, 412))
    cases = read(report(failed, result("BITS-5XX")))
    (failure,) = cases["BITS-4XX"]
    assert isinstance(failure, junitparser.Failure)
    assert failure.message == headline(failed)
    assert failure.type == "departure"
    assert failure.text == tell(failed)
    assert cases["BITS-5XX"] == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (ClauseResult(CLAUSE_BY_ID["BITS-REPOST"], Result.NOT_OFFERED), "not offered: offered by may_repost"),
        (ClauseResult(CLAUSE_BY_ID["BITS-4XX"], Result.NOT_RUN), "not run: judged in a run without --only"),
        (result("BITS-4XX", *departs(404, accepted="ours")), "1 accepted departure: ours"),
        (result("BITS-4XX", *departs(404, 405, accepted="ours")), "2 accepted departures: ours"),
    ],
)
def test_what_was_not_judged_or_was_accepted_is_skipped_and_says_why(given: ClauseResult, says: str) -> None:
    (skipped,) = read(report(given))[given.clause.id]
    assert isinstance(skipped, junitparser.Skipped)
    assert skipped.message == says


def test_a_stale_entry_of_a_baseline_is_a_failure() -> None:
    note = "stale entry: accepted.toml, entry 2 (BITS-4XX)"
    (failure,) = read(report(result("BITS-4XX", notes=[note])))["BITS-4XX"]
    assert isinstance(failure, junitparser.Failure)
    assert failure.message == f"BITS-4XX: {note}"
    assert note in failure.text


def test_text_of_the_candidate_stays_text() -> None:
    text = ']]></failure> & "quotes" \u4e2d \x00\ufffe\ud800'
    (failure,) = read(report(result("BITS-4XX", *departs(404, got=text)), target=text))["BITS-4XX"]
    assert isinstance(failure, junitparser.Failure)
    assert 'got ]]></failure> & "quotes" \u4e2d \\x00\\ufffe\\ud800\n' in failure.text


def test_a_run_that_is_not_complete_is_an_error_of_its_own() -> None:
    (error,) = read(report(result("BITS-4XX"), complete=False))["complete run"]
    assert isinstance(error, junitparser.Error)
    assert error.message.startswith("not complete: ")


def test_jenkins_schema_knows_every_attribute_and_two_candidates_share_no_test_case() -> None:
    given = result("BITS-4XX", *departs(404)), ClauseResult(CLAUSE_BY_ID["BITS-5XX"], duration_s=0.25)
    roots = [fromstring(render(report(*given, target=name, complete=False))) for name in ("old", "new")]
    unknown = {(each.tag, *{*each.attrib} - KNOWN_TO_JENKINS[each.tag]) for each in roots[0].iter()}
    assert unknown == {(tag,) for tag in KNOWN_TO_JENKINS}
    keys = [{(case.get("classname"), case.get("name")) for case in root.iter("testcase")} for root in roots]
    assert not keys[0] & keys[1]
    assert [case.get("time") for case in roots[0].iter("testcase") if case.get("name") == "BITS-5XX"] == [
        "0.250"
    ]


def test_the_file_begins_with_its_first_element_in_every_locale() -> None:
    text = render(report(*(result(clause.id) for clause in CLAUSES), duration_s=1.5))
    counts = 'tests="11" failures="0" errors="0"'
    assert text.startswith(f'<testsuites name="bitsspec" {counts} time="1.500">\n')
    assert text.endswith("</testsuites>\n")
