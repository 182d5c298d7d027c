"""Counting what a run may leave behind: threads, open files, processes, memory."""

import gc
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes import processes_of

PATIENCE = 20.0  # seconds; what was killed may take a moment to be gone where the machine is busy
OPEN_FILES = next((path for path in (Path("/proc/self/fd"), Path("/dev/fd")) if path.is_dir()), None)


@dataclass(frozen=True)
class Leftovers:
    """How many threads and open files there are."""

    threads: int
    files: int

    @classmethod
    def now(cls) -> "Leftovers":
        """Count."""
        return cls(threading.active_count(), len(os.listdir(OPEN_FILES)) if OPEN_FILES else 0)

    def check(self, program: str = "") -> None:
        """Fail unless everything is soon as it was, and no process of ``program`` runs."""
        deadline = time.monotonic() + PATIENCE
        while True:
            now, running = Leftovers.now(), processes_of(program) if program else []
            if now.threads <= self.threads and now.files <= self.files and not running:
                return
            if time.monotonic() > deadline:
                pytest.fail(f"left behind: {self} became {now}; still running: {running}")
            time.sleep(0.01)


def memory() -> int:
    """Return the bytes of memory that this process holds, without what waits to be collected."""
    gc.collect()
    return _status("VmRSS:")


def peak_of_memory() -> int:
    """Return the most bytes of memory that this process ever held."""
    return _status("VmHWM:")


def _status(name: str) -> int:
    if sys.platform != "linux":
        pytest.skip("reads how much memory is in use from /proc, which this system does not have")
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"no {name} in /proc/self/status")
