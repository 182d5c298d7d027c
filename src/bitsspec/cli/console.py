"""What every command prints with: one console, one progress bar, one way to tell the user something."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from bitsspec import streams
from bitsspec.text import inert

if TYPE_CHECKING:
    from rich.console import Console

EVERY_S = 10.0
Progress = Callable[[int, int, str], None]
"""Told how much is done, how much there is, and what is next."""


def console() -> "Console":
    """Return a console whose reader may leave early (``| head``) without changing the exit code."""
    from rich.console import Console

    class Patient(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            discard(streams.out())

    return Patient(file=streams.out())


def say(text: str) -> None:
    """Tell the user something; where nobody can be told, the exit code alone does."""
    try:
        click.echo(inert(f"bitsspec: {text}"), file=streams.err())
    except OSError:
        discard(streams.err())


def discard(stream: Any) -> None:
    """Send what ``stream`` still holds and all that follows nowhere, so that the exit does not fail on it."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Progress | None]:
    """Yield what moves a progress bar, or has it said in a line now and then where that is not a terminal."""
    if quiet:
        yield None
    elif streams.err().isatty():
        with _bar() as progress:
            yield progress
    else:
        teller = Teller()
        over = threading.Event()
        thread = threading.Thread(target=teller.tell_until, args=(over.wait,), daemon=True)
        thread.start()
        try:
            yield teller.note
        finally:
            over.set()
            thread.join()


class Teller:
    """Says every ten seconds where a run is, for the log of a CI service and whoever waits for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._where = "starting"

    def note(self, _done: int, _total: int, name: str) -> None:
        """Keep where the run is."""
        self._where = name

    def tell_until(self, is_over: Callable[[float], bool]) -> None:
        """Say where the run is after every time in seconds that ``is_over`` was given and has waited for."""
        while not is_over(EVERY_S):
            say(f"{self._where}, {self._clock() - self._started:,.0f} s")


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    # It draws on the terminal itself, as pytest captures stderr while the suite runs.
    err = streams.err()
    with (
        os.fdopen(os.dup(err.fileno()), "w", encoding=err.encoding, errors="replace") as terminal,
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
