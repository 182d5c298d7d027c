"""What is measured: one status code answered many times, by a function, a table or a program."""

import sys
from collections.abc import Sequence
from typing import Any

import pytest

from bitsspec import reference
from bitsspec.bench import subjects
from bitsspec.bench.subjects import answering, of_callable, of_candidate, of_function
from bitsspec.candidates import Failure
from bitsspec.errors import CannotRun
from bitsspec.spec import STATUS_CODES, outcome_due
from bitsspec.spec.vocabulary import Capability, Outcome
from tests.support.command import exec_target
from tests.support.measured import Answering


class Clock:
    """A clock that only an answer moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers_ns: int) -> None:
        self.now, self.answers_ns = 5_000, list(answers_ns)
        self.asked: list[int] = []
        monkeypatch.setitem(vars(subjects), "perf_counter_ns", lambda: self.now)

    def classify(self, status: int) -> str:
        self.asked.append(status)
        self.now += self.answers_ns.pop(0) if len(self.answers_ns) > 1 else self.answers_ns[0]
        return "fatal"


@pytest.mark.parametrize(
    ("answers_ns", "at_once"),
    [((50,), 10), ((1_000_000,), 1), ((1_000_000, 1_000_000, 50), 10)],
    ids=["fast", "slow", "slow at first"],
)
def test_a_function_is_called_once_for_each_answer_and_slow_answers_are_timed_alone(
    monkeypatch: pytest.MonkeyPatch, answers_ns: tuple[int, ...], at_once: int
) -> None:
    clock = Clock(monkeypatch, *answers_ns)
    subject = of_callable("candidate", "python:x", clock.classify, [404, 503])
    assert subject.answers_at_once == at_once
    clock.asked.clear()
    assert subject.burst(0, 30) == 30 * answers_ns[-1]
    assert clock.asked == [404] * 30


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


def test_what_never_raises_is_timed_as_it_is() -> None:
    assert answering(reference.classify) is reference.classify
    assert of_function("candidate", "python:x", reference.classify).note == ""


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
        answering(classify)(404)


def test_the_floor_is_the_right_answer_in_a_tuple() -> None:
    assert [subjects.floor(each) for each in STATUS_CODES] == [outcome_due(each) for each in STATUS_CODES]


def test_a_program_is_asked_for_many_answers_at_once() -> None:
    program = Answering()
    subject = of_candidate("candidate", program)
    assert program.asked == [list(STATUS_CODES)]  # whether it can be measured
    assert subject.answers_at_once == 20
    assert not subject.takes_ints
    assert subject.note == "per pipelined answer"
    subject.burst(404, 3)
    assert program.asked[-1] == [404] * 3


def test_a_burst_of_a_program_takes_from_the_question_to_the_last_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, program = Clock(monkeypatch, 100), Answering()
    subject = of_candidate("candidate", program)
    monkeypatch.setattr(program, "ask", lambda _capability, inputs: [clock.classify(each) for each in inputs])
    assert subject.burst(404, 20) == 2_000


def test_a_program_that_fails_at_a_code_cannot_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        return [Failure("no answer") if each == 7 else Outcome.FATAL for each in inputs]

    program = Answering()
    monkeypatch.setattr(program, "ask", ask)
    with pytest.raises(CannotRun) as refused:
        of_candidate("candidate", program)
    assert str(refused.value).splitlines() == [
        "exec:./mine cannot be measured: at 007 it answers no answer",
        "what it departs at is shown by: bitsspec check",
    ]


def test_a_table_is_timed_as_it_is_looked_up() -> None:
    table = Answering("table:x.csv", text=False)
    subject = of_candidate("candidate", table)
    assert table.asked == []
    assert subject.takes_ints
    assert subject.note == "per answer looked up in the table"


def test_the_programs_beside_it_are_run_by_the_same_python_wherever_it_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[str] = []
    python = "a folder of 'mine'/python"
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setattr(subjects, "open_candidate", started.append)
    subjects.served("alone")
    assert started == [exec_target(python, "-m", "bitsspec.bench.served", "alone")]
