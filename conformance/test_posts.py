"""How often the file is posted, for any sequence of answers, retries and resumes."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import smallest
from bitsspec.report.model import Departure
from bitsspec.spec.vocabulary import RESUME, RETRY, STATUS_CODES
from bitsspec.strategies import event_sequences, possible_events

Events = list[int | str]

ONE_OF_EACH_KIND: tuple[int | str, ...] = (200, 503, 404, 403, RETRY, RESUME)
LONGEST_OF_EACH_KIND = 5
MOST_ROUNDS = 20
"""How often in a row an upload fails and is posted again."""


@pytest.mark.bits_clause("BITS-POSTS")
def test_the_file_is_posted_as_often_as_the_rules_allow(bits_check: ClauseCheck) -> None:
    checked = 0
    for sequences in shortest_first():
        checked += len(sequences)
        departure = first_departure(bits_check, sequences)
        if departure is not None:
            bits_check.conclude(checked, [departure])
            return

    def departs(events: Events) -> bool:
        nonlocal checked
        checked += 1
        return first_departure(bits_check, [events]) is not None

    events = smallest(bits_check, event_sequences(), departs)
    departure = None if events is None else first_departure(bits_check, [events])
    bits_check.conclude(checked, [] if departure is None else [departure])


def shortest_first() -> Iterator[Sequence[Events]]:
    """Yield all sequences of one code and a word, and all short ones over one code of each kind.

    They come in groups of equal length, so the first that departs is a smallest one.
    """
    for size in range(LONGEST_OF_EACH_KIND + 1):
        sequences: list[Events] = []
        if size in (1, 2):
            sequences += [[code, *after] for code in STATUS_CODES for after in words(size - 1)]
        for events in product(ONE_OF_EACH_KIND, repeat=size):
            if possible_events(events) == list(events):
                sequences.append(list(events))
        yield sequences
    for rounds in range(3, MOST_ROUNDS + 1):
        yield [[503, RETRY] * rounds, [503, RESUME] * rounds, [404, RESUME] * rounds]


def words(size: int) -> Iterator[tuple[str, ...]]:
    """Yield every sequence of ``size`` retries and resumes."""
    return product((RETRY, RESUME), repeat=size)


def first_departure(check: ClauseCheck, sequences: Sequence[Events]) -> Departure | None:
    """Return how the first sequence that departs does so."""
    for events, answer in zip(sequences, check.ask(sequences), strict=True):
        departure = check.judge(events, answer)
        if departure is not None:
            return departure
    return None
