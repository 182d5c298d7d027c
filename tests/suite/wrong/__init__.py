"""Wrong candidates, made one mistake at a time from a right one, and the clauses that own each mistake."""

from tests.suite.wrong import boundaries, domain, errors, history, outcomes, posting
from tests.suite.wrong.base import Family, WrongCandidate

__all__ = ["FAMILIES", "Family", "WrongCandidate"]

FAMILIES: tuple[Family, ...] = (
    outcomes.FAMILY,
    boundaries.FAMILY,
    *errors.FAMILIES,
    posting.FAMILY,
    history.FAMILY,
    domain.FAMILY,
)
