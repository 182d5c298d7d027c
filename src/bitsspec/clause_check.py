"""One clause checked against one candidate."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bitsspec.candidates.base import Candidate, Failure
from bitsspec.history import Call, History
from bitsspec.interruption import stop_if_it_came
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.settings import Settings
from bitsspec.spec.clauses import BITS_DOMAIN, Clause
from bitsspec.spec.vocabulary import REJECTED, STATUS_CODES, Capability
from bitsspec.text import show_answer, show_hresult

STEP = 100
"""How many calls are made before anyone is told."""
EQUAL_TO_200 = (200.0, Decimal(200), Fraction(200))
"""Asked by `BITS-DOMAIN` before any clause asks 200: a cache rightly takes 200.0 for a 200 that it holds."""


@dataclass
class ClauseCheck:
    """What a test of the suite works with: it asks, judges each answer and concludes once."""

    clause: Clause
    candidate: Candidate
    settings: Settings = field(default_factory=Settings)
    asked: set[int] = field(default_factory=set)
    result: ClauseResult | None = None
    tell: Callable[["ClauseCheck"], None] = lambda _: None
    """Called now and then while it asks."""

    def __post_init__(self) -> None:
        of_domain = self.settings.strict or BITS_DOMAIN.id in self.settings.only
        if of_domain and self.candidate.in_process and not self.history.equal_to_200:
            calls = [Call(Capability.CLASSIFY, value) for value in EQUAL_TO_200]
            self.history.equal_to_200 = self.candidate.ask_each(calls)
            self.history.note(calls, self.history.equal_to_200)

    @property
    def history(self) -> History:
        """What the candidate was asked in the whole run, by all clauses."""
        return self.candidate.history

    def ask(self, inputs: Sequence[Any]) -> list[Any]:
        """Ask the candidate what the clause is about; return one answer to each input."""
        return self.ask_calls([Call(self.clause.capability, given) for given in inputs])

    def ask_calls(self, calls: Sequence[Call]) -> list[Any]:
        """Ask the candidate several questions, one right after another."""
        answers: list[Any] = []
        for start in range(0, len(calls), STEP):
            part = calls[start : start + STEP]
            answered = self.candidate.ask_each(part)
            self.history.note(part, answered)
            answers += answered
            stop_if_it_came()
            self.tell(self)
        if self.clause is not BITS_DOMAIN:
            self.asked.update(given for _, given in calls if type(given) is int and given in STATUS_CODES)
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

    def show(self, answer: Any, about: Capability | None = None) -> str:
        """Return an answer, to a question ``about`` something else than the clause's, as reports write it."""
        if (
            (about or self.clause.capability) is Capability.HRESULT
            and isinstance(answer, int)
            and answer >= 0
        ):
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
