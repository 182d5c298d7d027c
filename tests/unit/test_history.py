"""What one candidate was asked, and the first question with two answers."""

from typing import Any

import pytest

from bitsspec.history import Call, Drift, History
from bitsspec.spec import Capability

CLASSIFY, REPOST, POSTS = Capability.CLASSIFY, Capability.REPOST, Capability.POSTS


def noted(*asked: tuple[Call, Any]) -> History:
    history = History()
    for call, answer in asked:
        history.note([call], [answer])
    return history


def test_the_first_answer_to_each_question_is_kept_with_its_number() -> None:
    history = noted(
        (Call(CLASSIFY, 403), "fatal"), (Call(REPOST, 403), False), (Call(POSTS, [403, "retry"]), 1)
    )
    assert history.first_answer(Call(CLASSIFY, 403)) == "fatal"
    assert history.first(Call(POSTS, [403, "retry"])) == (1, 2)
    assert history.drift is None
    assert history.has(Call(CLASSIFY, 403))
    assert not history.has(Call(REPOST, 404))
    with pytest.raises(KeyError):
        history.first_answer(Call(CLASSIFY, 404))


def test_the_first_question_with_two_answers_is_the_drift() -> None:
    again, call = Call(CLASSIFY, 404), Call(CLASSIFY, 503)
    history = noted((again, "fatal"), (call, "transient"), (call, "fatal"), (again, "transient"))
    assert history.drift == Drift(call, "transient", "fatal", 1, 2)
    assert history.calls == [again, call, call, again]


@pytest.mark.parametrize("value", [1000, -1, 200.0, True, "200", [200]])
def test_what_is_not_a_status_code_may_be_answered_as_one_likes(value: object) -> None:
    call = Call(CLASSIFY, value)
    history = noted((call, "fatal"), (call, "transient"))
    assert history.drift is None
    assert history.calls == [call, call]
