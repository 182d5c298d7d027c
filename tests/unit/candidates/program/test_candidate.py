"""A program that ends is started again: which request is to blame, and that it is not made again."""

from collections.abc import Sequence

import pytest

from bitsspec.candidates import Failure
from bitsspec.candidates.program.candidate import MOST_SEARCHES, ProgramCandidate
from bitsspec.candidates.program.conversation import Conversation, Reply
from bitsspec.reference import classify
from bitsspec.spec.vocabulary import Capability
from tests.support.scripted import TIMED_OUT, Does, ScriptedConversation, ScriptedProgram, exits, right

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

    def blamed(self) -> dict[str, str]:
        """Return the requests that are not made again."""
        return {request: str(failure) for request, failure in self.failed.items()}

    def is_one_at_a_time(self) -> bool:
        """Say whether every conversation but the last has ended."""
        return all(conversation.is_closed for conversation in self.program.started[:-1])


def ends_after(request: str) -> Does:
    """Return a program that answers a request and ends before the next one."""
    return lambda asked: exits(3) if request in asked[:-1] else right(asked)


def test_a_program_that_goes_on_is_started_once_and_ended_when_it_is_closed() -> None:
    asked = Asked(right)
    assert asked.wrong(CODES) == {}
    assert asked.wrong(CODES[::-1]) == {}
    asked.candidate.close()
    (conversation,) = asked.program.started
    assert conversation.is_closed
    assert conversation.asked == [str(code) for code in [*CODES, *CODES[::-1]]]
    assert asked.wrong(CODES[:1]) == {}
    assert asked.program.asked[1:] == [["401"]]


def test_a_request_that_ends_the_program_is_not_made_again() -> None:
    asked = Asked(lambda asked: exits(3) if asked[-1] == "404" else right(asked))
    assert asked.wrong(CODES) == {404: "exited with code 3"}
    assert asked.wrong(CODES) == {404: "exited with code 3"}
    assert asked.program.asked == [
        ["401", "402", "403", "404"],
        ["404"],
        ["405", "406", "407", "401", "402", "403", "405", "406", "407"],
    ]
    assert asked.is_one_at_a_time()


def test_the_first_request_of_all_that_ends_the_program_is_asked_once() -> None:
    asked = Asked(lambda asked: exits(3))
    assert asked.wrong([401]) == {401: "exited with code 3"}
    assert asked.wrong([401]) == {401: "exited with code 3"}
    assert asked.program.asked == [["401"]]


@pytest.mark.parametrize("culprit", CODES[:-1])
@pytest.mark.parametrize("codes", [CODES, CODES[:6], CODES[:3], CODES[:2]])
def test_a_request_that_ends_the_program_after_its_answer_is_blamed_for_it(
    culprit: int, codes: list[int]
) -> None:
    asked = Asked(ends_after(str(culprit)))
    asked.wrong(codes)  # it shows at the request after that one
    assert asked.wrong(codes) == ({culprit: "answered, then exited with code 3"} if culprit in codes else {})
    assert asked.is_one_at_a_time()
    assert len(asked.program.started) < 12


def test_a_culprit_is_found_among_all_that_were_asked_since_the_start() -> None:
    asked = Asked(ends_after("404"))
    assert asked.wrong([401, 404]) == {}
    assert asked.wrong([402, 403]) == {}
    assert asked.blamed() == {"404": "answered, then exited with code 3"}


def test_what_was_asked_before_the_program_was_ended_is_not_blamed() -> None:
    asked = Asked(lambda asked: exits(3) if asked[-1] == "404" else right(asked))
    asked.wrong([401, 402])
    asked.candidate.close()
    asked.wrong([404])
    assert asked.program.asked == [["401", "402"], ["404"]]


def test_of_two_requests_that_end_it_each_is_blamed() -> None:
    asked = Asked(
        lambda asked: exits(3) if "402" in asked[:-1] else TIMED_OUT if asked[-1] == "406" else right(asked)
    )
    assert asked.wrong(CODES) == {402: "answered, then exited with code 3", 406: "timed out after 1 s"}
    assert asked.failed["406"].is_timeout


def dies_after_three(asked: list[str]) -> Sequence[Reply] | Failure:
    return exits(3) if len(asked) > 3 else right(asked)


def test_an_end_that_no_request_repeats_is_a_departure_there_and_forgotten() -> None:
    asked = Asked(dies_after_three)
    assert asked.wrong(CODES[:5]) == {404: "exited with code 3"}
    assert asked.blamed() == {}
    assert asked.wrong(CODES[3:4]) == {}


def test_after_some_vain_searches_the_request_that_was_not_answered_is_blamed() -> None:
    asked = Asked(dies_after_three)
    found = asked.wrong(range(400, 500))
    assert len(found) == 25
    assert len(found) - len(asked.failed) == MOST_SEARCHES
    assert 0 < MOST_SEARCHES < 10


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (OSError("no more processes"), "no more processes"),
    ],
)
def test_a_program_that_is_gone_is_told_at_each_request_until_it_is_back(error: OSError, told: str) -> None:
    asked = Asked(lambda asked: exits(3) if asked[-1] == "402" else right(asked))
    gone = f"could not be started again: {told}"

    def start() -> Conversation:
        if is_gone:
            raise error
        return asked.program.start()

    is_gone = True
    candidate = ProgramCandidate("a program", start, {Capability.CLASSIFY}, {})
    assert candidate.ask(Capability.CLASSIFY, [401, 402]) == [Failure(gone)] * 2
    is_gone = False
    assert candidate.ask(Capability.CLASSIFY, [401]) == [classify(401)]
    is_gone = True
    assert list(map(str, candidate.ask(Capability.CLASSIFY, [403, 402, 404]))) == [
        "fatal",
        "exited with code 3",
        gone,
    ]


def test_a_line_too_many_is_blamed_on_the_last_request_and_the_program_starts_anew() -> None:
    asked = Asked(lambda asked: [*right(asked), *(["banana"] * (asked[-1] == "404"))])
    assert asked.wrong([408, 500, 404]) == {404: "printed 2 lines: 'fatal', 'banana'"}
    assert asked.wrong([405]) == {}
    assert asked.program.asked == [["408", "500", "404"], ["405"]]
    assert asked.program.started[0].is_closed


def test_what_a_program_answers_that_reads_nothing_counts_and_it_starts_anew() -> None:
    class Deaf(ScriptedConversation):
        def exchange(
            self, requests: Sequence[str], *, last: bool = False
        ) -> tuple[list[Reply], Failure | None]:
            return super().exchange(requests, last=last)[0], Failure("took no input for 1 s")

    started: list[Deaf] = []

    def start() -> Conversation:
        started.append(Deaf(right))
        return started[-1]

    candidate = ProgramCandidate("a program", start, {Capability.CLASSIFY}, {})
    for _ in range(2):
        assert candidate.ask(Capability.CLASSIFY, CODES) == list(map(classify, CODES))
    assert [conversation.is_closed for conversation in started] == [True, True]


def test_the_same_request_twice_gets_an_answer_each_time() -> None:
    asked = Asked(lambda asked: right(asked) if len(asked) < 3 else ["banana"])
    assert asked.candidate.ask(Capability.CLASSIFY, [404, 404, 404]) == [
        classify(404),
        classify(404),
        Failure("'banana'"),
    ]


def test_what_a_fresh_one_needs_not_find_out_again_is_which_requests_end_it() -> None:
    asked = Asked(lambda asked: exits(3) if asked[-1] == "404" else right(asked))
    asked.wrong(CODES)
    asked.candidate.close()
    fresh = asked.candidate.fresh()
    assert fresh is not None
    assert fresh.capabilities == (Capability.CLASSIFY,)
    assert fresh.takes_text_only
    assert str(fresh.ask(Capability.CLASSIFY, [404])[0]) == "exited with code 3"
    assert fresh.ask(Capability.CLASSIFY, [405]) == [classify(405)]
    assert asked.program.asked[3:] == [["405"]]
