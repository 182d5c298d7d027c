"""The processes that are started here: the words of their command lines, and how they end."""

import contextlib
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Final

import psutil

from bitsspec.errors import CannotRun

MARK: Final = "BITSSPEC_CONVERSATION"
"""A variable in the environment of what is started here, and so of all that it starts."""
NEWEST_ID: Final = Path("/proc/loadavg")  # its last word, on Linux, is the newest process id


def split(command: str) -> list[str]:
    """Return the words of a command line; raises `CannotRun` where they cannot be told."""
    try:
        words = shlex.split(command, posix=sys.platform != "win32")
    except ValueError as error:
        raise CannotRun(f"the command line {command!r} cannot be split into words: {error}") from error
    return [word.strip('"') for word in words] if sys.platform == "win32" else words


def end(pid: int) -> None:
    """End a process and what it started: on Windows its descendants, elsewhere its process group.

    It must have been started as the leader of a session of its own.
    """
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            program = psutil.Process(pid)
            for process in (*program.children(recursive=True), program):
                with contextlib.suppress(psutil.Error):
                    process.kill()
    else:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def end_marked(mark: str, since: int) -> None:
    """End what has left the process it was started by, such as a daemon: its environment has the ``mark``.

    Only what has been started after the process id ``since`` is looked at, where ids tell.
    """
    for pid in _pids_since(since):
        with contextlib.suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            if process.environ().get(MARK) == mark:
                process.kill()


def exit_text(code: int) -> str:
    """Return how a process ended: ``exited with code 22``, ``was ended by signal 9 (SIGKILL)``."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"was ended by signal {-code}{name}"


def _pids_since(first: int) -> list[int]:
    """Return the ids of all processes, on Linux only of those that are newer than ``first``."""
    try:
        newest = int(NEWEST_ID.read_text(encoding="ascii").split()[-1])
    except OSError:  # another system, where ids do not just go up
        newest = 0
    has_wrapped = newest < first
    return [pid for pid in psutil.pids() if has_wrapped or pid > first]
