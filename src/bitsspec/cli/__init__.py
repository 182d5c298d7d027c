"""The command line: one module for each command, imported when the command is called."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bitsspec import __version__, streams
from bitsspec.cli.console import discard, say
from bitsspec.cli.exits import Exit
from bitsspec.errors import CannotRun, Interrupted
from bitsspec.interruption import interruptible
from bitsspec.text import inert

COMMANDS = {
    "bench": "Measure a candidate beside the reference.",
    "check": "Judge a candidate over all 1,000 status codes.",
    "compare": "Judge several candidates and show them side by side.",
    "explain": "Say what status codes, HRESULTs and logs mean to a BITS client.",
    "init": "Write what a project needs to start: an adapter, a test, a workflow.",
    "report": "Draw a stored JSON report again.",
    "serve": "Answer uploads with status codes that you choose, as HTTP or as BITS.",
    "upload": "Upload a file as BITS does.",
    "vectors": "Print what each of the 1,000 status codes means, as data.",
}
"""Each command, and what the help of ``bitsspec`` says about it; ``check`` stands in ``cli/check.py``."""


IN_QUOTES = 'a TARGET is one argument: put a command line in quotes, such as "exec:node classify.js"'


class _Group(click.Group):
    """Commands whose `CannotRun` is an error message and exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:  # it was closed: in this order each gets its own number again
                setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
        try:
            return super().main(*args, **kwargs)
        finally:
            streams.rejoin()

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bitsspec.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        with interruptible():
            return self._invoke(ctx)

    def _invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CannotRun as error:
            say(str(error))
            ctx.exit(Exit.CANNOT_RUN)
        except click.UsageError as error:
            said = inert(error.format_message())
            if (
                "unexpected extra argument" in said
                and error.ctx
                and error.ctx.info_name in ("bench", "check")
            ):
                said += f"\n{IN_QUOTES}"
            raise click.UsageError(said, error.ctx) from error
        except BrokenPipeError:  # the reader has what it wanted, as in ``bitsspec vectors | head``
            discard(sys.stdout)
            ctx.exit(Exit.OK)
        except OSError as error:
            discard(streams.out())
            say(f"cannot go on: {error}")
            ctx.exit(Exit.CANNOT_RUN)
        except (KeyboardInterrupt, Interrupted) as error:
            say(str(error) if isinstance(error, Interrupted) else "interrupted")
            ctx.exit(Exit.INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="bitsspec %(version)s")
def main() -> None:
    """Check software against the way BITS reacts to a server application's HTTP status.

    \b
    Exit codes: 0 conforms, 1 departs, 2 could not be run, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # what a terminal cannot show must not end the run
