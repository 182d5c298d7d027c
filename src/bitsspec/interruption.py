"""What ends a run from outside: Ctrl-C, a cancelled job of a CI service, a terminal that was closed.

Each of these signals is a `KeyboardInterrupt`, so that programs are ended, temporary files removed and
reports written, whichever came. One is enough: what follows while the run ends would leave that half done.
"""

import atexit
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Windows has no SIGHUP, and no other system has SIGBREAK."""
PATIENCE_S = 10.0
"""How long after a signal others do nothing; then one ends what does not come to an end."""


class Interruption:
    """Whether a signal has ended the run."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._raised_at: float | None = None

    @property
    def came(self) -> bool:
        """Whether there was one."""
        return self._raised_at is not None

    def on_signal(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Raise `KeyboardInterrupt`, unless the run is about to end already."""
        now = self._clock()
        if self._raised_at is None or now - self._raised_at > PATIENCE_S:
            self._raised_at = now
            raise KeyboardInterrupt


_now: list[Interruption] = []


def stop_if_it_came() -> None:
    """Raise `KeyboardInterrupt` where the one of a signal was kept by the candidate that it came to."""
    if _now and _now[-1].came:
        raise KeyboardInterrupt


def _ignore(numbers: Iterable[int]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
    if sys.platform != "win32":  # Python itself sends one where it was executing text when the first one came
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)


def _say_nothing(unraisable: Any) -> None:
    """Keep what came to where Python has nobody to tell it, such as a finalizer; `stop_if_it_came` does."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Have each of the signals end what is done within; what is ignored (``nohup``) stays so.

    Once one has come it stays so after this, for the process is about to end, and nothing ends its very end.
    """
    interruption = Interruption()
    before = {}
    with suppress(ValueError):  # only the main thread may say what a signal does
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, interruption.on_signal)
    _now.append(interruption)
    hook, sys.unraisablehook = sys.unraisablehook, _say_nothing
    atexit.register(_ignore, before)
    try:
        yield interruption
    finally:
        _now.pop()
        if not interruption.came:
            sys.unraisablehook = hook
            atexit.unregister(_ignore)
            for number, handler in before.items():
                signal.signal(number, handler)
