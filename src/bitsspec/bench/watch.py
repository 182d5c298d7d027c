"""The time that a measurement may take: what is done, what is left, and an end when nothing is."""

import math
import signal
import statistics
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from types import TracebackType
from typing import Final, TypeVar

from bitsspec.errors import CannotRun

TIMEOUT_S: Final = 120.0
LONG_S: Final = 10.0  # what takes longer is announced
FIRST_FEW: Final = 10  # of the codes, by which the rest is estimated
PASSES: Final = 7  # at least over all codes: one to look, four to measure, two to count instructions

TOO_LONG: Final = "was not measured in time"
T = TypeVar("T")
Progress = Callable[[int, int, str], None]
"""Told how much is done, how much there is, and what it is."""
Tell = Callable[[str], None]


class Watch:
    """Keeps to the time for the whole measurement, also where a single answer never comes.

    Within ``with``, the end of the time is `CannotRun`.
    """

    def __init__(
        self,
        timeout_s: float = TIMEOUT_S,
        progress: Progress | None = None,
        tell: Tell | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self._progress, self._tell = progress, tell
        self._ends = monotonic() + timeout_s
        self._is_over = False
        self._alarm = threading.Timer(timeout_s, self._interrupt)
        self._alarm.daemon = True

    def __enter__(self) -> "Watch":
        self._alarm.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._alarm.cancel()
        self._alarm.join()
        if kind is KeyboardInterrupt and self._is_over:
            raise self._late(TOO_LONG) from None

    @property
    def left_s(self) -> float:
        """How many seconds are left."""
        return self._ends - monotonic()

    def at(self, done: int, of: int, what: str) -> None:
        """Show how far it is; raise `CannotRun` when the time is over."""
        if self.left_s < 0:
            raise self._late(TOO_LONG)
        if self._progress is not None:
            self._progress(done, of, what)

    def over(self, items: Sequence[T], what: str, *, looking: bool = False) -> Iterator[T]:
        """Yield ``items`` and show how far it is; ``looking`` estimates all that follows by the first few."""
        took: list[float] = []
        for done, item in enumerate(items):
            if done % FIRST_FEW == 0:
                self.at(done, len(items), what)
            started = monotonic()
            yield item
            if looking and done < FIRST_FEW:
                took.append(monotonic() - started)
                if len(took) == min(FIRST_FEW, len(items)):
                    self.expect(statistics.median(took) * len(items) * PASSES)

    def expect(self, least_s: float, likely_s: float | None = None) -> None:
        """Announce what takes long; raise `CannotRun` where less time is left than it takes."""
        if least_s > self.left_s:
            enough = self.timeout_s - self.left_s + least_s
            raise self._late(f"takes about {enough:,.0f} s to measure", 1.5 * enough)
        likely_s = max(least_s, min(likely_s or 0, self.left_s))
        if likely_s > LONG_S and self._tell is not None:
            self._tell(f"measuring takes about {likely_s:,.0f} s, and at most --timeout {self.timeout_s:g}")
            self._tell = None

    def _late(self, why: str, enough: float | None = None) -> CannotRun:
        enough = math.ceil(enough or 2 * self.timeout_s)
        return CannotRun(
            f"the candidate {why}, and it has {self.timeout_s:g} s\ngive it more time: --timeout {enough}"
        )

    def _interrupt(self) -> None:
        """Interrupt the main thread as Ctrl-C does, also where it waits in C."""
        self._is_over = True
        if sys.platform == "win32":
            signal.raise_signal(signal.SIGINT)
        else:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
