"""How many bytecode instructions one answer takes: the evidence that cannot flake.

Only Python code has instructions to count; what a call does in C is invisible here.
"""

import gc
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import Any

from bitsspec.bench.collector import collector_off
from bitsspec.bench.watch import Watch

MOST_SWEEPS = 24  # the first one makes Python prepare every branch for tracing and does not count
AGREEING = 2  # sweeps one after the other in which no code took fewer than before are enough
LONG_S = 10.0  # of counting, after which one sweep must do


@dataclass(frozen=True, slots=True)
class InstructionCount:
    """The instructions that ``classify(status)`` executes as a statement, for each status code.

    The caller's own few instructions are part of it, and so is one for every Python function entered.
    """

    instructions: Sequence[int]
    calls: Sequence[int]
    """Python functions entered; 0 when everything happens in C."""
    raised: frozenset[int] = frozenset()
    """The codes at which an exception was the answer."""

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


def count_instructions(
    classify: Callable[[int], object], codes: Sequence[int], watch: Watch | None = None
) -> InstructionCount:
    """Count what ``classify`` executes for each of ``codes``, an exception being an answer too.

    It is the least over sweeps in several orders: what happens at every hundredth call, whatever the code,
    falls to other codes in each. A collection could call finalizers, which would be counted as well.
    """
    watch = watch or Watch()
    least: dict[int, tuple[int, int]] = {}
    raised: set[int] = set()
    started, agreed = monotonic(), 0
    with collector_off():
        for sweep in range(MOST_SWEEPS):
            before = dict(least)
            for status in watch.over(_order(codes, sweep), "counting instructions"):
                count, has_raised = _count(classify, status)
                least[status] = min(count, before.get(status, count))
                if has_raised:
                    raised.add(status)
            gc.collect()
            if sweep == 0:
                least.clear()
                continue
            agreed = agreed + 1 if least == before else 0
            if agreed == AGREEING or monotonic() - started > LONG_S:
                break
    counts = [least[status] for status in codes]
    return InstructionCount([each for each, _ in counts], [calls for _, calls in counts], frozenset(raised))


def _order(codes: Sequence[int], sweep: int) -> list[int]:
    """Return another order for each sweep, in which no code comes soon after it came in the sweep before.

    A cache that keeps the last few answers would make such a code look cheap.
    """
    shuffled, half = random.Random(sweep), len(codes) // 2
    parts = [list(codes[:half]), list(codes[half:])]
    for part in parts:
        shuffled.shuffle(part)
    return parts[0] + parts[1]


def _count(classify: Callable[[int], object], status: int) -> tuple[tuple[int, int], bool]:
    call, counter = as_statement(classify, status), Counter()
    here, tracing_before = sys._getframe(), sys.gettrace()
    here.f_trace_opcodes = True  # CPython 3.12 heeds the wish of a frame only if it came before settrace
    raised = False
    sys.settrace(counter.on_call)
    try:
        call()
    except KeyboardInterrupt:
        raise
    except BaseException:
        raised = True
    finally:
        sys.settrace(tracing_before)
        here.f_trace_opcodes = False
    # Entering a function is the instruction RESUME, which tracing reports as a call.
    return (counter.instructions + counter.entered, counter.entered - 1), raised
