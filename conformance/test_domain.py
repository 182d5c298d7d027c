"""What a candidate makes of values that are not a status code."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.drawing import smallest
from bitsspec.report.model import Departure
from bitsspec.strategies import not_status_codes
from bitsspec.text import show

VALUES: tuple[Any, ...] = (
    *(True, False, None, -1, -200, -800, 1000, 1200, 2**31 + 200, 2**64 + 200),
    *(200.0, 200.5, float("nan"), float("inf"), 200j, Decimal(200), Fraction(200)),
    *("200", "success", "", b"200", [200], (200,), {200}, {"status": 200}),
)
LINES = (
    "-1",
    "-200",
    "1000",
    "1200",
    "2000",
    str(2**32 + 200),
    str(2**64 + 200),
    "200.0",
    "20x",
    "OK",
    "success",
)


@pytest.mark.bits_clause("BITS-DOMAIN")
def test_what_is_no_status_code_is_never_a_success(bits_check: ClauseCheck) -> None:
    values = LINES if bits_check.candidate.takes_text_only else VALUES
    departures = [found for value in values if (found := departure(bits_check, value))]
    checked = len(values)
    if not departures and not bits_check.candidate.takes_text_only:

        def departs(value: object) -> bool:
            nonlocal checked
            checked += 1
            return departure(bits_check, value) is not None

        value = smallest(bits_check, not_status_codes(), departs)
        found = None if value is None else departure(bits_check, value)
        departures = [] if found is None else [found]
    bits_check.conclude(checked, departures)


def departure(check: ClauseCheck, value: object) -> Departure | None:
    """Return how the candidate departs for ``value``, which is shown as its ``repr``."""
    (answer,) = check.ask([value])
    found = check.judge(value, answer)
    return None if found is None else Departure(show(value), found.expected, found.got)
