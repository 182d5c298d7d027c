"""What a report says of a verdict, in words and as JSON."""

from dataclasses import replace
from typing import Any

import pytest

from bitsspec.report.model import (
    ClauseResult,
    Departure,
    Report,
    Result,
    as_ranges,
    in_full,
    show_input,
    tell,
)
from bitsspec.spec import CLAUSE_BY_ID

A_CODE = Departure(429, "fatal", "transient")
A_SEQUENCE = Departure([503, "retry"], "2", "1")


def result(clause: str, outcome: Result, *departures: Departure, checked: int = 100) -> ClauseResult:
    return ClauseResult(CLAUSE_BY_ID[clause], outcome, checked, list(departures))


def report(*results: ClauseResult, asked: int = 1000, interrupted: bool = False) -> Report:
    return Report(
        "t", False, 7, ["classify"], in_full(results), asked, version="9.9", interrupted=interrupted
    )


PASSED = result("BITS-3XX", Result.PASSED)
FAILED = result("BITS-4XX", Result.FAILED, A_CODE)
ACCEPTED = result("BITS-4XX", Result.ACCEPTED, replace(A_CODE, accepted="why"))
STALE = replace(PASSED, result=Result.FAILED, notes=["stale entry"])


@pytest.mark.parametrize(
    ("verdict", "conforms", "sentence"),
    [
        (report(PASSED), True, "t conforms: 1 clause held, 1,000 status codes asked (bitsspec 9.9, seed 7)."),
        (
            report(PASSED, result("BITS-5XX", Result.PASSED), asked=1),
            True,
            "t conforms: 2 clauses held, 1 status code asked (bitsspec 9.9, seed 7).",
        ),
        (report(PASSED, asked=0), True, "t conforms: 1 clause held (bitsspec 9.9, seed 7)."),
        (
            report(PASSED, ACCEPTED),
            True,
            "t conforms but for 1 accepted departure: 1 clause held, 1,000 status codes asked"
            " (bitsspec 9.9, seed 7).",
        ),
        (
            report(PASSED, FAILED),
            False,
            "t departs from BITS-4XX at 1 of 1,000 status codes (bitsspec 9.9, seed 7).",
        ),
        (
            report(FAILED, result("BITS-REPOST", Result.FAILED, A_CODE, Departure(403, "no", "yes"))),
            False,
            "t departs from BITS-4XX, BITS-REPOST at 2 of 1,000 status codes (bitsspec 9.9, seed 7).",
        ),
        (
            report(result("BITS-POSTS", Result.FAILED, A_SEQUENCE)),
            False,
            "t departs from BITS-POSTS (bitsspec 9.9, seed 7).",
        ),
        (report(STALE), False, "t does not match its baseline at BITS-3XX (bitsspec 9.9, seed 7)."),
        (report(), False, "t was not judged: it offers nothing of what was asked for."),
        (
            report(PASSED, interrupted=True),
            False,
            "t was judged in part, until the run was interrupted (bitsspec 9.9, seed 7).",
        ),
        (
            report(FAILED, interrupted=True),
            False,
            "t departs from BITS-4XX at 1 of 1,000 status codes, until the run was interrupted"
            " (bitsspec 9.9, seed 7).",
        ),
        (
            report(STALE, interrupted=True),
            False,
            "t does not match its baseline at BITS-3XX, until the run was interrupted"
            " (bitsspec 9.9, seed 7).",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_verdict_is_one_sentence(verdict: Report, conforms: bool, sentence: str) -> None:
    assert verdict.verdict() == sentence
    assert verdict.conforms is conforms


@pytest.mark.parametrize(
    "given", [PASSED, FAILED, ACCEPTED, STALE, result("BITS-POSTS", Result.FAILED, A_SEQUENCE)]
)
@pytest.mark.parametrize("interrupted", [False, True])
def test_a_report_survives_its_way_through_json(given: ClauseResult, interrupted: bool) -> None:
    before = report(given, interrupted=interrupted)
    before.duration_s = 1.23456
    data = before.as_json()
    after = Report.from_json(data)
    assert after.as_json() == data
    assert after.duration_s == 1.235
    assert after.conforms is before.conforms
    assert after.interrupted is (interrupted and not before.failed)
    assert [clause.open for clause in after.clauses] == [clause.open for clause in before.clauses]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (7, "007"),
        ("'200'", "'200'"),
        ([], "no events"),
        ([7, "retry", 404], "007 retry 404"),
        ([7, 7, 7], "007 007 007"),
        ([7, 7, 7, 7], "007 × 4"),
        (["retry"] * 5, "retry × 5"),
        ([7, 7, 7, 8], "007 007 007 008"),
    ],
)
def test_what_a_departure_was_found_with_is_short(given: Any, shown: str) -> None:
    assert show_input(given) == shown


def test_neighbours_that_depart_alike_are_one_line_and_sequences_come_last() -> None:
    codes = [
        Departure(status, "fatal", got) for status, got in ((404, "a"), (403, "a"), (402, "b"), (499, "a"))
    ]
    assert as_ranges([A_SEQUENCE, *codes]) == [
        "402: expected fatal, got b",
        "403-404: expected fatal, got a",
        "499: expected fatal, got a",
        "503 retry: expected 2, got 1",
    ]


def test_a_failed_clause_tells_its_rule_the_smallest_counterexample_and_all_departures() -> None:
    accepted = replace(A_CODE, input=430, accepted="why")
    given = result("BITS-4XX", Result.FAILED, A_CODE, replace(A_CODE, input=431), accepted, checked=1234)
    given.notes.append("a note")
    assert tell(given).splitlines() == [
        "BITS-4XX: From 400 to 499, the codes 408 and 409 are transient and all others are fatal. [P2S2]",
        "smallest counterexample: 429: expected fatal, got transient",
        "all departures (2 of 1,234 checked):",
        "  429: expected fatal, got transient",
        "  431: expected fatal, got transient",
        "accepted besides: 1",
        "a note",
    ]
    told = tell(result("BITS-POSTS", Result.FAILED, A_SEQUENCE))
    assert "all departures (1):" in told
    assert "accepted" not in told
    assert tell(STALE).splitlines()[1:] == ["stale entry"]


def test_a_clause_that_did_not_run_checked_nothing_and_took_no_time() -> None:
    data = report().as_json()
    assert data["duration_s"] == 0
    assert [(clause["result"], clause["checked"]) for clause in data["clauses"]] == [("not run", 0)] * 11


def test_each_departing_code_has_its_departures_and_a_sequence_is_no_code() -> None:
    repost = result("BITS-REPOST", Result.FAILED, Departure(429, "yes", "no"))
    posts = result("BITS-POSTS", Result.FAILED, A_SEQUENCE)
    found = report(FAILED, repost, posts).departing_codes()
    assert {code: [clause.clause.id for clause, _ in at] for code, at in found.items()} == {
        429: ["BITS-4XX", "BITS-REPOST"]
    }
