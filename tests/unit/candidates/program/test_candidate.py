"""A program that ends is started again: which request is to blame, and that it is not made again."""

from collections.abc import Sequence

import pytest

from bitsspec.candidates import Failure
from bitsspec.candidates.program.candidate import MOST_SEARCHES, ProgramCandidate
from bitsspec.candidates.program.conversation import Conversation, Reply
from bitsspec.history import Call
from bitsspec.reference import classify
from bitsspec.spec.vocabulary import Capability
from tests.support.scripted import Does, ScriptedProgram, exits, right

CODES = [401, 402, 403, 404, 405, 406, 407]


class Asked:
    """A program as a candidate, of which nothing is known before."""

    def __init__(self, does: Does) -> None:
        self.program = ScriptedProgram(does)
        self.failed: dict[str, Failure] = {}
        self.candidate = ProgramCandidate("a program", self.program.start, {Capability.CLASSIFY}, self.failed)

    def wrong(self, codes: Sequence[int]) -> dict[int, str]:
        """Return what is wrong among the answers to ``codes``."""
        answers = self.candidate.ask(Capability.CLASSIFY, codes)
        return {code: str(got) for code, got in zip(codes, answers, strict=True) if got is not classify(code)}


def ends_at(request: str) -> Does:
    """Return a program that ends without an answer to a request."""
    return lambda asked: exits(3) if asked[-1] == request else right(asked)


def ends_after(request: str) -> Does:
    """Return a program that answers a request and ends before the next one."""
    return lambda asked: exits(3) if request in asked[:-1] else right(asked)


def dies_after_three(asked: list[str]) -> Sequence[Reply] | Failure:
    return exits(3) if len(asked) > 3 else right(asked)


def dies_once() -> Does:
    deaths = [exits(3)]
    return lambda asked: deaths.pop() if asked[-1] == "404" and deaths else right(asked)


def test_a_program_that_was_never_asked_is_not_started_to_be_closed() -> None:
    asked = Asked(right)
    asked.candidate.close()
    assert asked.program.started == []


def test_a_program_is_started_once_until_it_is_closed() -> None:
    asked = Asked(right)
    assert asked.wrong(CODES) == {}
    assert asked.wrong(CODES[::-1]) == {}
    assert len(asked.program.started) == 1
    asked.candidate.close()
    assert asked.program.is_ended()
    assert asked.wrong(CODES[:1]) == {}
    assert len(asked.program.started) == 2


def test_a_request_that_ends_the_program_is_made_at_most_twice() -> None:
    asked = Asked(ends_at("404"))
    for _ in range(3):
        assert asked.wrong(CODES) == {404: "exited with code 3"}
    assert [word for words in asked.program.asked for word in words].count("404") <= 2


@pytest.mark.parametrize("culprit", CODES[:-1])
@pytest.mark.parametrize("codes", [CODES, CODES[:6], CODES[:3], CODES[:2]])
def test_a_request_that_ends_the_program_after_its_answer_is_blamed_for_it(
    culprit: int, codes: list[int]
) -> None:
    asked = Asked(ends_after(str(culprit)))
    asked.wrong(codes)  # it shows at the request after that one
    assert asked.wrong(codes) == ({culprit: "answered, then exited with code 3"} if culprit in codes else {})
    assert len(asked.program.started) < 12


def test_the_culprit_is_found_among_all_requests_since_the_start() -> None:
    asked = Asked(ends_after("404"))
    for codes in ([401, 404], [402, 403]):
        assert asked.wrong(codes) == {}
    assert asked.failed == {"404": Failure("answered, then exited with code 3")}


@pytest.mark.parametrize("does", [dies_after_three, dies_once()])
def test_an_end_that_no_request_repeats_is_a_departure_once(does: Does) -> None:
    asked = Asked(does)
    assert asked.wrong(CODES[:5]) == {404: "exited with code 3"}
    assert asked.failed == {}
    assert asked.wrong(CODES[3:4]) == {}


def test_after_some_failed_searches_the_request_without_an_answer_is_blamed() -> None:
    asked = Asked(dies_after_three)
    found = asked.wrong(range(400, 500))
    assert len(found) - len(asked.failed) == MOST_SEARCHES
    assert len(asked.program.started) < 100


def test_a_program_that_is_gone_departs_at_each_request_until_it_is_back() -> None:
    scripted = ScriptedProgram(ends_at("402"))

    def start(*_: object) -> Conversation:
        if is_gone:
            raise FileNotFoundError(2, "No such file or directory")
        return scripted.start()

    gone = Failure("could not be started again: No such file or directory")
    is_gone = True
    candidate = ProgramCandidate("a program", start, {Capability.CLASSIFY}, {})
    assert candidate.ask(Capability.CLASSIFY, [401, 402]) == [gone, gone]
    assert candidate.replay([Call(Capability.CLASSIFY, 401)]) is None
    is_gone = False
    assert candidate.ask(Capability.CLASSIFY, [401]) == [classify(401)]
    is_gone = True
    assert candidate.ask(Capability.CLASSIFY, [403, 402, 404]) == [classify(403), exits(3), gone]


def test_a_line_too_many_is_blamed_on_the_last_request_and_the_program_starts_anew() -> None:
    asked = Asked(lambda asked: [*right(asked), *(["banana"] * (asked[-1] == "404"))])
    assert asked.wrong([408, 500, 404]) == {404: "printed 2 lines: 'fatal', 'banana'"}
    assert asked.wrong([405]) == {}
    assert len(asked.program.started) == 2


def test_a_replay_asks_the_program_anew_but_not_what_ends_it() -> None:
    asked = Asked(ends_at("404"))
    asked.wrong(CODES)
    calls = [Call(Capability.CLASSIFY, 404), Call(Capability.REPOST, 200), Call(Capability.CLASSIFY, 405)]
    for seed, environment in ((None, {}), (1, {"PYTHONHASHSEED": "1"})):
        answers = asked.candidate.replay(calls, hash_seed=seed)
        assert answers == [exits(3), Failure("no answer"), classify(405)]
        assert asked.program.asked[-1] == ["200", "405"]
        assert asked.program.started[-1].environment == environment
        assert asked.program.is_ended()


def test_a_replay_that_the_program_ends_is_one_if_that_is_at_the_last_request() -> None:
    candidate = Asked(ends_at("404")).candidate
    calls = [Call(Capability.CLASSIFY, code) for code in (403, 404)]
    assert candidate.replay(calls) == [classify(403), exits(3)]
    assert candidate.replay(calls[::-1]) is None
