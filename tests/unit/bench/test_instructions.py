"""Counting bytecode instructions: the evidence of flatness that cannot flake."""

import functools
import gc
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from bitsspec import reference
from bitsspec.bench import MAX_SPREAD, instructions
from bitsspec.bench.instructions import Counter, as_statement, count_instructions
from bitsspec.bench.subjects import floor
from bitsspec.benchmarks import contrasts
from bitsspec.spec import STATUS_CODES, outcome_due

ALL = {**contrasts.FLAT, **contrasts.NOT_FLAT, "bisect": contrasts.c_bisect, "in list": contrasts.in_list}


def through_another(status: int) -> object:
    return floor(status)


def interrupted(status: int) -> str:
    raise KeyboardInterrupt


def raises_at_404(status: int) -> str:
    if status == 404:
        raise ValueError("there is no outcome for the status code", status, status + 1)
    return "fatal"


@pytest.mark.parametrize("classify", ALL.values(), ids=ALL)
def test_every_contrast_classifies_rightly(classify: Callable[[int], str]) -> None:
    assert [classify(status) for status in STATUS_CODES] == [outcome_due(status) for status in STATUS_CODES]


@pytest.mark.parametrize("classify", [floor, contrasts.list_scan], ids=["tuple", "scan in C"])
def test_what_has_no_branches_in_python_executes_the_same_at_every_code(
    classify: Callable[[int], object],
) -> None:
    count = count_instructions(classify, STATUS_CODES)
    assert count.spread == 1
    assert set(count.calls) == {1}


def test_the_reference_is_flat() -> None:
    assert 1 < count_instructions(reference.classify, STATUS_CODES).spread <= MAX_SPREAD


@pytest.mark.parametrize("name", ["match statement", "if-chain", "bisection in Python"])
def test_branches_and_loops_are_not_flat_and_two_counts_are_the_same(name: str) -> None:
    count = count_instructions(contrasts.NOT_FLAT[name], STATUS_CODES)
    assert count.spread > MAX_SPREAD
    assert count == count_instructions(contrasts.NOT_FLAT[name], STATUS_CODES)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_rests_meanwhile_and_is_left_as_it_was(enabled: bool) -> None:
    states: set[bool] = set()
    if not enabled:
        gc.disable()
    try:
        count_instructions(lambda _status: states.add(gc.isenabled()), [404])
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
    assert states == {False}


def test_a_function_that_is_called_counts_too() -> None:
    near, far = (count_instructions(each, [404]) for each in (floor, through_another))
    assert far.calls == [near.calls[0] + 1]
    assert far.instructions[0] > near.instructions[0] + 1


def test_an_exception_is_an_answer_too() -> None:
    count = count_instructions(raises_at_404, [403, 404])
    assert count.instructions[1] > count.instructions[0]


def test_ctrl_c_ends_the_counting_and_a_debugger_is_left_as_it_was() -> None:
    before = sys.gettrace()
    with pytest.raises(KeyboardInterrupt):
        count_instructions(interrupted, [404])
    assert sys.gettrace() is before


def test_only_python_functions_say_something() -> None:
    assert not count_instructions(contrasts.OUTCOMES.__getitem__, STATUS_CODES).sees_code
    assert count_instructions(floor, STATUS_CODES).sees_code


def test_a_call_is_made_once_and_only_instructions_and_entered_functions_are_counted() -> None:
    asked: list[int] = []
    as_statement(asked.append, 404)()
    assert asked == [404]
    frame: FrameType = sys._getframe()
    counter = Counter()
    trace = counter.on_call(frame, "call", None)
    for event in ("opcode", "line", "opcode", "exception", "return"):
        trace = trace(frame, event, None)
    frame.f_trace_opcodes = False
    assert (counter.entered, counter.instructions) == (1, 2)


@pytest.mark.parametrize("period", [2, 8, 100])
def test_what_happens_at_every_so_manieth_call_does_not_count(period: int) -> None:
    asked = 0

    def classify(status: int) -> str:
        nonlocal asked
        asked += 1
        if asked % period == 0:
            for _ in range(50):
                pass
        return contrasts.tuple_table(status)

    assert count_instructions(classify, STATUS_CODES).spread == 1


def test_a_cache_of_the_last_answers_makes_no_code_look_cheap() -> None:
    plain = contrasts.if_chain
    cached = functools.lru_cache(128)(plain)
    count = count_instructions(lambda status: cached(status), STATUS_CODES)
    without = count_instructions(lambda status: plain(status), STATUS_CODES)
    assert {one - other for one, other in zip(count.instructions, without.instructions, strict=True)} == {0}


@pytest.mark.parametrize(("limit", "value"), [("LONG_S", 0), ("MOST_SWEEPS", 2)])
def test_the_counting_ends_also_where_no_two_counts_agree(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(instructions, limit, value)
    asked: list[int] = []
    count_instructions(asked.append, range(10))
    assert len(asked) == 20  # the first time prepares
