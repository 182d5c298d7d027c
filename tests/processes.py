"""Looking for processes that a run has left behind."""

from pathlib import Path

import pytest


def processes_of(text: str) -> list[str]:
    """Return the command lines of running processes that contain ``text``."""
    if not Path("/proc").is_dir():
        pytest.skip("looks for processes in /proc, which this system does not have")
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in command:
            found.append(command)
    return found
