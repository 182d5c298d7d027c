"""Asking a candidate every status code that a clause governs."""

from hypothesis import strategies as st

from bitsspec.conformance.drawing import draw
from bitsspec.report import Departure
from bitsspec.trial import Trial

ORDERS = 2


def ask_in_any_order(trial: Trial) -> None:
    """Ask every governed code, ascending first and then in a drawn order, and judge each answer."""
    departures: dict[int, Departure] = {}

    def each(codes: list[int]) -> None:
        for status, answer in zip(codes, trial.ask(codes), strict=True):
            departure = trial.judge(status, answer)
            if departure is not None:
                departures.setdefault(status, departure)

    codes = list(trial.clause.governs)
    draw(trial, st.permutations(codes), each, ORDERS)
    trial.conclude(len(codes), (departures[status] for status in sorted(departures)))
