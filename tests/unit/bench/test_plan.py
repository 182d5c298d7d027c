"""How much is measured: the length of a burst, the number of rounds, what is measured beside what."""

import gc
import io
import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bitsspec import reference
from bitsspec.bench import growth, measurement, sampling, served, subjects
from bitsspec.bench.flatness import Flatness
from bitsspec.bench.subjects import Subject, answering, of_callable, of_candidate, of_function
from bitsspec.candidates import Candidate, Failure, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.spec import STATUS_CODES, outcome_due
from bitsspec.spec.vocabulary import Capability, Outcome
from tests.support.command import exec_target


def taking(
    ns: float, *, name: str = "floor", at_once: int = 1, asked: list[tuple[int, int]] | None = None
) -> Subject:
    """Return a subject whose answers take so long, and that keeps what it was asked."""

    def burst(status: int, calls: int) -> int:
        if asked is not None:
            asked.append((status, calls))
        return int(ns * calls)

    return Subject(name, name, burst, answers_at_once=at_once)


def clock(monkeypatch: pytest.MonkeyPatch, resolution_s: float) -> None:
    monkeypatch.setattr(sampling, "get_clock_info", lambda _name: SimpleNamespace(resolution=resolution_s))


@pytest.mark.parametrize(
    ("resolution_s", "answer_ns", "at_once", "calls"),
    [
        (1e-9, 1, 1, 2_000),  # two microseconds, where the clock is fine
        (1e-9, 0.1, 1, 2_000),  # no answer is taken for faster than a nanosecond
        (1e-7, 1, 1, 5_000),  # 50 ticks, where it is not
        (1.0, 1, 1, 50_000_000_000),
        (1e-9, 20, 10, 100),
        (1e-9, 30, 10, 70),  # 67 would do, and they come by ten
        (1e-9, 5_000, 10, 10),  # never less than comes at once
        (1e-9, 500_000, 1, 1),
        (1e-9, 10_000_000, 1, 1),
    ],
)
def test_a_burst_is_as_long_as_it_takes_to_be_timed_well(
    monkeypatch: pytest.MonkeyPatch, resolution_s: float, answer_ns: float, at_once: int, calls: int
) -> None:
    clock(monkeypatch, resolution_s)
    subject = taking(answer_ns, at_once=at_once)
    assert sampling.calls_for(subject, [404]) == pytest.approx((calls, calls * max(answer_ns, 1)), abs=0.5)


def test_the_length_of_a_burst_is_found_by_three_at_each_code() -> None:
    asked: list[tuple[int, int]] = []
    sampling.calls_for(taking(20, at_once=10, asked=asked), [404, 503])
    assert asked == [(404, 10)] * 3 + [(503, 10)] * 3


@pytest.mark.parametrize(
    ("codes", "looked_at"),
    [(range(100), range(0, 100, 4)), (range(10), range(10)), (range(48), range(48))],
    ids=["100 codes", "ten codes", "48 codes"],
)
def test_about_25_codes_tell_how_long_a_burst_must_be(codes: range, looked_at: range) -> None:
    asked: list[tuple[int, int]] = []
    sampling.sample([taking(2_000, asked=asked)], codes=codes, time_limit_s=0)
    rounds = asked[3 * len(looked_at) :]
    assert [status for status, _ in asked[: 3 * len(looked_at) : 3]] == list(looked_at)
    assert len(rounds) % len(codes) == 0
    assert {status for status, _ in rounds[: len(codes)]} == set(codes)


@pytest.mark.parametrize(
    ("time_limit_s", "rounds"),
    [(0, 12), (0.0034, 16), (0.00361, 18), (0.0038, 18), (1, 48)],
    ids=["at least 12", "an even number", "as many as the time allows", "not one more", "at most 48"],
)
def test_the_rounds_fill_the_time(monkeypatch: pytest.MonkeyPatch, time_limit_s: float, rounds: int) -> None:
    clock(monkeypatch, 1e-9)
    asked: list[tuple[int, int]] = []
    subjects = [taking(200, at_once=10, asked=asked)]  # 100 bursts of 2,000 ns in each round
    samples = sampling.sample(subjects, codes=range(100), time_limit_s=time_limit_s)
    assert samples["floor"].shape == (rounds, 100)
    assert {calls for _, calls in asked} == {10}
    assert len(asked) == 3 * 25 + (rounds + 2) * 100  # two rounds warm up


def test_without_a_limit_all_rounds_take_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 1e-9)
    subject = taking(20_000_000 / 100)  # 25 rounds of 20 ms
    assert len(sampling.sample([subject], codes=range(100))["floor"]) == 24


def test_a_sample_is_the_time_of_one_answer_at_the_usual_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 1e-9)
    subjects = [taking(50, at_once=10), taking(300, name="candidate", at_once=10)]
    samples = sampling.sample(subjects, codes=range(100), time_limit_s=0)
    assert set(samples) == {"floor", "candidate"}
    assert np.allclose(samples["floor"], 50)
    assert np.allclose(samples["candidate"], 300)


def test_two_measurements_visit_the_codes_in_the_same_order() -> None:
    orders = []
    for _ in range(2):
        asked: list[tuple[int, int]] = []
        sampling.sample([taking(2_000, asked=asked)], codes=range(30), time_limit_s=0)
        orders.append(asked)
    assert orders[0] == orders[1]


def test_the_subjects_take_turns_at_being_first() -> None:
    asked: list[str] = []

    def keeping(name: str) -> Subject:
        def burst(_status: int, calls: int) -> int:
            asked.append(name)
            return 2_000 * calls

        return Subject(name, name, burst, answers_at_once=1)

    names = ("candidate", "reference", "floor")
    rounds = len(sampling.sample([keeping(name) for name in names], codes=range(30), time_limit_s=0)["floor"])
    timed = asked[-rounds * 90 :]
    for number in range(0, len(timed), 90):
        firsts = timed[number : number + 90 : 3]
        assert all(set(firsts[place : place + 3]) == set(names) for place in range(28))


def test_the_rounds_that_warm_up_count_for_nothing_that_is_done() -> None:
    told: list[tuple[int, int]] = []
    sampling.sample([taking(2_000)], lambda *done: told.append(done), codes=range(30), time_limit_s=0)
    assert told == [(0, 12), (0, 12), *((done, 12) for done in range(12))]


def test_a_measurement_that_fails_turns_the_garbage_collector_on_again() -> None:
    def fails(_status: int, _calls: int) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sampling.sample([Subject("floor", "", fails)], codes=range(30))
    assert gc.isenabled()


# The subjects


class Clock:
    """A clock that only an answer moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer_ns: int) -> None:
        self.now, self.answer_ns = 0, answer_ns
        self.asked: list[int] = []
        monkeypatch.setitem(vars(subjects), "perf_counter_ns", lambda: self.now)

    def classify(self, status: int) -> str:
        self.asked.append(status)
        self.now += self.answer_ns
        return "fatal"


@pytest.mark.parametrize(("answer_ns", "at_once"), [(20_000, 10), (20_001, 1)])
def test_an_answer_of_more_than_20_microseconds_is_timed_alone(
    monkeypatch: pytest.MonkeyPatch, answer_ns: int, at_once: int
) -> None:
    clock = Clock(monkeypatch, answer_ns)
    subject = of_callable("candidate", "python:x", clock.classify, [404, 503])
    assert subject.answers_at_once == at_once
    assert clock.asked == [503] * 3
    clock.asked.clear()
    assert subject.burst(0, 30) == 30 * answer_ns
    assert clock.asked == [404] * 30


def test_the_fastest_of_three_answers_tells_whether_it_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, 0)
    takes = iter((90_000, 90_000, 5))

    def classify(status: int) -> str:
        clock.now += next(takes)
        return "fatal"

    assert of_callable("candidate", "python:x", classify, [404]).answers_at_once == 10


@pytest.mark.parametrize("raises_at", [0, 404, 999])
def test_what_raises_at_a_code_is_timed_inside_a_try(raises_at: int) -> None:
    error = SystemExit("no outcome")

    def classify(status: int) -> str:
        if status == raises_at:
            raise error
        return outcome_due(status)

    timed = answering(classify)
    assert timed is not classify
    assert timed(raises_at) is error
    assert timed(503) == "transient"
    subject = of_function("candidate", "python:x", classify)
    assert subject.function is classify
    assert subject.note == "raises at some codes: timed inside a try"
    assert (subject.name, subject.target, subject.takes_ints) == ("candidate", "python:x", True)


def test_what_never_raises_is_timed_as_it_is() -> None:
    assert answering(reference.classify) is reference.classify
    assert of_function("candidate", "python:x", reference.classify).note == ""


def test_ctrl_c_within_a_burst_is_no_answer() -> None:
    interrupts = iter([False] * 1000 + [True])

    def classify(_status: int) -> str:
        raise KeyboardInterrupt if next(interrupts) else ValueError

    timed = answering(classify)
    with pytest.raises(KeyboardInterrupt):
        timed(404)


def test_the_floor_is_the_answer_due_in_a_tuple() -> None:
    assert [subjects.floor(status) for status in STATUS_CODES] == [
        outcome_due(status) for status in STATUS_CODES
    ]
    floor = subjects.floor_subject()
    assert (floor.name, floor.target, floor.function) == ("floor", "one item of a tuple", subjects.floor)


class Served(Candidate):
    """A program that answers at once, or a table."""

    capabilities = (Capability.CLASSIFY,)

    def __init__(self, target: str = "exec:./mine", *, text: bool = True) -> None:
        self.target, self.takes_text_only, self.closed = target, text, False
        self.asked: list[list[int]] = []

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        assert capability is Capability.CLASSIFY
        self.asked.append(list(inputs))
        return [Outcome.FATAL] * len(inputs)

    def fresh(self) -> None:
        return None

    def close(self) -> None:
        self.closed = True


def test_a_program_is_asked_for_twenty_answers_at_once() -> None:
    program = Served()
    subject = of_candidate("candidate", program)
    assert program.asked == [list(STATUS_CODES)]
    assert subject.answers_at_once == 20
    assert not subject.takes_ints
    assert subject.note == "per pipelined answer"
    subject.burst(404, 3)
    assert program.asked[-1] == [404] * 3


def test_a_burst_of_a_program_takes_from_the_question_to_the_last_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, program = Clock(monkeypatch, 100), Served()
    subject = of_candidate("candidate", program)
    monkeypatch.setattr(program, "ask", lambda _capability, inputs: [clock.classify(each) for each in inputs])
    clock.now = 5_000
    assert subject.burst(404, 20) == 2_000


def test_a_program_that_fails_at_a_code_cannot_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Served()
    answers: list[Any] = [Outcome.FATAL] * 1000
    answers[7] = Failure("no answer")
    monkeypatch.setattr(program, "ask", lambda _capability, _inputs: answers)
    with pytest.raises(CannotRun) as refused:
        of_candidate("candidate", program)
    assert str(refused.value).splitlines() == [
        "exec:./mine cannot be measured: at 007 it answers no answer",
        "what it departs at is shown by: bitsspec check",
    ]


def test_another_kind_than_a_program_is_handed_ints_and_not_asked_beforehand() -> None:
    table = Served("table:x.csv", text=False)
    subject = of_candidate("candidate", table)
    assert table.asked == []
    assert subject.takes_ints
    assert subject.note == "per answer looked up in the table"


# What is measured beside what


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the measurement is about to time; samples are made up."""
    kept: dict[str, Any] = {"served": []}

    def sample(given: Sequence[Subject], progress: object, *, time_limit_s: float) -> dict[str, Any]:
        kept.update(subjects=given, progress=progress, time_limit_s=time_limit_s)
        if kept.get("fails"):
            raise ZeroDivisionError
        return {subject.name: np.full((8, 1000), 40.0) for subject in given}

    def start(what: str) -> Served:
        kept["served"].append(Served(f"exec:{what}"))
        return kept["served"][-1]  # type: ignore[no-any-return]

    monkeypatch.setattr(measurement, "sample", sample)
    monkeypatch.setattr(measurement, "served", start)
    monkeypatch.setattr(measurement, "measure_growth", lambda build: ("growth of", build))
    return kept


def measure(candidate: Candidate, **options: Any) -> Any:
    return measurement.measure(candidate, max_spread=1.25, **options)


def pairs(given: Sequence[Subject]) -> list[tuple[str, str]]:
    return [(subject.name, subject.target) for subject in given]


def test_a_function_is_measured_beside_the_reference_and_a_tuple(seen: dict[str, Any]) -> None:
    found = measure(open_candidate("bitsspec.reference:may_repost"), max_ratio=3.0, progress=print)
    assert pairs(found.subjects) == [
        ("candidate", "python:bitsspec.reference:may_repost"),
        ("reference", "python:bitsspec.reference"),
        ("floor", "one item of a tuple"),
    ]
    assert seen["served"] == []
    assert seen["time_limit_s"] == 0.5
    assert seen["progress"] is print
    assert set(found.flatness) == {"candidate"}
    assert isinstance(found.flatness["candidate"], Flatness)
    assert (found.growth, found.max_ratio) == (None, 3.0)


def test_a_program_is_measured_beside_two_programs_that_end_with_it(seen: dict[str, Any]) -> None:
    found = measure(Served(), against=Served("exec:./theirs"))
    assert pairs(found.subjects) == [
        ("candidate", "exec:./mine"),
        ("against", "exec:./theirs"),
        ("reference", "the reference as a program"),
        ("floor", "the protocol alone"),
    ]
    assert seen["time_limit_s"] == 3.0
    assert [program.target for program in seen["served"]] == ["exec:reference", "exec:alone"]
    assert all(program.closed for program in seen["served"])
    assert set(found.flatness) == {"candidate", "against"}


def test_the_programs_beside_it_end_although_the_measurement_fails(seen: dict[str, Any]) -> None:
    seen["fails"] = True
    with pytest.raises(ZeroDivisionError):
        measure(Served())
    assert [program.closed for program in seen["served"]] == [True, True]


def build(_rules: int) -> Callable[[int], str]:
    raise AssertionError


@pytest.mark.parametrize("target", [None, "bitsspec.reference:classify"])
def test_the_growth_of_the_reference_is_measured_unasked(seen: dict[str, Any], target: str | None) -> None:
    assert measure(open_candidate(target)).growth == ("growth of", growth.reference_for)
    assert measure(open_candidate(target), build=build).growth == ("growth of", build)


def test_the_growth_of_anything_else_is_measured_where_a_builder_is_named(seen: dict[str, Any]) -> None:
    assert measure(Served()).growth is None
    assert measure(Served(), build=build).growth == ("growth of", build)


def test_the_reference_of_n_rules_answers_n_codes_as_the_reference_does() -> None:
    classify = growth.reference_for(2_000)
    assert [classify(code) for code in range(2_000)] == [
        reference.classify(code % 1000) for code in range(2_000)
    ]


@pytest.mark.parametrize(
    ("builds", "why"),
    [
        (lambda size: {}[size], "KeyError: 10"),
        (lambda _size: lambda status: [][status], "IndexError: list index out of range"),
        (lambda size: size, "TypeError: 'int' object is not callable"),
    ],
    ids=["nothing", "what raises at the last code", "no function"],
)
def test_a_builder_without_a_classifier_of_n_rules_is_refused(builds: Any, why: str) -> None:
    with pytest.raises(CannotRun) as refused:
        growth.measure_growth(builds)
    assert str(refused.value).splitlines() == [
        f"no classifier of 10 rules: {why}",
        "--growth names a function from a number n to a function that classifies 0 to n - 1",
    ]


def test_growth_is_measured_at_codes_spread_evenly_over_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, set[int]] = {size: set() for size in growth.SIZES}
    kept: dict[str, Any] = {}

    def build(size: int) -> Callable[[int], str]:
        def classify(code: int) -> str:
            asked[size].add(code)
            return "fatal"

        return classify

    def sample(given: Sequence[Subject], *, codes: range, time_limit_s: float) -> dict[str, Any]:
        kept.update(names=[subject.name for subject in given], codes=codes, time_limit_s=time_limit_s)
        for subject in given:
            for code in codes:
                subject.burst(code, subject.answers_at_once)
        rows = np.repeat(np.arange(16.0)[None], 4, axis=0)
        return {subject.name: rows + float(subject.name) for subject in given[:-1]}

    monkeypatch.setattr(growth, "sample", sample)
    found = growth.measure_growth(build)
    assert kept["names"] == [*(str(size) for size in growth.SIZES), "floor"]
    assert kept["codes"] == range(16)
    assert kept["time_limit_s"] == 1.0
    assert found.ns == tuple(size + 7.5 for size in growth.SIZES)  # the mean over the codes
    # the middle of each sixteenth, and the last code, which every builder must classify
    assert asked[1_000] == {31, 93, 156, 218, 281, 343, 406, 468, 531, 593, 656, 718, 781, 843, 906, 968, 999}
    assert all(max(codes) == size - 1 for size, codes in asked.items())
    assert growth.SIZES == (
        10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000
    )  # fmt: skip


# The programs that are measured beside a program


@pytest.mark.parametrize(
    ("what", "answers"),
    [("reference", "transient\nfatal\nunsupported\n"), ("alone", "transient\ntransient\nunsupported\n")],
)
def test_a_program_beside_it_answers_every_line(
    monkeypatch: pytest.MonkeyPatch, what: str, answers: str
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["served", what])
    monkeypatch.setattr(sys, "stdin", io.StringIO("503\n404\nposts 503\n"))
    monkeypatch.setattr(sys, "stdout", written)
    served.main()
    assert written.getvalue() == answers


def test_the_programs_beside_it_are_run_by_the_same_python_wherever_it_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[str] = []
    python = "a folder of 'mine'/python"
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setattr(subjects, "open_candidate", started.append)
    subjects.served("alone")
    assert started == [exec_target(python, "-m", "bitsspec.bench.served", "alone")]


def test_the_programs_beside_it_are_started_and_answer() -> None:
    for what, answer in (("reference", Outcome.FATAL), ("alone", Outcome.TRANSIENT)):
        program = subjects.served(what)
        try:
            assert program.ask(Capability.CLASSIFY, [404, 503]) == [answer, Outcome.TRANSIENT]
        finally:
            program.close()
