"""The suite asks every one of the 1,000 codes, and reports every one that departs."""

import sys
from collections import Counter
from collections.abc import Callable

import pytest

from bitsspec.spec import CLAUSE_BY_ID, OUTCOME_CLAUSES, STATUS_CODES, Outcome, outcome_due
from tests.support.candidates import Conforming, always_fatal
from tests.support.in_process import invoke
from tests.support.judging import departing, judge

OF_OUTCOMES = [clause.id for clause in OUTCOME_CLAUSES]


@pytest.mark.parametrize("question", ["classify", "may_repost", "get_error"])
def test_every_status_code_is_asked_each_question(question: str) -> None:
    asked: Counter[int] = Counter()
    right = getattr(Conforming(), question)

    class Counting(Conforming):
        pass

    setattr(Counting, question, lambda self, status: (asked.update([status]), right(status))[1])
    report = judge(
        Counting(), [clause for clause in CLAUSE_BY_ID if clause not in ("BITS-STABLE", "BITS-DOMAIN")]
    )
    assert report.conforms
    assert set(asked) >= set(STATUS_CODES) - {200}


def test_every_status_code_is_asked_in_a_run_of_the_command(module: Callable[[str], str]) -> None:
    name = module(
        "import bitsspec\nasked = set()\n"
        "def classify(status):\n    asked.add(status)\n    return bitsspec.classify(status)\n"
    )
    done = invoke("check", f"{name}:classify")
    assert done.exit_code == 0, done.output
    assert sys.modules[name].asked >= set(STATUS_CODES)


def test_all_departing_codes_are_reported_and_not_the_smallest_alone() -> None:
    report = judge(always_fatal, OF_OUTCOMES)
    found = {code for clause in OF_OUTCOMES for code in departing(report, clause)}
    assert report.codes_asked == 1000
    assert found == {status for status in STATUS_CODES if outcome_due(status) is not Outcome.FATAL}


@pytest.mark.parametrize(
    ("hresult", "got"),
    [
        (-1, "0xFFFFFFFF"),
        (-(2**31) - 1, "-2147483649"),
        (0, "0x00000000"),
        (1, "0x00000001"),
        (None, "no answer"),
        (True, "True"),
    ],
)
def test_a_wrong_hresult_is_shown_in_hexadecimal_where_it_is_one(hresult: object, got: str) -> None:
    class Wrong(Conforming):
        def get_error(self, status: int) -> object:
            return (7, hresult) if status == 404 else super().get_error(status)

    found = departing(judge(Wrong(), ["BITS-HRESULT"]), "BITS-HRESULT")
    assert found == {404: ("0x80190194", got)}
