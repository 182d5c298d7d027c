"""Asking a candidate every status code that a clause governs."""

import random
from collections.abc import Sequence

from hypothesis import strategies as st

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import draw
from bitsspec.report.model import Departure

ORDERS = 2


def ask_in_any_order(check: ClauseCheck) -> None:
    """Ask every governed code, ascending first and then in a drawn order, and judge each answer."""
    departures: dict[int, Departure] = {}

    def each(codes: list[int]) -> None:
        for status, answer in zip(codes, check.ask(codes), strict=True):
            departure = check.judge(status, answer)
            if departure is not None:
                departures.setdefault(status, departure)

    codes = list(check.clause.governs)
    draw(check, orders(codes), each, min(ORDERS, check.examples))
    check.conclude(len(codes), (departures[status] for status in sorted(departures)))


def orders(codes: Sequence[int]) -> st.SearchStrategy[list[int]]:
    """Return a strategy for the orders of ``codes``, the given one first: one draw decides a whole order."""
    return st.integers(0, 2**32 - 1).map(
        lambda number: random.Random(number).sample(codes, len(codes)) if number else list(codes)
    )
