"""Answers that depend on the seed of Python's hashes: of sets, of their order, of ``hash`` itself.

What this process's seed makes of them may be wrong as well, so that a clause of the codes may find them too.
"""

from bitsspec import classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate
from tests.support.candidates import other


def by_hash(status: int) -> object:
    right = classify(status)
    return other(status) if hash(f"HTTP {status}") % 50 == 0 else right


def first_of_a_set(status: int) -> object:
    """Take what comes first of two rules that both fit."""
    right = classify(status)
    rules = {f"{status} is an error": right, f"{status // 10}x is worth a retry": "transient"}
    return rules[next(iter(set(rules)))]


def sharded(status: int) -> object:
    """Look a code up in one of eight tables, of which one is not filled."""
    right = classify(status)
    return "transient" if hash(str(status)) % 8 == 0 else right


def candidates() -> list[WrongCandidate]:
    """Return every candidate that a second process with another seed finds."""
    return [
        WrongCandidate(
            each.__name__,
            f"python:{__name__}:{each.__name__}",
            frozenset({"BITS-STABLE"}),
            frozenset(OUTCOME_CLAUSES),
        )
        for each in (by_hash, first_of_a_set, sharded)
    ]


FAMILY = Family(
    "seeds",
    "an answer that depends on the seed of hashes",
    (*OUTCOME_CLAUSES, "BITS-STABLE", "BITS-DOMAIN"),
    candidates,
    in_process=False,
)
