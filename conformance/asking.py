"""Asking a candidate every status code that a clause governs."""

from itertools import chain, islice

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.history import shuffled
from bitsspec.report.model import Departure


def ask_in_any_order(check: ClauseCheck) -> None:
    """Ask every governed code, in ascending order and then in a drawn one, and judge each answer."""
    codes = list(check.clause.governs)
    departures: dict[int, Departure] = {}
    for order in islice(chain([codes], shuffled(codes, check.seed, 1)), check.examples):
        for status, answer in zip(order, check.ask(order), strict=True):
            departure = check.judge(status, answer)
            if departure is not None:
                departures.setdefault(status, departure)
    check.conclude(len(codes), (departures[status] for status in sorted(departures)))
