"""No right candidate is accused of anything."""

import pytest

from bitsspec import Outcome, classify
from tests.suite.right import RIGHT
from tests.support.judging import departed, judge


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_candidate_is_not_accused(name: str) -> None:
    assert departed(judge(RIGHT[name], examples=5)) == set()


def test_answering_an_error_to_what_is_not_a_status_code_is_as_right_as_rejecting_it() -> None:
    def answers_fatal(status: int) -> object:
        try:
            return classify(status)
        except ValueError:
            return Outcome.FATAL

    assert departed(judge(answers_fatal)) == set()
