"""How many bytecode instructions one answer takes: the evidence that cannot flake.

Only Python code has instructions to count; what a call does in C is invisible here.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

SWEEPS = 2  # the first one makes Python prepare every branch for tracing, the last one counts


@dataclass(frozen=True, slots=True)
class InstructionCount:
    """The instructions that ``classify(status)`` executes as a statement, for each status code.

    The caller's own few instructions are part of it, and so is one for every Python function entered.
    """

    instructions: Sequence[int]
    calls: Sequence[int]
    """Python functions entered; 0 when everything happens in C."""

    @property
    def spread(self) -> float:
        """The largest count of a code over the smallest, 1 or more."""
        return max(self.instructions) / min(self.instructions)

    @property
    def sees_code(self) -> bool:
        """Whether the candidate has Python instructions of its own."""
        return max(self.calls) > 0


class Counter:
    """Counts what tracing tells about the frames that are entered from now on."""

    def __init__(self) -> None:
        self.instructions = self.entered = 0

    def on_call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        """Count the frame, and have each of its instructions told."""
        self.entered += 1
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self.in_frame

    def in_frame(self, _frame: FrameType, event: str, _argument: Any) -> Any:
        """Count an instruction, and nothing else of what happens in the frame."""
        if event == "opcode":
            self.instructions += 1
        return self.in_frame


def as_statement(classify: Callable[[int], object], status: int) -> Callable[[], None]:
    """Return a function whose only statement is ``classify(status)``."""

    def call() -> None:
        classify(status)

    return call


def count_instructions(classify: Callable[[int], object], codes: Sequence[int]) -> InstructionCount:
    """Count what ``classify`` executes for each of ``codes``, an exception being an answer too."""
    collecting = gc.isenabled()
    gc.disable()  # what a collection calls, finalizers and callbacks, would be counted with the answer
    try:
        for _ in range(SWEEPS):
            counts = [_count(classify, status) for status in codes]
    finally:
        if collecting:
            gc.enable()
    return InstructionCount([count for count, _ in counts], [calls for _, calls in counts])


def _count(classify: Callable[[int], object], status: int) -> tuple[int, int]:
    call, counter = as_statement(classify, status), Counter()
    here, tracing_before = sys._getframe(), sys.gettrace()
    here.f_trace_opcodes = True  # CPython 3.12 heeds the wish of a frame only if it came before settrace
    sys.settrace(counter.on_call)
    try:
        call()
    except KeyboardInterrupt:
        raise
    except BaseException:
        pass
    finally:
        sys.settrace(tracing_before)
        here.f_trace_opcodes = False
    # Entering a function is the instruction RESUME, which tracing reports as a call.
    return counter.instructions + counter.entered, counter.entered - 1
