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
    Level,
    Outcome,
    outcome_due,
    posts_due,
)

SPEC_FOLDER = Path(str(spec.__file__)).parent


def test_there_are_eleven_clauses() -> None:
    assert [(clause.id, clause.level) for clause in CLAUSES] == [
        ("BITS-SUCCESS", "must"),
        ("BITS-3XX", "must"),
        ("BITS-4XX", "must"),
        ("BITS-5XX", "must"),
        ("BITS-OTHER", "must"),
        ("BITS-REPOST", "must"),
        ("BITS-CONTEXT", "must"),
        ("BITS-POSTS", "must"),
        ("BITS-STABLE", "must"),
        ("BITS-HRESULT", "should"),
        ("BITS-DOMAIN", "should"),
    ]


def test_the_outcome_clauses_partition_all_status_codes() -> None:
    governed = Counter(status for clause in OUTCOME_CLAUSES for status in clause.governs)
    assert set(governed) == set(range(1000))
    assert set(governed.values()) == {1}


def test_one_code_is_success_107_are_fatal_and_892_transient() -> None:
    assert Counter(map(outcome_due, STATUS_CODES)) == {
        Outcome.SUCCESS: 1,
        Outcome.FATAL: 107,
        Outcome.TRANSIENT: 892,
    }


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


def test_the_error_contexts_are_those_of_bits_h() -> None:
    assert {context.value: context.name for context in ErrorContext} == dict(
        enumerate(
            (
                "NONE",
                "UNKNOWN",
                "GENERAL_QUEUE_MANAGER",
                "QUEUE_MANAGER_NOTIFICATION",
                "LOCAL_FILE",
                "REMOTE_FILE",
                "GENERAL_TRANSPORT",
                "REMOTE_APPLICATION",
                "SERVER_CERTIFICATE_CALLBACK",
            )
        )
    )


def test_every_clause_says_its_rule_in_one_sentence_with_a_citation() -> None:
    for clause in CLAUSES:
        assert re.fullmatch(r"[^.]*\.", clause.text.replace("0x80190000", "")), clause.text
        assert clause.cites, clause.id


def test_only_the_level_should_is_optional() -> None:
    assert {clause.id for clause in CLAUSES if clause.level is Level.SHOULD} == {
        "BITS-HRESULT",
        "BITS-DOMAIN",
    }


def test_the_specification_imports_the_standard_library_only() -> None:
    for path in SPEC_FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots = {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                roots = {str(node.module).partition(".")[0]}
            else:
                continue
            assert roots <= sys.stdlib_module_names, f"{path.name} imports {roots}"
