"""Whether an answer depends on the code alone: not on earlier calls, order, repetition or thread."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st

from bitsspec.candidates.base import Candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import draw
from bitsspec.conformance.history import (
    Ask,
    Codes,
    Drift,
    History,
    ascending_twice,
    blocks,
    descending,
    every_pair_of_boundaries,
    shortest,
)
from bitsspec.conformance.threads import drift_among_threads
from bitsspec.report.model import Departure
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from bitsspec.strategies import status_codes

LONGEST_DRAWN = 40
FEWER_EXAMPLES = 20
"""How many sequences are drawn for the questions other than what a code means."""


@pytest.mark.bits_clause("BITS-STABLE")
def test_the_answer_depends_on_the_code_alone(bits_check: ClauseCheck) -> None:
    about_codes = [c for c in bits_check.candidate.capabilities if c is not Capability.POSTS]
    departures = (Stability(bits_check, capability).departure() for capability in about_codes)
    departure = next(filter(None, departures), None)
    bits_check.conclude(len(STATUS_CODES), [] if departure is None else [departure])


class Stability:
    """Whether the answers to one question about codes stay what they were at first."""

    def __init__(self, check: ClauseCheck, about: Capability) -> None:
        self._check = check
        self._about = about
        self._first: dict[int, Ask] = {}
        if about is Capability.CLASSIFY:
            self._first.update((status, Ask(answer)) for status, answer in check.first_answers.items())

    def departure(self) -> Departure | None:
        """Return the shortest way found to a second, different answer."""
        used = self._check.candidate  # everything else in the run has asked this one already
        drift = (
            self._in_blocks()
            or self._anew(self._forward)
            or self._anew(lambda history: history.follow(descending()))
            or self._history_of(used).follow(STATUS_CODES)
        )
        if drift is not None:
            return self._departure(*shortest(drift, self._ask_anew))
        if used.in_process:
            drift = drift_among_threads(self._check, self._about, self._first)
        if drift is not None:
            answers = drift.earlier.answer, drift.later.answer
            return self._departure([drift.status], *answers, " while another thread asks")
        return None

    def _in_blocks(self) -> Drift | None:
        drifts = (self._anew(partial(History.follow, codes=codes)) for codes in blocks())
        return next(filter(None, drifts), None)

    def _forward(self, history: History) -> Drift | None:
        drift = history.follow(ascending_twice()) or history.follow(every_pair_of_boundaries())

        def each(codes: Codes) -> None:
            nonlocal drift
            drift = drift or history.follow(codes)

        if drift is None:
            codes = st.lists(status_codes(), max_size=LONGEST_DRAWN)
            most = self._check.examples if self._about is Capability.CLASSIFY else FEWER_EXAMPLES
            examples = min(most, self._check.examples)
            draw(self._check, codes, each, examples)
        return drift

    def _anew(self, walk: Callable[[History], Drift | None]) -> Drift | None:
        subject = self._check.candidate.fresh()
        if subject is None:
            return walk(self._history_of(self._check.candidate))
        try:
            return walk(self._history_of(subject))
        finally:
            subject.close()

    def _history_of(self, subject: Candidate) -> History:
        return History(lambda codes: self._ask(codes, subject), self._first)

    def _ask(self, codes: Sequence[int], subject: Candidate) -> list[Any]:
        return self._check.ask(codes, of=subject, for_=self._about)

    def _ask_anew(self, codes: Codes) -> Any:
        subject = self._check.candidate.fresh()
        if subject is None:
            return self._ask(codes, self._check.candidate)[-1]
        try:
            return self._ask(codes, subject)[-1]
        finally:
            subject.close()

    def _departure(self, calls: Codes, expected: Any, got: Any, when: str = "") -> Departure:
        about = "" if self._about is Capability.CLASSIFY else f"{self._about} "
        shown = [f"{about}{self._check.show(answer)}" for answer in (expected, got)]
        return Departure(list(calls), shown[0], f"{shown[1]}{when}")
