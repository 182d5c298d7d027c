"""One candidate checked by one clause."""

import pytest

from bitsspec.candidates import Failure, open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.history import Call
from bitsspec.spec import CLAUSE_BY_ID, Capability
from tests.support.candidates import Conforming


def check_of(clause: str, source: object = Conforming) -> ClauseCheck:
    return ClauseCheck(CLAUSE_BY_ID[clause], open_candidate(source))


def test_what_is_asked_is_kept_for_the_whole_run_in_order() -> None:
    check = check_of("BITS-4XX")
    assert check.ask([408, 409]) == ["transient", "transient"]
    posts = Call(Capability.POSTS, [503])
    assert check.ask_calls([Call(Capability.REPOST, 403), posts]) == [False, 1]
    assert check.history.calls == [
        *(Call(Capability.CLASSIFY, code) for code in (408, 409)),
        Call(Capability.REPOST, 403),
        posts,
    ]
    assert check.asked == {403, 408, 409}
    other = ClauseCheck(CLAUSE_BY_ID["BITS-5XX"], check.candidate)
    other.ask([503])
    assert (check.history.calls[-1], other.asked) == (Call(Capability.CLASSIFY, 503), {503})


def test_values_that_are_not_status_codes_are_not_codes_that_were_asked() -> None:
    check = check_of("BITS-DOMAIN")
    check.ask([200, "200"])
    assert check.asked == set()


@pytest.mark.parametrize(
    ("answer", "about", "text"),
    [
        (0x80190194, None, "0x80190194"),
        (7, Capability.CONTEXT, "7"),
        (-1, None, "-1"),
        (Failure("raised KeyError: 404"), Capability.POSTS, "raised KeyError: 404"),
    ],
)
def test_an_answer_is_shown_as_what_it_is_about(answer: object, about: Capability | None, text: str) -> None:
    assert check_of("BITS-HRESULT").show(answer, about) == text
