"""One candidate checked by one clause."""

from collections.abc import Sequence
from typing import Any

import pytest

from bitsspec.candidates import Candidate, Failure, open_candidate
from bitsspec.candidates.base import NotObserved
from bitsspec.clause_check import ClauseCheck
from bitsspec.history import Call
from bitsspec.report.model import Hidden, Result
from bitsspec.settings import Settings
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


class Watched(Candidate):
    """A live client that gives these answers, and is shown no more than they are about."""

    is_live = True
    capabilities = (Capability.CLASSIFY,)
    not_observable = (Hidden("400-499", "why"),)

    def __init__(self, answers: dict[int, Any]) -> None:
        self.target, self.contested = "client:it", {505: "another page says otherwise"}
        self.answers = answers

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        self.on_upload()
        return [self.answers.get(given, NotObserved("nobody knows")) for given in inputs]

    def noted(self, call: Call) -> str:
        return "odd" if call.given in (500, 501) else super().noted(call)


def judged(clause: str, answers: dict[int, Any], *, strict: bool = False) -> Any:
    told: list[int] = []
    check = ClauseCheck(
        CLAUSE_BY_ID[clause], Watched(answers), Settings(strict=strict), tell=lambda _: told.append(1)
    )
    check.judge_all(check.codes, check.ask(check.codes))
    assert len(told) == (2 if check.codes else 0)  # an upload, and the end
    return check.result


def test_what_was_not_observed_counts_as_not_checked_and_is_not_remembered() -> None:
    result = judged("BITS-5XX", {500: "transient", 501: "transient", 505: "fatal"})
    assert (result.result, result.checked, result.asked) == (Result.FAILED, 3, {500, 501, 505})
    assert [departure.input for departure in result.departures] == [501]
    unseen = [("502-504", "nobody knows"), ("506-599", "nobody knows")]
    assert [(each.codes, each.reason) for each in result.not_observed] == unseen
    assert result.remarks == ["500-501: odd"]


@pytest.mark.parametrize("clause", ["BITS-5XX", "BITS-4XX"])
def test_a_clause_of_which_nothing_was_observed_was_not_run(clause: str) -> None:
    result = judged(clause, {})
    assert (result.result, result.checked) == (Result.NOT_RUN, 0)
    assert [each.codes for each in result.not_observed] == (["500-599"] if clause == "BITS-5XX" else [])


def test_a_contested_code_decides_in_a_strict_run_alone() -> None:
    result, strict = (judged("BITS-5XX", {505: "success"}, strict=strict) for strict in (False, True))
    assert result.result is Result.ACCEPTED
    assert result.departures[0].accepted == "contested: another page says otherwise"
    assert (strict.result, strict.departures[0].accepted) == (Result.FAILED, None)
