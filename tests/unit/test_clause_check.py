"""One candidate checked by one clause."""

from bitsspec.candidates import open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.spec import CLAUSE_BY_ID
from tests.support.candidates import Conforming, always_fatal


def test_what_a_fresh_copy_answers_is_not_how_the_candidate_answered_first() -> None:
    check = ClauseCheck(CLAUSE_BY_ID["BITS-4XX"], open_candidate(always_fatal))
    check.ask([408], of=open_candidate(Conforming()))
    assert check.first_answers == {}
    check.ask([408])
    check.ask([408, 409])
    assert check.first_answers == {408: "fatal", 409: "fatal"}
    assert check.asked == {408, 409}
