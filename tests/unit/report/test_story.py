"""The story of a result: a first line that stands alone, plain words, bounded, and where to look next."""

from typing import Any

import pytest

from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.report.story import MOST_LINES, details, headline, lines_of, tell, unjudged
from bitsspec.spec import CLAUSE_BY_ID, CLAUSES
from tests.support.reports import departs, report, result


@pytest.mark.parametrize(
    ("failed", "told"),
    [
        (
            result("BITS-4XX", *departs(409, expected="transient", got="fatal"), *departs(429)),
            "BITS-4XX: 2 of 100 codes depart: 409 expected transient, got fatal; 429 expected fatal, "
            "got transient",
        ),
        (
            result("BITS-SUCCESS", *departs(200, expected="success"), checked=1),
            "BITS-SUCCESS: 1 of 1 codes departs: 200 expected success, got transient",
        ),
        (
            result("BITS-POSTS", Departure([403, "resume"], "1", "2")),
            "BITS-POSTS: departs: after 403, resume posted 2 times, expected 1",
        ),
        (
            result("BITS-4XX", notes=["stale entry: a.toml, entry 1"]),
            "BITS-4XX: stale entry: a.toml, entry 1",
        ),
    ],
)
def test_the_first_line_stands_alone(failed: ClauseResult, told: str) -> None:
    assert headline(failed) == told
    assert tell(failed).splitlines()[0] == told


@pytest.mark.parametrize(
    ("clause", "departure", "words"),
    [
        ("BITS-POSTS", Departure([403, "resume"], "1", "2"), "after 403, resume: posted 2 times, expected 1"),
        ("BITS-POSTS", Departure([], "1", "'no'"), "after nothing: answered 'no', expected 1"),
        ("BITS-4XX", Departure([7, 8, 9], "fatal", "no"), "007 008 009: expected fatal, got no"),
        (
            "BITS-POSTS",
            Departure([503, "retry"] * 26, "27", "26 (seen once)"),
            "after 26 times 503, retry: posted 26 times (seen once), expected 27",
        ),
        (
            "BITS-STABLE",
            Departure([499, 501, 502, 503], "transient", "fatal"),
            "503: transient when asked first, fatal after 499 501 502",
        ),
        (
            "BITS-STABLE",
            Departure([555] * 301, "transient", "fatal"),
            "555: transient when asked first, fatal after 300 times 555",
        ),
        (
            "BITS-STABLE",
            Departure([404], "fatal", "transient while another thread asks"),
            "404: fatal when asked first, transient while another thread asks",
        ),
        (
            "BITS-DOMAIN",
            Departure("200.0", "fatal or rejected or transient", "success"),
            "200.0 was a success: reject it or answer an error",
        ),
    ],
)
def test_a_counterexample_is_told_in_plain_words(clause: str, departure: Departure, words: str) -> None:
    assert lines_of(CLAUSE_BY_ID[clause], [departure]) == [words]


def test_codes_in_a_row_that_differ_alike_are_a_range_even_where_an_exception_names_the_code() -> None:
    raised = [Departure(code, "fatal", f"raised KeyError: {code}") for code in (403, 404, 499)]
    assert lines_of(CLAUSE_BY_ID["BITS-4XX"], [*departs(402), *raised]) == [
        "402: expected fatal, got transient",
        "403-404: expected fatal, got raised KeyError: CODE",
        "499: expected fatal, got raised KeyError: CODE",
    ]
    pairs = [Departure([code, "resume"], "2", "1") for code in (500, 501)]
    assert lines_of(CLAUSE_BY_ID["BITS-POSTS"], pairs) == ["after 500-501, resume: posted 1 time, expected 2"]


def test_the_story_has_the_rule_the_cause_the_notes_then_what_departs_then_what_is_accepted() -> None:
    failed = result(
        "BITS-4XX", *departs(429, got="True"), *departs(430, 431, accepted="ours"), notes=["a note"]
    )
    assert tell(failed).splitlines()[1:] == [
        "rule: From 400 to 499, the codes 408 and 409 are transient and all others are fatal. [P2S2]",
        "cause: the answers are True and False: name the predicate as retry:PACKAGE.MODULE:FUNCTION",
        "a note",
        "429: expected fatal, got True",
        "accepted: 430-431: expected fatal, got transient (ours)",
        "why: bitsspec explain 429",
    ]


@pytest.mark.parametrize(
    ("clause", "given", "about"),
    [
        ("BITS-POSTS", [[403, "resume"], [503, "retry", 404]], "403"),
        ("BITS-POSTS", [[503, "retry", 404, "retry"]], "BITS-POSTS"),
        ("BITS-DOMAIN", ["200.0"], "BITS-DOMAIN"),
    ],
)
def test_a_failed_clause_points_to_its_codes_or_to_itself(clause: str, given: list[Any], about: str) -> None:
    failed = result(clause, *(Departure(each, "1", "2") for each in given))
    assert details(failed)[-1] == f"why: bitsspec explain {about}"


def test_a_long_story_is_cut_and_says_where_the_rest_is() -> None:
    failed = result("BITS-4XX", *(Departure(code, "fatal", f"'{code}'") for code in range(410, 500)))
    lines = tell(failed).splitlines()
    assert len(lines) == MOST_LINES
    assert "lines more: --report out.json lists every departure" in lines[-2]
    assert lines[-1] == "why: bitsspec explain 410"
    assert len(details(failed, 5)) == 5


def test_what_was_not_judged_says_what_would_change_that() -> None:
    results = [ClauseResult(clause, Result.PASSED, 1) for clause in CLAUSES[:5]]
    results.append(ClauseResult(CLAUSE_BY_ID["BITS-REPOST"], Result.NOT_OFFERED))
    should = "not run: BITS-HRESULT, BITS-DOMAIN"
    assert unjudged(report(*results)) == [
        "not run: BITS-CONTEXT, BITS-POSTS, BITS-STABLE (in a run without --only)",
        f"{should} (with --strict, or where --only names them)",
        "not offered: BITS-REPOST (offered by may_repost)",
    ]
    assert unjudged(report(*results, complete=False))[0].endswith("(in a run that comes to its end)")
    assert unjudged(report(*results, strict=True))[0].endswith(", BITS-DOMAIN (in a run without --only)")
    for target, offer in (
        ("exec:node x.js", "a second field (yes or no)"),
        ("table:x.csv", "a column repost"),
    ):
        assert unjudged(report(*results, target=target))[-1].endswith(f"(offered by {offer})")
    assert unjudged(report(*(ClauseResult(clause, Result.PASSED, 1) for clause in CLAUSES))) == []
