"""What a wrong candidate is, and what it takes to kill it."""

from collections.abc import Callable
from dataclasses import dataclass

OUTCOME_CLAUSES = ("BITS-SUCCESS", "BITS-3XX", "BITS-4XX", "BITS-5XX", "BITS-OTHER")


@dataclass(frozen=True)
class WrongCandidate:
    """A candidate with one mistake."""

    name: str
    source: object
    """A function, an object, or a class where what came before matters."""
    owners: frozenset[str]
    """The clauses that own the mistake: each of them has to find it."""
    related: frozenset[str] = frozenset()
    """Clauses that may find it as well, because the mistake shows in what they rule.

    Where nobody owns the mistake, one of them has to.
    """

    def is_killed(self, departed: set[str]) -> bool:
        """Say whether it departs from every clause that owns the mistake and from no unrelated one."""
        return bool(departed) and self.owners <= departed <= self.owners | self.related


@dataclass(frozen=True)
class Family:
    """Wrong candidates that all have the same kind of mistake."""

    name: str
    title: str
    """What is wrong, as the table in docs/contributors/trial.md says it."""
    clauses: tuple[str, ...]
    """The clauses that check every candidate: those that rule on the answers that are wrong."""
    candidates: Callable[[], list[WrongCandidate]]
    in_process: bool = True
    """Whether no candidate needs a process, so that some are tried in the fast tests."""


def owner(status: int) -> str:
    """Return the outcome clause that owns a code, told from its first digit and not from the clauses."""
    if status == 200:
        return "BITS-SUCCESS"
    return f"BITS-{status // 100}XX" if status // 100 in (3, 4, 5) else "BITS-OTHER"
