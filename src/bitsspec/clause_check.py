"""One clause checked against one candidate."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from bitsspec.candidates.base import Candidate, Failure, NotObserved
from bitsspec.history import Call, History
from bitsspec.interruption import stop_if_it_came
from bitsspec.ranges import alike, show_range
from bitsspec.report.model import CONTESTED, ClauseResult, Departure, Hidden, Result
from bitsspec.settings import Settings
from bitsspec.spec.clauses import BITS_DOMAIN, OUTCOME_CLAUSES, Clause
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
    remarks: list[str] = field(default_factory=list)
    """What is said beside the result, and decides nothing."""
    not_observed: list[Hidden] = field(default_factory=list)
    """The codes of a live client at which it could not be told what it does."""

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

    @property
    def codes(self) -> list[int]:
        """The codes that the clause governs and the candidate can be asked."""
        return self.candidate.observable(self.clause.governs)

    def ask(self, inputs: Sequence[Any]) -> list[Any]:
        """Ask the candidate what the clause is about; return one answer to each input."""
        return self.ask_calls([Call(self.clause.capability, given) for given in inputs])

    def ask_calls(self, calls: Sequence[Call]) -> list[Any]:
        """Ask the candidate several questions, one right after another."""
        answers: list[Any] = []
        if self.candidate.is_live:  # any other would be kept alive by the circle
            self.candidate.on_upload = self._on_upload
        step = len(calls) if self.candidate.is_live else STEP  # which has as many under way as it can
        for start in range(0, len(calls), step or 1):
            part = calls[start : start + step]
            answered = self.candidate.ask_each(part)
            self._note(part, answered)
            answers += answered
            self._on_upload()
        return answers

    def _on_upload(self) -> None:
        stop_if_it_came()
        self.tell(self)

    def _note(self, calls: Sequence[Call], answers: Sequence[Any]) -> None:
        if self.candidate.is_live:
            both = zip(calls, answers, strict=True)
            observed = [each for each in both if not isinstance(each[1], NotObserved)]
            calls, answers = [call for call, _ in observed], [answer for _, answer in observed]
        self.history.note(calls, answers)
        if self.clause is not BITS_DOMAIN:
            self.asked.update(given for _, given in calls if type(given) is int and given in STATUS_CODES)

    def judge(self, given: Any, answer: Any) -> Departure | None:
        """Return how ``answer`` departs from the clause for ``given``, or None if it does not."""
        if isinstance(answer, NotObserved):
            return None
        if isinstance(answer, Failure) and not answer.is_timeout and self.clause.holds(given, REJECTED):
            return None
        if isinstance(answer, Failure) or not self.clause.holds(given, answer):
            seen = self.candidate.seen(Call(self.clause.capability, given))
            return Departure(given, self.expected(given), self.show(answer), seen=seen)
        return None

    def judge_all(self, inputs: Sequence[Any], answers: Sequence[Any]) -> None:
        """Judge every answer and conclude; what was not observed is remarked on and not counted."""
        judged = (self.judge(given, answer) for given, answer in zip(inputs, answers, strict=True))
        if not self.candidate.is_live:
            self.conclude(len(inputs), filter(None, judged))
            return
        missed = [
            (given, answer.why)
            for given, answer in zip(inputs, answers, strict=True)
            if isinstance(answer, NotObserved)
        ]
        self.not_observed = [Hidden(show_range(first, last), why) for first, last, why in alike(missed)]
        noted = [(given, self.candidate.noted(Call(self.clause.capability, given))) for given in inputs]
        told = alike((given, note) for given, note in noted if note)
        self.remarks += [f"{show_range(first, last)}: {note}" for first, last, note in told]
        self.conclude(len(inputs) - len(missed), filter(None, judged))

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
        """Set the result: how much was checked, and every departure found.

        One at a contested code counts in a strict run only. Where nothing was checked the clause was not run.
        """
        found = [self._unless_contested(departure) for departure in departures]
        if any(departure.accepted is None for departure in found):
            result = Result.FAILED
        elif found:
            result = Result.ACCEPTED
        else:
            result = Result.PASSED if checked else Result.NOT_RUN
        self.result = ClauseResult(
            self.clause,
            result,
            checked,
            found,
            asked=frozenset(self.asked),
            remarks=self.remarks,
            not_observed=self.not_observed,
        )

    def _unless_contested(self, departure: Departure) -> Departure:
        """Return the departure, and with the other reading where that keeps it from counting."""
        other = self.candidate.contested.get(departure.input) if isinstance(departure.input, int) else None
        if other is None or self.settings.strict or self.clause not in OUTCOME_CLAUSES:
            return departure
        return replace(departure, accepted=f"{CONTESTED}{other}")
