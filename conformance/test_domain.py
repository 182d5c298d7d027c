"""What is not a status code: a candidate may refuse it, but never take it for a success."""

import random
from typing import Any

import pytest

from bitsspec.clause_check import EQUAL_TO_200, ClauseCheck
from bitsspec.report.model import Departure
from bitsspec.text import show

VALUES: tuple[Any, ...] = (
    *EQUAL_TO_200,
    *(True, False, None, -1, -200, -800, 1000, 1200, 2**31 + 200, 2**64 + 200),
    *(200.5, float("nan"), float("inf"), 200j),
    *("200", "success", "", b"200", [200], (200,), {200}, {"status": 200}),
)
LINES = (
    *("-1", "-200", "1000", "1200", "2000", str(2**32 + 200), str(2**64 + 200)),
    *("200.0", "20x", "OK", "success"),
    *("0200", "+200", "2_00", " 200", "200 ", "2 00", "200 OK", "0xC8", "2e2", "\u0662\u0660\u0660", "\uff12\uff10\uff10"),
)
"""As a line of input; what a program that reads numbers leniently takes for 200 is among them."""


@pytest.mark.bits_clause("BITS-DOMAIN")
def test_what_is_no_status_code_is_never_a_success(bits_check: ClauseCheck) -> None:
    if bits_check.candidate.is_live:
        bits_check.remarks.append("a status line can say nothing else than a status code")
        bits_check.conclude(0, [])
        return
    text_only = bits_check.candidate.takes_text_only
    values = LINES if text_only else (*VALUES, *drawn(bits_check.settings.seed, bits_check.settings.examples))
    asked_before = list(bits_check.history.equal_to_200)
    departures: dict[str, Departure] = {}
    for value in values:
        if value in EQUAL_TO_200 and asked_before:
            answer = asked_before.pop(0)
        else:  # right after 200, so that one who answers garbage with the answer before is found out
            bits_check.ask([200])  # and alone, as a program may read ahead, and end at what it cannot decode
            (answer,) = bits_check.ask([value])
        found = bits_check.judge(value, answer)
        if found is not None:
            departures.setdefault(show(value), Departure(show(value), found.expected, found.got))
    bits_check.conclude(len(values), departures.values())


def drawn(seed: int, count: int) -> list[Any]:
    """Return values of many types that are not status codes, the same for the same seed."""
    randomly = random.Random(seed)
    number = randomly.randrange
    makers = (
        lambda: -number(1, 2**40),
        lambda: number(1000, 2**40),
        lambda: number(1000) + number(1, 1000) / 1000,
        lambda: float(number(1000)),
        lambda: "".join(chr(number(32, 0x3000)) for _ in range(number(6))),
        lambda: f"{number(1000):03d}",
        lambda: randomly.randbytes(number(6)),
        lambda: complex(number(1000)),
    )
    values = (randomly.choice(makers)() for _ in range(count))
    return [value for value in values if value != 200]  # which a cache may hold
