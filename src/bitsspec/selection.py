"""Naming a clause, as options do."""

from bitsspec.errors import CannotRun
from bitsspec.spec.clauses import CLAUSE_BY_ID
from bitsspec.text import show


def clause_id(name: str) -> str:
    """Return the id that ``name`` means, in any letter case, with or without ``BITS-``.

    Raises `CannotRun`, listing the clauses, where there is none.
    """
    for wanted in (name.upper(), f"BITS-{name.upper()}"):
        if wanted in CLAUSE_BY_ID:
            return wanted
    raise CannotRun(f"there is no clause {show(name)}; the clauses are {', '.join(CLAUSE_BY_ID)}")
