"""How often the file is posted, for any sequence of answers, retries and resumes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import cast

import pytest
from msgspec.structs import replace

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import smallest
from bitsspec.report.model import Departure
from bitsspec.spec.vocabulary import RESUME, RETRY, STATUS_CODES
from bitsspec.strategies import event_sequences, possible_events

Events = list[int | str]

WORDS_AFTER_EVERY_CODE = 3
ONE_OF_EACH_KIND: tuple[int | str, ...] = (200, 503, 404, 403, RETRY, RESUME)
LONGEST_OF_EACH_KIND = 5
MOST_ROUNDS = 300
"""How often in a row an upload fails and is posted again, so that a cap at 255 shows."""


@pytest.mark.bits_clause("BITS-POSTS")
def test_the_file_is_posted_as_often_as_the_rules_allow(bits_check: ClauseCheck) -> None:
    checked = 0

    def first_departure(sequences: Sequence[Events]) -> Departure | None:
        nonlocal checked
        checked += len(sequences)
        answers = zip(sequences, bits_check.ask(sequences), strict=True)
        return next(filter(None, (bits_check.judge(events, answer) for events, answer in answers)), None)

    departure = next(filter(None, map(first_departure, shortest_first())), None)
    departure = departure or in_many_rounds(first_departure)
    departure = departure or smallest(bits_check, event_sequences(), lambda events: first_departure([events]))
    if departure is not None and first_departure([cast("Events", departure.input)]) is None:
        departure = replace(departure, got=f"{departure.got} (seen once, could not be repeated)")
    bits_check.conclude(checked, [] if departure is None else [departure])


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
    for answer, word in ((503, RETRY), (503, RESUME), (404, RESUME)):
        found = first_departure([[answer, word] * MOST_ROUNDS])
        conforming, departing = LONGEST_OF_EACH_KIND // 2, MOST_ROUNDS
        while found is not None and departing - conforming > 1:
            rounds = (conforming + departing) // 2
            departure = first_departure([[answer, word] * rounds])
            found, departing = (departure, rounds) if departure else (found, departing)
            conforming = conforming if departure else rounds
        if found is not None:
            return found
    return None


def words(size: int) -> Iterator[tuple[str, ...]]:
    """Yield every sequence of ``size`` retries and resumes."""
    return product((RETRY, RESUME), repeat=size)
