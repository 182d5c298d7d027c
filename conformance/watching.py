"""What is checked of a live client in another way than of others: each call is an upload, and takes time."""

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from bitsspec.candidates.base import NotObserved
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import chosen_from, smallest
from bitsspec.conformance.replaying import ONCE
from bitsspec.history import Call
from bitsspec.report.model import Departure
from bitsspec.spec.clauses import outcome_due
from bitsspec.spec.vocabulary import RETRY, STATUS_CODES, Capability, Outcome
from bitsspec.strategies import BOUNDARIES

Answers = tuple[int, ...]

STUMBLES = "posted nothing after other uploads"
MOST_TRANSIENT = 3
"""Transient answers in a row: each costs a client's retry delay, and most clients wait longer each time."""
MOST_SHRINKS = 25
"""Uploads that are made, one after another, to find a smaller list of answers."""


def in_a_second_pass(check: ClauseCheck) -> None:
    """Show the client every code once more, in another order; conclude with the codes where that differs.

    A client that is loaded once keeps its state, such as a budget of retries or a circuit breaker.
    """
    codes = check.codes
    first_pass = {status: Call(Capability.CLASSIFY, status) for status in codes}
    check.ask_calls([call for call in first_pass.values() if not check.history.has(call)])
    random.Random(check.settings.seed).shuffle(codes)
    pairs = [
        (status, check.history.first_answer(first_pass[status]), later)
        for status, later in sorted(zip(codes, check.ask(codes), strict=True), key=lambda pair: pair[0])
        if check.history.has(first_pass[status]) and not isinstance(later, NotObserved)
    ]
    drifts = [pair for pair in pairs if pair[1] != pair[2]]
    seen = [check.candidate.seen(first_pass[status]) for status, _, _ in drifts]
    again = check.ask([status for status, _, _ in drifts])
    departures = [
        Departure([status], check.show(first), f"{check.show(later)} {when(later == third)}", seen=what)
        for (status, first, later), what, third in zip(drifts, seen, again, strict=True)
    ]
    stumbles = check.candidate.stumbles.items()
    departures += [Departure([status], check.show(alone), STUMBLES) for status, alone in stumbles]
    check.conclude(len(pairs) + len(stumbles), departures)


def when(comes_again: bool) -> str:
    """Return how a report says when a client did something else than at first."""
    return "in a second pass" if comes_again else f"in a second pass {ONCE}"


def by_answers(check: ClauseCheck) -> None:
    """Answer uploads by lists of codes, and count the posts.

    First by each code alone; then by lists of those codes at which the client posts as it should, so that
    one departure is not told in many ways.
    """
    search = _Search(check)
    contested = {} if check.settings.strict else check.candidate.contested
    codes = [status for status in check.candidate.observable(STATUS_CODES) if status not in contested]
    pairs = search.departures([(status,) for status in codes])
    explained = {departure.input[0] for departure in pairs if isinstance(departure.input, list)}
    strategy = _lists([status for status in codes if status not in explained])
    drawn: list[Answers] = []
    smallest(check, strategy, drawn.append)
    search.departures(list(dict.fromkeys(drawn)))  # several at once
    longer = smallest(check, strategy, search.departure)
    check.conclude(search.checked, [*pairs, search.again(longer)] if longer else pairs)


def _lists(codes: Sequence[int]) -> st.SearchStrategy[Answers]:
    """Return a strategy for the answers of one upload: transient ones, and what ends it, if anything."""
    boundaries_first = [*[code for code in BOUNDARIES if code in codes] * 10, *codes]
    transient = [code for code in boundaries_first if outcome_due(code) is Outcome.TRANSIENT]
    ends = [code for code in boundaries_first if outcome_due(code) is not Outcome.TRANSIENT]
    some = st.lists(chosen_from(transient), max_size=MOST_TRANSIENT) if transient else st.just([])
    end = st.lists(chosen_from(ends), max_size=1) if ends else st.just([])
    return st.tuples(some, end).map(lambda parts: (*parts[0], *parts[1])).filter(bool)


class _Search:
    """Answers uploads by lists of codes, each list once."""

    def __init__(self, check: ClauseCheck) -> None:
        self._check = check
        self._found: dict[Answers, Departure | None] = {}
        self._shrinks = 0
        self.checked = 0

    def departures(self, lists: Sequence[Answers]) -> list[Departure]:
        """Make an upload for each list; return those in which the client posted too often or too seldom."""
        inputs = [_events(answers) for answers in lists]
        answers = self._check.ask(inputs)
        self.checked += sum(not isinstance(answer, NotObserved) for answer in answers)
        judged = [self._check.judge(*pair) for pair in zip(inputs, answers, strict=True)]
        self._found |= zip(lists, judged, strict=True)
        return [departure for departure in judged if departure is not None]

    def departure(self, answers: Answers) -> Departure | None:
        """Return what is known of a list of answers; some that are not known are tried."""
        if answers not in self._found and self._shrinks < MOST_SHRINKS:
            self._shrinks += 1
            self.departures([answers])
        return self._found.get(answers)

    def again(self, departure: Departure) -> Departure:
        """Make the upload once more, and say so where that comes out right."""
        events: Any = departure.input
        if self._check.judge(events, self._check.ask([events])[0]):
            return departure
        return replace(departure, got=f"{departure.got} {ONCE}")


def _events(answers: Answers) -> list[int | str]:
    """Return what happens in an upload that is answered so: after each answer the retry delay runs out."""
    return [event for answer in answers for event in (answer, RETRY)]
