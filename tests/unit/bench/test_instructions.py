"""Counting bytecode instructions: the evidence of flatness that cannot flake."""

import gc
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from bitsspec import reference
from bitsspec.bench.instructions import Counter, as_statement, count_instructions
from bitsspec.bench.subjects import floor
from bitsspec.benchmarks import contrasts
from bitsspec.spec import STATUS_CODES, outcome_due

ALL = {**contrasts.FLAT, **contrasts.NOT_FLAT, "bisect": contrasts.c_bisect, "in list": contrasts.in_list}
BAR = 1.25


@pytest.mark.parametrize("classify", ALL.values(), ids=ALL)
def test_every_contrast_classifies_rightly(classify: Callable[[int], str]) -> None:
    assert [classify(status) for status in STATUS_CODES] == [outcome_due(status) for status in STATUS_CODES]


def test_a_table_executes_the_same_instructions_at_every_code() -> None:
    count = count_instructions(floor, STATUS_CODES)
    assert count.spread == 1
    assert set(count.calls) == {1}


def test_the_reference_is_flat_although_0_and_1_take_longer() -> None:
    count = count_instructions(reference.classify, STATUS_CODES)
    longest = [status for status in STATUS_CODES if count.instructions[status] == max(count.instructions)]
    assert longest == [0, 1]
    assert 1 < count.spread <= BAR


@pytest.mark.parametrize("name", ["match statement", "if-chain", "bisection in Python"])
def test_branches_and_loops_are_not_flat(name: str) -> None:
    assert count_instructions(contrasts.NOT_FLAT[name], STATUS_CODES).spread > BAR


def test_a_scan_in_c_has_flat_instructions() -> None:
    assert count_instructions(contrasts.list_scan, STATUS_CODES).spread == 1


def test_two_counts_are_the_same() -> None:
    assert count_instructions(contrasts.if_chain, STATUS_CODES) == count_instructions(
        contrasts.if_chain, STATUS_CODES
    )


def test_what_the_garbage_collector_calls_is_not_counted() -> None:
    collections: list[str] = []

    def callback(phase: str, info: dict[str, int]) -> None:
        collections.append(phase)

    def keeps_garbage(status: int) -> str:
        cycle: list[object] = []
        cycle.append(cycle)
        return contrasts.OUTCOMES[status]

    thresholds = gc.get_threshold()
    gc.callbacks.append(callback)
    gc.set_threshold(10)
    try:
        count = count_instructions(keeps_garbage, STATUS_CODES)
        keeps_garbage(200)
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(callback)
    assert count.spread == 1
    assert gc.isenabled()


def test_a_function_that_is_called_counts_too() -> None:
    def direct(status: int) -> str:
        return contrasts.OUTCOMES[status]

    def through_another(status: int) -> str:
        return direct(status)

    near, far = (count_instructions(each, [404]) for each in (direct, through_another))
    assert far.calls == [near.calls[0] + 1]
    assert far.instructions[0] > near.instructions[0] + 1


def test_what_is_written_in_c_says_nothing() -> None:
    assert not count_instructions(contrasts.OUTCOMES.__getitem__, STATUS_CODES).sees_code
    assert count_instructions(floor, STATUS_CODES).sees_code


def test_an_exception_is_an_answer_too() -> None:
    def raising(status: int) -> str:
        if status == 404:
            raise ValueError("there is no outcome for the status code", status, status + 1)
        return "fatal"

    count = count_instructions(raising, [403, 404])
    assert count.instructions[1] > count.instructions[0]


def test_ctrl_c_is_no_answer() -> None:
    def interrupted(status: int) -> str:
        raise KeyboardInterrupt

    before = sys.gettrace()
    with pytest.raises(KeyboardInterrupt):
        count_instructions(interrupted, [404])
    assert sys.gettrace() is before


def test_a_garbage_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        count_instructions(floor, [404])
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_of_what_tracing_tells_only_instructions_and_entered_functions_count() -> None:
    def entered() -> FrameType:
        return sys._getframe()

    counter = Counter()
    for frame in (entered(), entered()):
        told = counter.on_call(frame, "call", None)
        for event in ("opcode", "line", "opcode", "exception", "opcode", "opcode", "return"):
            told = told(frame, event, None)
        assert frame.f_trace_opcodes
    assert (counter.entered, counter.instructions) == (2, 8)


def test_what_is_counted_asks_once() -> None:
    asked: list[int] = []
    as_statement(asked.append, 404)()
    assert asked == [404]


def test_a_debugger_goes_on_tracing_afterwards() -> None:
    def debugger(*_: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        count_instructions(floor, [404])
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(before)
