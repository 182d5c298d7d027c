"""Looking for processes that a run has left behind."""

import os
from pathlib import Path

import pytest

OURS = f"RUN_OF_TESTS={os.getpid()}"
os.environ["RUN_OF_TESTS"] = str(os.getpid())  # all that these tests start inherits it


def processes_of(text: str) -> list[str]:
    """Return the command lines, if they contain ``text``, of running processes that these tests started."""
    processes = Path("/proc")
    if not processes.is_dir():
        pytest.skip("looks for processes in /proc, which this system does not have")
    found = []
    for process in [processes / name for name in os.listdir(processes) if name.isdigit()]:
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            is_ours = OURS.encode() in (process / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        if text in command and is_ours:
            found.append(command)
    return found
