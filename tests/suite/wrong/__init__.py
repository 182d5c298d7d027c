"""Wrong candidates, made one mistake at a time from a right one, and the clauses that own each mistake."""

from tests.suite.wrong import (
    boundaries,
    domain,
    history,
    lenient,
    one_code,
    posting,
    questions,
    seeds,
    threads,
)
from tests.suite.wrong.base import Family, WrongCandidate

__all__ = ["FAMILIES", "Family", "WrongCandidate"]

FAMILIES = (
    one_code.OUTCOMES,
    boundaries.FAMILY,
    *one_code.ERRORS,
    posting.FAMILY,
    history.FAMILY,
    questions.FAMILY,
    threads.FAMILY,
    seeds.FAMILY,
    domain.FAMILY,
    lenient.FAMILY,
)
