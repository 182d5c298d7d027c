"""Checking a candidate with the suite's own checks, one function call for each clause."""

from collections.abc import Iterable
from typing import Any

from bitsspec import conformance
from bitsspec.candidates import Candidate, open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.report.model import ClauseResult, Report, Result, in_full
from bitsspec.settings import Settings
from bitsspec.spec import CLAUSE_BY_ID

CHECKS = {
    mark.args[0]: function
    for function in (getattr(conformance, name) for name in conformance.__all__)
    for mark in function.pytestmark
    if mark.name == "bits_clause"
}
"""The check of each clause, by the clause's id."""


def judge(
    source: object,
    only: Iterable[str] = CLAUSE_BY_ID,
    *,
    examples: int = 20,
    seed: int = 0,
    timeout: float = 10,
) -> Report:
    """Return the verdict over a candidate, the clauses of level 'should' included."""
    candidate = open_candidate(source, timeout=timeout)
    try:
        settings = Settings(strict=True, examples=examples, seed=seed)
        results = [_result(candidate, clause, settings) for clause in only]
        capabilities = [str(capability) for capability in candidate.capabilities]
        asked = frozenset[int]().union(*(result.asked for result in results))
        return Report(
            candidate.target,
            True,
            seed,
            capabilities,
            in_full(results),
            len(asked),
            not_observable=tuple(candidate.not_observable),
            remarks=tuple(candidate.remarks),
        )
    finally:
        candidate.close()


def departed(report: Report) -> set[str]:
    """Return the ids of the clauses that the candidate departs from."""
    return {result.clause.id for result in report.failed}


def departing(report: Report, clause: str) -> dict[Any, tuple[str, str]]:
    """Return what a clause's departures are: what was asked, and what was expected and came back."""
    (result,) = (result for result in report.clauses if result.clause.id == clause)
    return {
        tuple(d.input) if isinstance(d.input, list) else d.input: (d.expected, d.got)
        for d in result.departures
    }


def check_of(clause_id: str, settings: Settings, source: object = None) -> ClauseCheck:
    """Return a check of one clause against a candidate, by default the reference."""
    return ClauseCheck(CLAUSE_BY_ID[clause_id], open_candidate(source), settings)


def _result(candidate: Candidate, clause_id: str, settings: Settings) -> ClauseResult:
    clause = CLAUSE_BY_ID[clause_id]
    if clause.capability not in candidate.capabilities:
        return ClauseResult(clause, Result.NOT_OFFERED)
    check = ClauseCheck(clause, candidate, settings)
    CHECKS[clause_id](check)
    assert check.result is not None, f"{clause_id} came to no conclusion"
    return check.result
