"""How often the file is posted, for any sequence of answers, retries and resumes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, product
from typing import cast

import pytest
from hypothesis import strategies as st
from msgspec.structs import replace

from bitsspec.candidates.base import Failure
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import chosen_from, smallest
from bitsspec.conformance.replaying import ONCE
from bitsspec.conformance.watching import by_answers
from bitsspec.report.model import Departure
from bitsspec.spec.clauses import may_post_after
from bitsspec.spec.vocabulary import RESUME, RETRY, STATUS_CODES
from bitsspec.strategies import BOUNDARIES, possible_events

Events = list[int | str]

WORDS_AFTER_EVERY_CODE = 3
KINDS = (200, 503, 404, 403)
"""A status code of each kind."""
A_FEW: list[Events] = [[], *([code, word] for code in KINDS for word in (RETRY, RESUME))]
ONE_OF_EACH_KIND: tuple[int | str, ...] = (*KINDS, RETRY, RESUME)
LONGEST_OF_EACH_KIND = 5
AGAIN: tuple[tuple[int, str], ...] = ((503, RETRY), (503, RESUME), (404, RESUME))
MOST_ROUNDS = 300
"""How often in a row an upload fails and is posted again, so that a cap at 255 shows."""


@pytest.mark.bits_clause("BITS-POSTS")
def test_the_file_is_posted_as_often_as_the_rules_allow(bits_check: ClauseCheck) -> None:
    if bits_check.candidate.is_live:
        by_answers(bits_check)
        return
    search = Search(bits_check)
    if not search.counts_at_all():
        bits_check.conclude(search.checked, search.again(search.departures(A_FEW)))
        return
    pairs = search.departures([[code, word] for code in STATUS_CODES for word in (RETRY, RESUME)])
    search.explained = {(code, word) for code, word in (cast("Events", pair.input) for pair in pairs)}
    longer = next(filter(None, map(search.first, shortest_first())), None)
    longer = longer or in_many_rounds(search.first)
    longer = longer or smallest(bits_check, drawn_events(), lambda events: search.first([events]))
    bits_check.conclude(search.checked, search.again([*pairs, longer] if longer else pairs))


class Search:
    """Asks about sequences of events, and finds those that no departing pair of code and word explains."""

    def __init__(self, check: ClauseCheck) -> None:
        self._check = check
        self.checked = 0
        self.explained: set[tuple[int | str, int | str]] = set()

    def counts_at_all(self) -> bool:
        """Say whether any sequence of a few is answered by a number; else all would depart for one cause."""
        self.checked += len(A_FEW)
        return not all(isinstance(answer, Failure) for answer in self._check.ask(A_FEW))

    def departures(self, sequences: Sequence[Events]) -> list[Departure]:
        """Ask about all of the sequences; return every one that departs."""
        self.checked += len(sequences)
        answers = zip(sequences, self._check.ask(sequences), strict=True)
        return [found for events, answer in answers if (found := self._check.judge(events, answer))]

    def first(self, sequences: Sequence[Events]) -> Departure | None:
        """Return the first sequence that departs, of those that have no departing pair in them."""
        return next(iter(self.departures([each for each in sequences if not self._is_explained(each)])), None)

    def again(self, departures: Sequence[Departure]) -> list[Departure]:
        """Ask once more, and say so where that comes out right."""
        still = self.departures([cast("Events", departure.input) for departure in departures])
        inputs = [departure.input for departure in still]
        return [d if d.input in inputs else replace(d, got=f"{d.got} {ONCE}") for d in departures]

    def _is_explained(self, events: Events) -> bool:
        last: int | str = ""
        for event in events:
            if isinstance(event, int):
                last = event
            elif (last, event) in self.explained:
                return True
        return False


def shortest_first() -> Iterator[Sequence[Events]]:
    """Yield all sequences of one code and up to three words, and all short ones over one code of each kind.

    They come in groups of equal length, so the first that departs is a smallest one.
    """
    for size in range(LONGEST_OF_EACH_KIND + 1):
        sequences: list[Events] = []
        if 1 <= size <= 1 + WORDS_AFTER_EVERY_CODE:
            sequences += [[code, *after] for code in STATUS_CODES for after in words(size - 1)]
        for events in product(ONE_OF_EACH_KIND, repeat=size):
            if possible_events(events) == list(events):
                sequences.append(list(events))
        yield sequences


def in_many_rounds(first_departure: Callable[[Sequence[Events]], Departure | None]) -> Departure | None:
    """Return the shortest departure of uploads that fail and are posted again in one round after another."""
    uploads: list[list[Events]] = [[[answer, word]] * MOST_ROUNDS for answer, word in AGAIN]
    uploads.append([[503, RETRY, 404, RESUME]] * MOST_ROUNDS)
    uploads.append([[status, RESUME] for status in STATUS_CODES if may_post_after(status, RESUME)])
    for rounds in uploads:
        found = first_departure([list(chain(*rounds))])
        conforming, departing = 0, len(rounds)
        while found is not None and departing - conforming > 1:
            middle = (conforming + departing) // 2
            departure = first_departure([list(chain(*rounds[:middle]))])
            found, departing = (departure, middle) if departure else (found, departing)
            conforming = conforming if departure else middle
        if found is not None:
            return found
    return None


def drawn_events() -> st.SearchStrategy[Events]:
    """Return a strategy for up to 20 events that can happen, half of them words, boundaries preferred."""
    events: list[int | str] = [*(RETRY, RESUME) * 800, *BOUNDARIES * 10, *STATUS_CODES]
    return st.lists(chosen_from(events), max_size=20).map(possible_events)


def words(size: int) -> Iterator[tuple[str, ...]]:
    """Yield every sequence of ``size`` retries and resumes."""
    return product((RETRY, RESUME), repeat=size)
