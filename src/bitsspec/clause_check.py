"""The check of one candidate by one clause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bitsspec.candidates.base import Candidate, Failure
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.settings import Settings
from bitsspec.spec.clauses import BITS_DOMAIN, BITS_HRESULT, Clause
from bitsspec.spec.vocabulary import REJECTED, Capability
from bitsspec.text import show_answer, show_hresult


@dataclass
class ClauseCheck:
    """What a test of the suite works with: it asks, judges each answer and concludes once."""

    clause: Clause
    candidate: Candidate
    examples: int = Settings.examples
    """How many sequences or values Hypothesis draws."""
    seed: int = Settings.seed
    first_answers: dict[int, Any] = field(default_factory=dict)
    """How the candidate first classified each code, in any check of the run."""
    asked: set[int] = field(default_factory=set)
    result: ClauseResult | None = None

    def ask(
        self, inputs: Sequence[Any], *, of: Candidate | None = None, for_: Capability | None = None
    ) -> list[Any]:
        """Ask the candidate (or another state ``of`` it) what the clause is about."""
        capability = for_ or self.clause.capability
        answers = (of or self.candidate).ask(capability, inputs)
        if capability is not Capability.POSTS and self.clause is not BITS_DOMAIN:
            self.asked.update(inputs)
            if capability is Capability.CLASSIFY and of is None:
                for status, answer in zip(inputs, answers, strict=True):
                    self.first_answers.setdefault(status, answer)
        return answers

    def judge(self, given: Any, answer: Any) -> Departure | None:
        """Return how ``answer`` departs from the clause for ``given``, or None if it does not."""
        if isinstance(answer, Failure) and not answer.is_timeout and self.clause.holds(given, REJECTED):
            return None
        if isinstance(answer, Failure) or not self.clause.holds(given, answer):
            return Departure(given, self.expected(given), self.show(answer))
        return None

    def expected(self, given: Any) -> str:
        """Return what the clause permits for ``given``, as reports write it."""
        return " or ".join(sorted(self.show(answer) for answer in self.clause.permits(given)))

    def show(self, answer: Any) -> str:
        """Return an answer as reports write it."""
        if self.clause is BITS_HRESULT and isinstance(answer, int) and answer >= 0:
            return show_hresult(answer)
        return show_answer(answer)

    def conclude(self, checked: int, departures: Iterable[Departure]) -> None:
        """Set the result: how much was checked, and every departure found."""
        found = list(departures)
        self.result = ClauseResult(
            self.clause,
            Result.FAILED if found else Result.PASSED,
            checked,
            found,
            asked=frozenset(self.asked),
        )
