"""Hypothesis strategies for property tests of whatever handles HTTP status codes or BITS uploads.

>>> from hypothesis import given
>>> from bitsspec.strategies import status_codes
>>> @given(status_codes())
... def test_every_status_code_gets_an_answer(status):
...     assert my_classify(status) in {"success", "transient", "fatal"}
"""

import string
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from hypothesis import strategies as st

from bitsspec.spec.clauses import may_post_after, outcome_due
from bitsspec.spec.vocabulary import RESUME, RETRY, STATUS_CODES, Outcome

__all__ = ["BOUNDARIES", "codes_with", "event_sequences", "not_status_codes", "status_codes"]

BOUNDARIES = (
    *(200, 404, 503, 403, 429, 201, 308, 501),
    *(408, 409, 505, 307, 306, 300, 305, 299, 399, 400, 407, 410, 499, 500, 599, 600),
    *(0, 1, 99, 100, 199, 202, 204, 206, 301, 302, 303, 304, 401, 402, 405, 412, 413, 451),
    *(502, 504, 506, 507, 511, 999),
)
"""Codes at the edges of the rules and codes that servers really send, the most telling first."""

# All of Unicode would take Hypothesis seconds to look through; digits of other scripts are what int() reads.
_CHARACTERS = f"{string.ascii_letters}{string.punctuation}{string.digits} \n\t\0²٢५é€你😀"

_BOUNDARIES_FIRST = tuple(dict.fromkeys(chain(BOUNDARIES, STATUS_CODES)))


def status_codes() -> st.SearchStrategy[int]:
    """Return a strategy for status codes, 000-999; it shrinks to `BOUNDARIES`, to 200 at last."""
    return st.sampled_from(BOUNDARIES) | st.sampled_from(_BOUNDARIES_FIRST)


def codes_with(outcome: Outcome | str) -> st.SearchStrategy[int]:
    """Return a strategy for the status codes that mean ``outcome``, boundaries first.

    Raises ValueError where ``outcome`` is not success, transient or fatal.
    """
    wanted = Outcome(outcome)
    return st.sampled_from([status for status in _BOUNDARIES_FIRST if outcome_due(status) is wanted])


def event_sequences(max_size: int = 20) -> st.SearchStrategy[list[int | str]]:
    """Return a strategy for what one upload can meet: answers, ``"retry"`` and ``"resume"``.

    Every sequence is one that can happen: an answer comes only while a post is outstanding.
    ``max_size`` is the most events that a sequence has.
    """
    event: st.SearchStrategy[int | str] = st.sampled_from((RETRY, RESUME)) | status_codes()
    return st.lists(event, max_size=max_size).map(possible_events)


def not_status_codes() -> st.SearchStrategy[object]:
    """Return a strategy for values that are not a status code: ``True``, ``-1``, ``200.0``, ``"200"``.

    A text among them has at most 5 characters.
    """
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(max_value=-1),
        st.integers(min_value=1000),
        st.floats(),
        st.text(_CHARACTERS, max_size=5),
        st.binary(max_size=5),
        st.sampled_from((200.0, "200", b"200", (200,), [200], {200}, 200j, Decimal(200), Fraction(200))),
    )


def possible_events(events: Sequence[int | str]) -> list[int | str]:
    """Return ``events`` without the answers that come while no post is outstanding."""
    kept: list[int | str] = []
    last_answer: int | None = None
    for event in events:
        if isinstance(event, int):
            if last_answer is not None:
                continue
            last_answer = event
        elif last_answer is not None and may_post_after(last_answer, event):
            last_answer = None
        kept.append(event)
    return kept
