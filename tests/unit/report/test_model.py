"""What a report says of a verdict, in words and as data."""

import json
from typing import Any

import pytest

from bitsspec.report.model import ClauseResult, Departure, Report, Result, show_input
from bitsspec.spec import CLAUSES
from tests.support.reports import departs, report, result

A_SEQUENCE = Departure([503, "retry"], "2", "1")
PASSED = result("BITS-3XX")
FAILED = result("BITS-4XX", *departs(429))
ACCEPTED = result("BITS-4XX", *departs(429, accepted="why"))
STALE = result("BITS-3XX", notes=["stale entry"])
OUTDATED = result("BITS-4XX", *departs(429), notes=["expired entry", "changed entry", "expired entry"])
FIVE = result("BITS-5XX")
REPOST = result("BITS-REPOST", *departs(429, 403))
BUT = "but for 1 accepted departure"


AT_ONE = "t departs from BITS-4XX at 1 of 1,000 status codes"
PART = ", in a run that is not complete"
EXPIRED = result("BITS-4XX", *departs(429), notes=["expired entry: b.toml, entry 1"])
CHANGED = result("BITS-5XX", *departs(501), notes=["changed entry: b.toml, entry 2"])
LACKS = result("BITS-REPOST", notes=["required: repost is not offered"])


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (report(PASSED), "t conforms: 1 clause held, 1,000 status codes asked"),
        (report(PASSED, FIVE, codes_asked=1), "t conforms: 2 clauses held, 1 status code asked"),
        (report(PASSED, codes_asked=0), "t conforms: 1 clause held"),
        (report(FIVE, ACCEPTED, codes_asked=9), f"t conforms {BUT}: 1 clause held, 9 status codes asked"),
        (report(PASSED, FAILED), AT_ONE),
        (report(FAILED, REPOST), "t departs from BITS-4XX, BITS-REPOST at 2 of 1,000 status codes"),
        (report(result("BITS-POSTS", A_SEQUENCE)), "t departs from BITS-POSTS"),
        (report(STALE), "t does not match its baseline: stale at BITS-3XX"),
        (report(FAILED, STALE), f"{AT_ONE}; does not match its baseline: stale at BITS-3XX"),
        (
            report(result("BITS-3XX", notes=["of another version"])),
            "t does not match its baseline at BITS-3XX",
        ),
        (report(EXPIRED), f"{AT_ONE}; does not match its baseline: expired at BITS-4XX"),
        (
            report(FAILED, CHANGED),
            "t departs from BITS-4XX, BITS-5XX at 2 of 1,000 status codes; "
            "does not match its baseline: changed at BITS-5XX",
        ),
        (report(PASSED, LACKS), "t does not offer what is required for BITS-REPOST"),
        (report(PASSED, complete=False), f"t was judged in part{PART}"),
        (report(FAILED, complete=False), f"{AT_ONE}{PART}"),
        (report(STALE, complete=False), f"t does not match its baseline: stale at BITS-3XX{PART}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_verdict_is_one_sentence(verdict: Report, sentence: str) -> None:
    assert verdict.verdict() == f"{sentence} (bitsspec 9.9, seed 7)."
    assert verdict.conforms is sentence.startswith("t conforms")


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (Result.NOT_OFFERED, "it offers nothing of what was asked for"),
        (Result.NOT_RUN, "none of its clauses ran"),
    ],
)
def test_where_nothing_was_judged_nothing_conforms(outcome: Result, why: str) -> None:
    given = report(ClauseResult(CLAUSES[0], outcome))
    assert given.verdict() == f"t was not judged: {why}."
    assert not given.conforms


@pytest.mark.parametrize("given", [PASSED, FAILED, ACCEPTED, STALE, result("BITS-POSTS", A_SEQUENCE)])
def test_a_report_and_a_clause_survive_their_way_through_json(given: ClauseResult) -> None:
    assert ClauseResult.from_json(json.loads(json.dumps(given.as_json()))) == given
    before = report(
        given,
        complete=given is PASSED,
        baseline="accepted.toml",
        duration_s=1.23456,
        examples=7,
        timeout_s=0.5,
        only=("BITS-4XX",),
        require=("posts",),
    )
    data = before.as_json()
    assert Report.from_json(json.loads(json.dumps(data))) == before
    assert data["duration_s"] == 1.235


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (7, "007"),
        ("'200'", "'200'"),
        ([], "no events"),
        ([7, "retry", 404], "007 retry 404"),
        ([7, 7, 7], "007 007 007"),
        (["retry"] * 5, "retry × 5"),
        ([7, 7, 7, 8], "007 007 007 008"),
    ],
)
def test_what_a_departure_was_found_with_is_short(given: Any, shown: str) -> None:
    assert show_input(given) == shown


def test_a_clause_that_did_not_run_is_in_the_report_too() -> None:
    assert [(c.clause, c.result, c.checked) for c in report().clauses] == [
        (clause, Result.NOT_RUN, 0) for clause in CLAUSES
    ]


def test_each_departing_code_has_its_departures_and_a_sequence_is_not_a_code() -> None:
    repost = result("BITS-REPOST", *departs(429, expected="yes", got="no"))
    found = report(FAILED, repost, result("BITS-POSTS", A_SEQUENCE)).departing_codes()
    assert {code: [clause.clause.id for clause, _ in at] for code, at in found.items()} == {
        429: ["BITS-4XX", "BITS-REPOST"]
    }
