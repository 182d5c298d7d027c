"""Running the command line and pytest as a user does: in a process and a directory of their own."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""Where these are not set, a process does not note the lines that it runs."""
NOT_LOADED = ("-pno:asyncio", "-pno:randomly", "-pno:timeout")


def bitsspec(
    *arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float = 300
) -> "subprocess.CompletedProcess[str]":
    """Run the command ``bitsspec``, without what the surrounding tests have set."""
    return run(
        [sys.executable, "-m", "bitsspec", *arguments], cwd, clean_environment() | (env or {}), timeout
    )


def run_pytest(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, timeout: float = 300
) -> "subprocess.CompletedProcess[str]":
    """Run pytest in ``cwd``, a project of its own; a plugin of other tests is there if ``-p`` names it."""
    command = [sys.executable, "-m", "pytest", *NOT_LOADED, *arguments]
    return run(command, cwd, clean_environment() | (env or {}), timeout)


def exec_target(*words: str | Path) -> str:
    """Return the target that names a program by its command line."""
    command = [str(word) for word in words]
    return "exec:" + (subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command))


def clean_environment() -> dict[str, str]:
    """Return the environment without the settings of pytest, colours and CI services."""
    unwanted = ("PYTEST", "BITSSPEC", "GITHUB", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"PYTHONIOENCODING": "utf-8"}


def run(
    command: Sequence[str | Path],
    cwd: Path | None,
    env: dict[str, str] | None = None,
    timeout: float = 300,
    *,
    limit: int | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command; with a ``limit``, no file that it writes can be larger, as on a disk that is full."""

    def shrink_the_disk() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit or 0, limit or 0))

    environment = clean_environment() if env is None else env
    if limit is not None:  # coverage would find no room for its notes either, and say so
        environment = {name: value for name, value in environment.items() if name not in COVERAGE}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        preexec_fn=None if limit is None else shrink_the_disk,
        check=False,
    )
