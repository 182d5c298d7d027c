"""What a request to a program looks like, and how the lines that come back are read."""

import pytest

from bitsspec.candidates import Failure
from bitsspec.candidates.program.lines import read_reply, request_for, several_lines
from bitsspec.spec.vocabulary import Capability, Outcome
from tests.support.scripted import NO_ANSWER, TIMED_OUT

WHOLE = "fatal no 7 0x80190193"


@pytest.mark.parametrize(
    ("capability", "value", "line"),
    [
        (Capability.CLASSIFY, 7, "007"),
        (Capability.CLASSIFY, "20x", "20x"),
        (Capability.POSTS, [503, "retry", 7], "posts 503 retry 007"),
        (Capability.POSTS, [], "posts"),
    ],
)
def test_a_request_is_three_digits_or_the_events_of_a_sequence(
    capability: Capability, value: object, line: str
) -> None:
    assert request_for(capability, value) == line


@pytest.mark.parametrize(
    ("capability", "reply", "answer"),
    [
        (Capability.CLASSIFY, WHOLE, Outcome.FATAL),
        (Capability.REPOST, WHOLE, False),
        (Capability.CONTEXT, WHOLE, 7),
        (Capability.HRESULT, WHOLE, 0x80190193),
        (Capability.HRESULT, "fatal no 7 -2145844845", 0x80190193),
        (Capability.HRESULT, "fatal no 7 -0x1", 0xFFFFFFFF),
        (Capability.HRESULT, "fatal no 7 -", Failure("''")),
        (Capability.HRESULT, "fatal no 7 --1", Failure("'-1'")),
        (Capability.CONTEXT, "fatal no -7", Failure("'-7'")),
        (Capability.REPOST, "fatal", NO_ANSWER),
        (Capability.HRESULT, "fatal no 7", NO_ANSWER),
        (Capability.CLASSIFY, "", Failure("''")),
        (Capability.CLASSIFY, "7", Failure("'7'")),
        (Capability.REPOST, "7 no", Failure("'7 no'")),
        (Capability.CLASSIFY, f"{WHOLE} 1", Failure(f"'{WHOLE} 1'")),
        (Capability.POSTS, "2", 2),
        (Capability.POSTS, "", Failure("''")),
        (Capability.POSTS, "2 1", Failure("'2 1'")),
        (Capability.POSTS, "two", Failure("'two'")),
        (Capability.POSTS, TIMED_OUT, TIMED_OUT),
    ],
)
def test_a_reply_has_one_to_four_fields_and_starts_with_an_outcome_or_is_a_number_of_posts(
    capability: Capability, reply: str | Failure, answer: object
) -> None:
    found = read_reply(capability, reply)
    assert (type(found), found) == (type(answer), answer)


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["a", Failure("half a line")], "printed 2 lines: 'a', half a line"),
        (["a", "b", "c", "d"], "printed 4 lines: 'a', 'b', 'c', …"),
        (["a"] * 1000, "printed 1,000 lines: 'a', 'a', 'a', …"),
        (["a"] * 1001, "printed over 1,000 lines: 'a', 'a', 'a', …"),
    ],
)
def test_of_several_lines_the_first_three_are_shown_and_no_more_than_a_thousand_counted(
    lines: list[str | Failure], shown: str
) -> None:
    assert several_lines(lines) == Failure(shown)
