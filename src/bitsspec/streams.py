"""The standard output and error of the command itself, apart from those of the candidate that it runs.

A candidate prints when it is imported, in its calls, from threads, straight to a file descriptor and when the
process ends. None of that may stand in a report, and with ``-q`` nobody wants to see it.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

_own: dict[int, Any] = {}
"""The streams of the command by their numbers, once the candidate has others."""
_exchanged: list[TextIO] = []
"""What `sys.stdout` and `sys.stderr` were, where only these two were exchanged."""


def out() -> TextIO:
    """Return the standard output of the command."""
    return cast("TextIO", _own.get(1, sys.stdout))


def err() -> TextIO:
    """Return the standard error of the command."""
    return cast("TextIO", _own.get(2, sys.stderr))


def descriptor(number: int) -> int:
    """Return where the command finds now what was the file descriptor ``number`` when it started."""
    return _number(_own.get(number)) or number


def keep_apart(*, quiet: bool = False) -> None:
    """Have what is printed from now on go to the standard error, or nowhere if ``quiet``.

    Where the streams are those of the process it stays so to its end, when a candidate may still print.
    """
    if _own:
        return
    streams = (sys.stdout, sys.stderr)
    if [_number(stream) for stream in streams] != [1, 2]:  # a program runs the command within itself
        _own.update(enumerate(streams, 1))
        _exchanged[:] = streams
        sys.stdout = sys.stderr
        if quiet:
            sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        return
    target = os.open(os.devnull, os.O_WRONLY) if quiet else os.dup(2)
    for number, stream in enumerate(streams, 1):
        stream.flush()
        copy = os.dup(number)  # open to the end, where Python would warn of a file that owned it
        _own[number] = open(  # noqa: SIM115
            copy, "w", encoding=stream.encoding, errors="replace", buffering=1, closefd=False
        )
        os.dup2(target, number)
    os.close(target)


def rejoin() -> None:
    """Undo `keep_apart` where the streams are not those of the process."""
    if _exchanged:
        sys.stdout, sys.stderr = _exchanged
        _exchanged.clear()
        _own.clear()


def _number(stream: Any) -> int | None:
    with suppress(AttributeError, OSError, ValueError):  # one that is closed, or that has none
        number: int = stream.fileno()
        return number
    return None
