"""BITS-DOMAIN finds values that are taken for the status code 200."""

from typing import Any

import pytest

from bitsspec import Outcome, classify
from tests.support.judging import departed, departing, judge

TABLE = [classify(status) for status in range(1000)]


def by_index(status: Any) -> object:
    return TABLE[status]


def by_float(status: Any) -> object:
    return classify(int(float(status)))


def by_equality(status: Any) -> object:
    return classify(200) if status == 200 else by_code_or_fatal(status)


def by_code_or_fatal(status: Any) -> object:
    try:
        return classify(status)
    except ValueError:
        return Outcome.FATAL


@pytest.mark.parametrize(
    ("candidate", "value"),
    [(by_index, "-800"), (by_float, "'200'"), (by_equality, "200.0"), (by_float, "200.5")],
)
def test_a_value_that_is_no_code_must_not_be_a_success(candidate: Any, value: str) -> None:
    report = judge(candidate)
    assert departed(report) == {"BITS-DOMAIN"}
    assert departing(report, "BITS-DOMAIN")[value] == ("fatal or rejected or transient", "success")


@pytest.mark.parametrize("candidate", [classify, by_code_or_fatal])
def test_rejecting_and_answering_an_error_are_both_right(candidate: Any) -> None:
    assert departed(judge(candidate)) == set()


def test_values_beyond_the_listed_ones_are_drawn() -> None:
    def classify_but_long_text(status: Any) -> object:
        return (
            "success"
            if isinstance(status, str) and len(status) > 3 and status != "success"
            else classify(status)
        )

    report = judge(classify_but_long_text, examples=200)
    assert departed(report) == {"BITS-DOMAIN"}
