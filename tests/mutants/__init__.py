"""Wrong candidates, made one mistake at a time from a right one, and the clauses that own each mistake."""

from mutants import boundaries, domain, errors, history, outcomes, posting
from mutants.mutant import Family, Mutant

__all__ = ["FAMILIES", "Family", "Mutant"]

FAMILIES: tuple[Family, ...] = (
    outcomes.FAMILY,
    boundaries.FAMILY,
    *errors.FAMILIES,
    posting.FAMILY,
    history.FAMILY,
    domain.FAMILY,
)
