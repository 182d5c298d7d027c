"""One cause of all departures, and its remedy."""

import pytest

from bitsspec.report.causes import cause
from bitsspec.report.model import Departure
from tests.support.reports import result


@pytest.mark.parametrize(
    ("clause", "answers", "remedy"),
    [
        ("BITS-4XX", ["True", "False"], "retry:PACKAGE.MODULE:FUNCTION"),
        ("BITS-4XX", ["None"], "the answers are None"),
        ("BITS-4XX", ["1", "-2", "0.5"], "the answers are numbers"),
        ("BITS-4XX", ["<coroutine object classify>"], "not async"),
        ("BITS-4XX", ["<Kind.STOP: 2>", "<Kind.AGAIN: 1>"], "members of an enum"),
        ("BITS-4XX", ["'retry'", "'stop'"], "other words"),
        (
            "BITS-4XX",
            ["raised TypeError: f() missing 1 required positional argument: 'x'"],
            "other arguments",
        ),
        (
            "BITS-REPOST",
            ["raised TypeError: f() takes 0 positional arguments but 1 was given"],
            "other arguments",
        ),
        (
            "BITS-4XX",
            ["raised AttributeError: 'int' object has no attribute 'status_code'"],
            "wants a response",
        ),
        ("BITS-4XX", ["raised AttributeError: 'int' object has no attribute 'strip'"], "wants text"),
        ("BITS-4XX", ["raised TypeError: 'int' object is not subscriptable"], "wants text"),
        ("BITS-4XX", ["raised NotImplementedError"], "fill it in"),
        ("BITS-POSTS", ["'fatal'", "no answer"], "a program that does not count posts answers unsupported"),
        ("BITS-POSTS", ["exited with code 1; stderr: NaN"], "answers unsupported"),
    ],
)
def test_a_cause_is_told_with_its_remedy(clause: str, answers: list[str], remedy: str) -> None:
    found = cause(result(clause, *(Departure(400 + n, "fatal", got) for n, got in enumerate(answers))))
    assert found is not None
    assert remedy in found


@pytest.mark.parametrize(
    ("clause", "answers"),
    [
        ("BITS-4XX", ["True", "None"]),
        ("BITS-4XX", ["transient"]),
        ("BITS-POSTS", ["2", "'fatal'"]),
        ("BITS-POSTS", ["raised KeyError: 404"]),
        ("BITS-4XX", []),
        ("BITS-REPOST", ["None"]),
    ],
)
def test_departures_without_one_cause_have_none(clause: str, answers: list[str]) -> None:
    assert cause(result(clause, *(Departure(400 + n, "fatal", got) for n, got in enumerate(answers)))) is None
