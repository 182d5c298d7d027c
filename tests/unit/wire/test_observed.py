"""What is observed of a client: the table, and the words that a client reports by."""

from typing import Any

import pytest

from bitsspec.candidates.base import Failure, NotObserved
from bitsspec.spec.vocabulary import Outcome
from bitsspec.wire.cases import Case
from bitsspec.wire.observed import Said, observe, read_answer

SUCCESS, FAILURE = Said(True, "exit 0"), Said(False, "exit 22")
GARBAGE = read_answer("what")


@pytest.mark.parametrize(
    ("posts", "said", "answer", "told"),
    [
        (1, SUCCESS, Outcome.SUCCESS, "posted once, exit 0"),
        (1, FAILURE, Outcome.FATAL, "posted once, exit 22"),
        (1, read_answer("transient"), Outcome.TRANSIENT, "posted once, said transient"),
        (2, SUCCESS, Outcome.TRANSIENT, "posted 2 times within 2 s, exit 0"),
        (2, FAILURE, Outcome.TRANSIENT, "posted 2 times within 2 s, exit 22"),
        (2, read_answer("fatal"), Outcome.TRANSIENT, "posted 2 times within 2 s, said fatal"),
        (3, None, Outcome.TRANSIENT, "posted 3 times within 4 s, no end within 0.5 s"),
        (1, None, NotObserved("no decision within 0.5 s"), "posted once, no end within 0.5 s"),
        (0, SUCCESS, NotObserved("it posted nothing"), "posted nothing, exit 0"),
        (0, None, NotObserved("it posted nothing"), "posted nothing, no end within 0.5 s"),
        (1, GARBAGE, Failure("said 'what'"), "posted once, said 'what'"),
    ],
)
def test_posts_and_what_the_client_reports_make_what_is_observed(
    posts: int, said: Said | None, answer: Any, told: str
) -> None:
    case = Case("http://127.0.0.1:1/u/a/", (503, 200), clock=iter(range(0, 100, 2)).__next__)
    for _ in range(posts):
        case.post(5)
    observation = observe(case, said, 0.5)
    assert (observation.answer, observation.seen.says()) == (answer, told)
    assert observation.seen.posts_at_s == [2.0, 4.0, 6.0][:posts]
    lost = "posted again, was answered 200, and still reported a failure: exit 22"
    assert observation.note == (lost if (posts, said) == (2, FAILURE) else "")
    case.broken = True
    broken = NotObserved("a connection ended before the whole answer was taken")
    assert observe(case, said, 0.5).answer == broken


def test_the_address_of_an_upload_is_not_told_as_no_two_are_the_same() -> None:
    case = Case("http://127.0.0.1:1/u/a/", (200,))
    assert observe(case, Said(False, f"raised E: at {case.url}"), 1).seen.ended == "raised E: at {url}"


@pytest.mark.parametrize(
    ("line", "success", "outcome", "context", "hresult"),
    [
        ("success", True, Outcome.SUCCESS, None, None),
        ("Failure", False, None, None, None),
        ("FATAL", False, Outcome.FATAL, None, None),
        (" transient  no 7 0x801901F7\r", False, Outcome.TRANSIENT, 7, 0x801901F7),
        ("fatal yes 5 -2145844845", False, Outcome.FATAL, 5, 0x80190193),
        ("fatal no seven 7", False, Outcome.FATAL, Failure("'seven'"), 7),
    ],
)
def test_a_client_reports_in_the_words_of_the_line_protocol(
    line: str, success: bool, outcome: Outcome | None, context: Any, hresult: Any
) -> None:
    said = read_answer(line)
    assert (said.is_success, said.outcome, said.context, said.hresult) == (success, outcome, context, hresult)
    assert (said.how, said.unreadable) == (f"said {line.split()[0].lower()}", None)


@pytest.mark.parametrize("line", ["", "ok", "failure no", "fatal no 7 7 7", "404 fatal"])
def test_any_other_words_say_nothing_and_are_shown(line: str) -> None:
    assert read_answer(line).unreadable == Failure(f"said {line!r}")
