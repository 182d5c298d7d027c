"""The suite asks every one of the 1,000 codes, and reports every one that departs."""

from collections import Counter
from pathlib import Path

import pytest

from bitsspec import get_error
from bitsspec.candidates import open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.spec import CLAUSE_BY_ID, OUTCOME_CLAUSES, STATUS_CODES, outcome_due
from tests.support.candidates import Conforming, always_fatal, wrong_at
from tests.support.command import bitsspec
from tests.support.judging import departed, departing, judge


def test_every_status_code_is_asked_for_its_outcome() -> None:
    asked: Counter[int] = Counter()

    def classify(status: int) -> object:
        asked[status] += 1
        return outcome_due(status)

    report = judge(classify, [clause.id for clause in OUTCOME_CLAUSES])
    assert set(asked) == set(STATUS_CODES)
    assert report.codes_asked == 1000
    assert report.conforms


def test_every_status_code_is_asked_in_a_run_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(
        "import atexit, bitsspec\nasked = set()\n"
        "def classify(status):\n    asked.add(status)\n    return bitsspec.classify(status)\n"
        "atexit.register(lambda: open('asked.txt', 'w').write(str(len(asked & set(range(1000))))))\n",
        encoding="utf-8",
    )
    done = bitsspec("check", "counting:classify", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "asked.txt").read_text() == "1000"


@pytest.mark.parametrize(
    "status", [0, 199, 200, 201, 299, 300, 307, 308, 400, 408, 429, 499, 501, 599, 600, 999]
)
def test_one_wrong_code_fails_its_clause_and_no_other(status: int) -> None:
    report = judge(wrong_at(status)())
    (owner,) = (clause.id for clause in OUTCOME_CLAUSES if status in clause.governs)
    assert departed(report) == {owner}
    assert set(departing(report, owner)) == {status}


def test_all_departing_codes_are_reported_and_not_the_smallest_alone() -> None:
    report = judge(always_fatal, [clause.id for clause in OUTCOME_CLAUSES])
    found = {code for clause in OUTCOME_CLAUSES for code in departing(report, clause.id)}
    assert found == {status for status in STATUS_CODES if outcome_due(status) != "fatal"}
    assert len(found) == 893


def test_a_wrong_permission_to_post_again_is_found_at_any_code() -> None:
    for status in (0, 201, 403, 404, 503, 999):

        class Wrong(Conforming):
            def may_repost(self, code: int, at: int = status) -> object:
                return (code != 403) != (code == at)

        report = judge(Wrong())
        assert departed(report) == {"BITS-REPOST"}
        assert set(departing(report, "BITS-REPOST")) == {status}


def test_a_wrong_error_is_found_at_any_code() -> None:
    class Wrong(Conforming):
        def get_error(self, status: int) -> object:
            context, hresult = get_error(status)
            return (5 if status == 404 else context), (0x80190001 if status == 503 else hresult)

    report = judge(Wrong())
    assert departing(report, "BITS-CONTEXT") == {404: ("7", "5")}
    assert departing(report, "BITS-HRESULT") == {503: ("0x801901F7", "0x80190001")}
    assert departed(report) == {"BITS-CONTEXT", "BITS-HRESULT"}


@pytest.mark.parametrize(
    ("hresult", "got"),
    [(-1, "-1"), (0, "0x00000000"), (1, "0x00000001"), (None, "no answer"), (True, "True")],
)
def test_a_wrong_hresult_is_shown_in_hexadecimal_where_it_is_one(hresult: object, got: str) -> None:
    class Wrong(Conforming):
        def get_error(self, status: int) -> object:
            return (7, hresult) if status == 404 else get_error(status)

    found = departing(judge(Wrong(), ["BITS-HRESULT"]), "BITS-HRESULT")
    assert found == {404: ("0x80190194", got)}


def test_what_a_fresh_copy_answers_is_not_how_the_candidate_answered_first() -> None:
    check = ClauseCheck(CLAUSE_BY_ID["BITS-4XX"], open_candidate(always_fatal))
    check.ask([408], of=open_candidate(Conforming()))
    assert check.first_answers == {}
    check.ask([408])
    check.ask([408, 409])
    assert check.first_answers == {408: "fatal", 409: "fatal"}
    assert check.asked == {408, 409}
