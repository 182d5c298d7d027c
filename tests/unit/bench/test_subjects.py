"""What is measured: one status code answered many times, by a function, a table or a program."""

from collections.abc import Sequence
from typing import Any

import pytest

from bitsspec import reference
from bitsspec.bench import subjects
from bitsspec.bench.subjects import answering, of_callable, of_candidate, of_function
from bitsspec.candidates import Failure, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.spec import STATUS_CODES, outcome_due
from bitsspec.spec.vocabulary import Capability, Outcome
from tests.support.measured import Answering


@pytest.mark.parametrize("calls", [1, 7, 10, 30])
def test_a_function_is_called_once_for_each_answer(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    asked: list[int] = []
    monkeypatch.setitem(vars(subjects), "perf_counter_ns", lambda: 50 * len(asked))
    subject = of_callable("candidate", "python:x", asked.append, [404, 503])
    assert subject.burst(1, calls) == 50 * calls
    assert asked == [503] * calls


@pytest.mark.parametrize("error", [RuntimeError("rate limit"), SystemExit("rate limit")], ids=repr)
def test_what_fails_later_cannot_be_measured(error: BaseException) -> None:
    asked: list[int] = []

    def classify(status: int) -> str:
        asked.append(status)
        if len(asked) > 5_000:
            raise error
        return "fatal"

    subject = of_function("candidate", "python:x", classify)
    with pytest.raises(CannotRun) as refused:
        subject.burst(404, 5_000)
    first, second = str(refused.value).splitlines()
    assert first.startswith(
        f"python:x cannot be measured: at 404 it raised {type(error).__name__}: rate limit"
    )
    assert "the same answer however often" in second


@pytest.mark.parametrize("raises_at", [0, 404, 999])
def test_what_raises_at_a_code_is_timed_inside_a_try(raises_at: int) -> None:
    error = SystemExit("no outcome")

    def classify(status: int) -> str:
        if status == raises_at:
            raise error
        return outcome_due(status)

    timed = answering(classify)
    assert timed(raises_at) is error
    assert timed(503) == "transient"
    subject = of_function("candidate", "python:x", classify)
    assert subject.function is classify
    assert subject.note == "raises at some codes: timed inside a try"
    assert answering(reference.classify) is reference.classify  # which never raises


def test_what_takes_long_to_look_at_is_timed_inside_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(1_000))
    monkeypatch.setattr(subjects, "monotonic", lambda: next(seconds))
    asked: list[int] = []
    assert answering(asked.append) is not asked.append
    assert len(asked) < 3


def test_coroutines_cannot_be_measured() -> None:
    async def classify(status: int) -> str:
        return "fatal"

    with pytest.raises(CannotRun, match="python:x returns coroutines"):
        of_function("candidate", "python:x", classify)


@pytest.mark.parametrize("call", [0, 1000], ids=["at the first call", "within a burst"])
def test_ctrl_c_in_a_candidate_ends_the_measurement(call: int) -> None:
    interrupts = iter([False] * call + [True])

    def classify(_status: int) -> str:
        raise KeyboardInterrupt if next(interrupts) else ValueError

    with pytest.raises(KeyboardInterrupt):
        of_function("candidate", "python:x", classify).burst(404, 10)


@pytest.mark.parametrize(
    ("text", "note"), [(True, "per pipelined answer"), (False, "per answer looked up in the table")]
)
def test_a_program_or_a_table_is_asked_for_many_answers_at_once(text: bool, note: str) -> None:
    candidate = Answering(text=text)
    subject = of_candidate("candidate", candidate)
    assert (
        candidate.asked == [[status] for status in STATUS_CODES] * text
    )  # a program must answer everything to be measured
    assert subject.takes_ints is not text
    assert subject.note == note
    assert subject.answers_at_once == 20
    assert subject.burst(404, 20) > 0
    assert candidate.asked[-1] == [404] * 20


@pytest.mark.parametrize("later", [False, True], ids=["at once", "later"])
def test_a_program_that_fails_at_a_code_cannot_be_measured(
    monkeypatch: pytest.MonkeyPatch, later: bool
) -> None:
    fails = not later

    def ask(_capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        return [Failure("no answer") if each == 7 and fails else Outcome.FATAL for each in inputs]

    program = Answering()
    monkeypatch.setattr(program, "ask", ask)

    def measured() -> None:
        nonlocal fails
        subject = of_candidate("candidate", program)
        fails = True
        subject.burst(7, 20)

    with pytest.raises(CannotRun) as refused:
        measured()
    first, _ = str(refused.value).splitlines()
    assert first.startswith("exec:./mine cannot be measured: at 007 it answers no answer")


def test_a_live_client_takes_the_time_of_its_uploads() -> None:
    candidate = open_candidate("client:python:tests.support.uploading:conforming")
    try:
        with pytest.raises(CannotRun, match="cannot be measured: it is a client"):
            of_candidate("it", candidate)
    finally:
        candidate.close()
