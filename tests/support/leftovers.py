"""Counting what a run may leave behind: threads, open files, processes, memory."""

import contextlib
import gc
import os
import threading
import time
from dataclasses import dataclass

import psutil
import pytest

PATIENCE = 20.0  # seconds; what was killed may take a moment to be gone where the machine is busy
OURS = "RUN_OF_TESTS"
os.environ[OURS] = str(os.getpid())  # all that these tests start inherits it


@dataclass(frozen=True)
class Leftovers:
    """How many threads and open files there are."""

    threads: int
    files: int

    @classmethod
    def now(cls) -> "Leftovers":
        """Count."""
        count_files = getattr(psutil.Process(), "num_handles" if os.name == "nt" else "num_fds")
        return cls(threading.active_count(), count_files())

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


def processes_of(text: str) -> list[str]:
    """Return the command lines, if they contain ``text``, of running processes that these tests started."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile, or is somebody else's
            command = " ".join(process.cmdline())
            if text in command and process.environ().get(OURS) == os.environ[OURS]:
                found.append(command)
    return found


def memory() -> int:
    """Return the bytes of memory that this process holds, without what waits to be collected."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)
