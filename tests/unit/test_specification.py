"""The clauses: their ids, what they say and what they govern."""

import ast
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from bitsspec import spec
from bitsspec.spec import (
    CLAUSE_BY_ID,
    CLAUSES,
    OUTCOME_CLAUSES,
    STATUS_CODES,
    ErrorContext,
    Outcome,
    outcome_due,
    posts_due,
)

MUST = ("SUCCESS", "3XX", "4XX", "5XX", "OTHER", "REPOST", "CONTEXT", "POSTS", "STABLE")
SHOULD = ("HRESULT", "DOMAIN")


def test_there_are_nine_clauses_that_must_hold_and_two_that_should() -> None:
    assert [(clause.id, clause.level) for clause in CLAUSES] == [
        *((f"BITS-{name}", "must") for name in MUST),
        *((f"BITS-{name}", "should") for name in SHOULD),
    ]


def test_the_outcome_clauses_partition_all_status_codes() -> None:
    governed = Counter(status for clause in OUTCOME_CLAUSES for status in clause.governs)
    assert governed == Counter(range(1000))


def test_one_code_is_success_107_are_fatal_and_892_transient() -> None:
    counts = {Outcome.SUCCESS: 1, Outcome.FATAL: 107, Outcome.TRANSIENT: 892}
    assert Counter(map(outcome_due, STATUS_CODES)) == counts


@pytest.mark.parametrize(
    ("outcome", "codes"),
    [
        ("success", [200]),
        ("fatal", [300, 305, 307, 400, 403, 407, 410, 429, 499, 501, 505]),
        ("transient", [0, 199, 201, 204, 299, 306, 308, 399, 408, 409, 500, 502, 504, 506, 599, 600, 999]),
    ],
)
def test_each_boundary_means_what_the_page_says(outcome: str, codes: list[int]) -> None:
    assert {status: outcome_due(status) for status in codes} == dict.fromkeys(codes, outcome)


@pytest.mark.parametrize(
    ("events", "posts"),
    [
        ([], 1),
        (["retry", "resume"], 1),
        ([503, "retry"], 2),
        ([503, "resume"], 2),
        ([503, "retry", "retry"], 2),
        ([404, "retry"], 1),
        ([404, "retry", "resume"], 2),
        ([403, "resume"], 1),
        ([200, "retry", "resume"], 1),
        ([503, "retry", 403, "resume"], 2),
        ([201, "retry", 201, "retry", 200], 3),
    ],
)
def test_posts_are_counted_as_the_life_cycle_says(events: list[int | str], posts: int) -> None:
    assert posts_due(events) == posts


def test_of_all_error_codes_403_alone_forbids_posting_again() -> None:
    clause = CLAUSE_BY_ID["BITS-REPOST"]
    assert [status for status in clause.governs if clause.holds(status, False)] == [403]
    assert [status for status in clause.governs if not clause.holds(status, True)] == [403]


def test_the_hresult_of_each_error_code_is_the_documented_base_plus_the_code() -> None:
    clause = CLAUSE_BY_ID["BITS-HRESULT"]
    assert set(clause.governs) == set(STATUS_CODES) - {200}
    assert all(clause.permits(status) == {0x8019_0000 + status} for status in clause.governs)


def test_the_error_contexts_are_numbered_as_in_bits_h() -> None:
    assert [*ErrorContext] == list(range(9))
    assert (ErrorContext.REMOTE_FILE, ErrorContext.REMOTE_APPLICATION) == (5, 7)


def test_every_clause_says_its_rule_in_one_sentence_with_a_citation() -> None:
    for clause in CLAUSES:
        assert re.fullmatch(r"[^.]*\.", clause.text.replace("0x80190000", "")), clause.text
        assert clause.cites, clause.id


def test_the_specification_imports_the_standard_library_only() -> None:
    for path in Path(str(spec.__file__)).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
        names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names, path.name
