"""Every code with each of its two wrong outcomes."""

from functools import partial

from bitsspec import Outcome, classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate, owner


class WrongAtOneCode:
    """Gives one code another outcome; a value that merely equals the code is no code."""

    def __init__(self, code: int, outcome: str) -> None:
        self.code = code
        self.outcome = outcome

    def classify(self, status: int) -> object:
        return self.outcome if type(status) is int and status == self.code else classify(status)


def mutants() -> list[WrongCandidate]:
    """Return the 2,000 mutants."""
    return [
        WrongCandidate(
            f"{code:03} {outcome}", partial(WrongAtOneCode, code, str(outcome)), frozenset({owner(code)})
        )
        for code in range(1000)
        for outcome in Outcome
        if outcome is not classify(code)
    ]


FAMILY = Family(
    "outcomes",
    "the outcome of one code",
    OUTCOME_CLAUSES,
    mutants,
)
