"""What every command prints with: one console, one progress bar, one way to tell the user something."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from bitsspec.text import inert

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int, str], None]
"""Told how much is done, how much there is, and what is next."""


def console() -> "Console":
    """Return a console whose reader may leave early (``| head``) without changing the exit code."""
    from rich.console import Console

    class Patient(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            discard(sys.stdout)

    return Patient()


def say(text: str) -> None:
    """Tell the user something; where nobody can be told, the exit code alone does."""
    try:
        click.echo(inert(f"bitsspec: {text}"), err=True)
    except OSError:
        discard(sys.stderr)


def discard(stream: Any) -> None:
    """Send what ``stream`` still holds and all that follows nowhere, so that the exit does not fail on it."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Progress | None]:
    """Yield what moves a progress bar; None where nobody would see one."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    # It draws on the terminal itself, as pytest captures stderr while the suite runs.
    with (
        os.fdopen(
            os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors="replace"
        ) as terminal,
        Bar(
            *columns,
            console=Console(file=terminal),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as bar,
    ):
        task = bar.add_task("starting", total=None)
        yield lambda done, total, name: bar.update(
            task, completed=done, total=total or None, description=name
        )
