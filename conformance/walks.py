"""The orders in which BITS-STABLE asks one candidate, so that an answer that depends on earlier calls shows.

What is out of reach: a dependence on time, on being watched, or on one pair of codes in a million.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from bitsspec.history import Call, History
from bitsspec.settings import Settings
from bitsspec.spec.vocabulary import RESUME, RETRY, STATUS_CODES, Capability
from bitsspec.strategies import BOUNDARIES

PAIRED = 20
"""How many of `BOUNDARIES` are asked right before and right after each other."""
UPLOADS: tuple[list[int | str], ...] = ([503, RETRY, 404], [404, RESUME, 200], [403, RESUME])
DRAWN = 3
"""Calls in random order for each example that the settings ask for."""
IN_A_ROW = 101
"""How often a code of each error is asked without another one between, so that a count up to 100 shows."""
GARBAGE = (-1, "20x", None)
LINES_OF_GARBAGE = ("1000", "20x")
"""What is not a status code, as a value and as a line of input."""


def walks(
    about: Sequence[Capability], settings: Settings, history: History, garbage: Sequence[Any] = GARBAGE
) -> Iterator[list[Call]]:
    """Yield lists of calls that ask ``about`` codes, and about uploads where POSTS is among them.

    Between codes a strict run asks ``garbage`` as well, as BITS-DOMAIN does.
    """
    about_codes = [each for each in about if each is not Capability.POSTS]
    upwards = list(_upwards(about_codes))
    if len(about_codes) > 1 or not all(map(history.has, upwards)):  # other clauses ask upwards, too
        yield upwards
    yield twice_in_a_row_downwards(about_codes)
    yield list(every_ordered_pair(_nodes(about)))
    yield [call for status in (503, 404) for call in _of(about_codes, status) for _ in range(IN_A_ROW)]
    if settings.strict:
        yield list(_after_each(garbage, about_codes))
    yield drawn(about_codes, settings.seed, DRAWN * settings.examples)


def _after_each(garbage: Sequence[Any], about: Sequence[Capability]) -> Iterator[Call]:
    """Yield every question about some codes, each right after something that is not a status code."""
    for status in BOUNDARIES[:PAIRED]:
        for number, call in enumerate(_of(about, status), status):
            yield Call(Capability.CLASSIFY, garbage[number % len(garbage)])
            yield call


def _upwards(about: Sequence[Capability]) -> Iterator[Call]:
    """Yield every question about every code, in an order in which no two follow each other as elsewhere."""
    otherwise = (*about[2:3], *about[:1], *about[3:], *about[1:2])
    for status in STATUS_CODES:
        yield from _of(otherwise, status)


def twice_in_a_row_downwards(about: Sequence[Capability]) -> list[Call]:
    """Return every question about every code, and again in the other order right after it."""
    rows = (list(_of(about, status)) for status in reversed(STATUS_CODES))
    return list(chain.from_iterable(row + row[::-1] for row in rows))


def every_ordered_pair(calls: Sequence[Call]) -> Iterator[Call]:
    """Yield a walk in which each of the calls comes right before and right after each other one."""
    for index, earlier in enumerate(calls):
        yield earlier
        for later in calls[index + 1 :]:
            yield earlier
            yield later
    yield calls[0]


def drawn(about: Sequence[Capability], seed: int, count: int) -> list[Call]:
    """Return calls in random order, boundary codes as often as all others together."""
    randomly = random.Random(seed)
    codes = (randomly.choice(randomly.choice((BOUNDARIES, STATUS_CODES))) for _ in range(count))
    questions = (list(_of(about, status)) for status in codes)
    return [randomly.choice(calls) for calls in questions if calls]


def _nodes(about: Sequence[Capability]) -> list[Call]:
    about_codes = [each for each in about if each is not Capability.POSTS]
    nodes = [call for status in BOUNDARIES[:PAIRED] for call in _of(about_codes, status)]
    if Capability.POSTS in about:
        nodes += [Call(Capability.POSTS, list(events)) for events in UPLOADS]
    return nodes


def _of(about: Sequence[Capability], status: int) -> Iterator[Call]:
    """Yield the questions about a code; after 200 only what it means is specified."""
    return (Call(each, status) for each in about if each is Capability.CLASSIFY or status != 200)
