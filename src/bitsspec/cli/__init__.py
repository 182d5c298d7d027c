"""The command line."""

import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from bitsspec import __version__
from bitsspec.candidates.base import DEFAULT_TIMEOUT
from bitsspec.clause_check import DEFAULT_EXAMPLES, DEFAULT_SEED
from bitsspec.errors import CannotRun, Interrupted
from bitsspec.selection import clause_id
from bitsspec.text import inert, printable

if TYPE_CHECKING:
    from rich.console import Console

    from bitsspec.report.model import Report
    from bitsspec.run import Progress, Settings

Function = TypeVar("Function", bound=Callable[..., Any])

CONFORMS, DEPARTS, CANNOT_RUN, INTERRUPTED = 0, 1, 2, 130


class _Clause(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """The id of a clause, in any letter case, with or without ``BITS-``."""

    name = "clause"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return clause_id(value)
        except CannotRun as error:
            return self.fail(str(error), param, ctx)


ELSEWHERE = {"bench": "bitsspec.cli.bench"}
"""Commands that are imported when they are called."""


class _Group(click.Group):
    """Commands whose `CannotRun` is an error message and exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:  # it was closed: in this order each gets its own number again
                setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ELSEWHERE:
            command: click.Command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CannotRun as error:
            _say(str(error))
            ctx.exit(CANNOT_RUN)
        except click.UsageError as error:
            raise click.UsageError(inert(error.format_message()), error.ctx) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            _discard(sys.stdout)
            _say(f"cannot go on: {error}")
            ctx.exit(CANNOT_RUN)
        except (KeyboardInterrupt, Interrupted):
            _say("interrupted")
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="bitsspec %(version)s")
def main() -> None:
    """Hold software against the way BITS reacts to a server application's HTTP status.

    \b
    Exit codes: 0 conforms, 1 departs, 2 could not be run, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # what a terminal cannot show must not end the run


def _refuse_nan(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if math.isnan(value):
        raise click.BadParameter("a number of seconds is needed", ctx, param)
    return value


def _report_option(suffixes: str) -> Callable[[Function], Function]:
    return click.option(
        "--report",
        "reports",
        metavar="PATH",
        type=click.Path(path_type=Path, dir_okay=False),
        multiple=True,
        help=f"Write a report, in the format its suffix names ({suffixes}); repeatable.",
    )


_STRICT = click.option("--strict", is_flag=True, help="Check the clauses of level 'should' as well.")
_TIMEOUT = click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True, max=86400),
    default=DEFAULT_TIMEOUT,
    callback=_refuse_nan,
    show_default=True,
    help="Seconds that a program has for one answer.",
)
_EXAMPLES = click.option(
    "--examples",
    metavar="N",
    type=click.IntRange(min=1, max=100_000),
    default=DEFAULT_EXAMPLES,
    show_default=True,
    help="How many sequences and values to draw.",
)
_SEED = click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=DEFAULT_SEED,
    show_default=True,
    help="Seed of what is drawn; the same seed makes the same run.",
)


@main.command()
@click.argument("target", required=False)
@_STRICT
@click.option(
    "--only", metavar="CLAUSE", type=_Clause(), multiple=True, help="Check this clause; repeatable."
)
@_report_option(".json, .xml, .html, .md")
@click.option(
    "--baseline",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TOML file of accepted departures; it must match exactly.",
)
@click.option(
    "--write-baseline",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what departs now as a baseline, reasons left to you; exit 0.",
)
@_TIMEOUT
@_EXAMPLES
@_SEED
@click.option(
    "-n",
    "workers",
    metavar="WORKERS",
    type=click.IntRange(min=0, max=64),
    default=0,
    help="Spread the clauses over this many processes.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print the verdict only.")
def check(
    target: str | None,
    strict: bool,
    only: Sequence[str],
    reports: Sequence[Path],
    baseline: Path | None,
    write_baseline: Path | None,
    timeout: float,
    examples: int,
    seed: int,
    workers: int,
    quiet: bool,
) -> None:
    """Judge the candidate that TARGET names, over all 1,000 status codes.

    \b
    TARGET is one of
      python:PACKAGE.MODULE[:ATTRIBUTE]   a function, object, class or module
      exec:COMMAND LINE                   a program that is asked line by line
      table:PATH                          a .csv or .json file
    and without one the built-in reference is judged.

    \b
    Exit codes: 0 conforms, 1 departs, 2 could not be run, 130 interrupted.

    \b
    Examples:
      bitsspec check
      bitsspec check python:my_client.retries:classify --strict
      bitsspec check "exec:node classify.js" --report out.json --report out.xml
      bitsspec check table:statuses.csv --only BITS-4XX
      bitsspec check my_client:classify --write-baseline accepted.toml
      bitsspec check my_client:classify --baseline accepted.toml
    """
    from bitsspec.baseline import read as read_baseline
    from bitsspec.files import check_folder
    from bitsspec.report import github
    from bitsspec.report.files import check_writable
    from bitsspec.run import Settings

    check_writable(reports)
    if baseline is not None:
        read_baseline(baseline)
    if write_baseline is not None:
        check_folder(write_baseline)
        if write_baseline.exists():
            read_baseline(write_baseline, placeholders=True)
    settings = Settings(
        strict, only, timeout, examples, seed, workers, None if baseline is None else str(baseline)
    )
    try:
        report, exit_code = _run(target, settings, quiet), None
    except Interrupted as interrupted:
        report, exit_code = cast("Report", interrupted.report), INTERRUPTED
        _say("interrupted; this is what was judged until then")
    written = [_write(report, path) for path in reports]
    with github.no_commands(os.environ):
        _show(report, quiet)
    for line in github.annotations(report, os.environ):
        click.echo(line)
    try:
        github.summarize(report, os.environ)
    except CannotRun as error:  # the verdict stands without a summary
        _say(str(error))
    if not all(written):
        exit_code = exit_code or CANNOT_RUN
    if exit_code is not None:
        sys.exit(exit_code)
    if write_baseline is not None:
        _write_baseline(write_baseline, report)
    sys.exit(CONFORMS if report.conforms or write_baseline is not None else DEPARTS)


@main.command()
@click.argument("targets", metavar="TARGET TARGET...", nargs=-1, required=True)
@_STRICT
@_report_option(".json, .html, .md")
@_TIMEOUT
@_EXAMPLES
@_SEED
def compare(
    targets: Sequence[str],
    strict: bool,
    reports: Sequence[Path],
    timeout: float,
    examples: int,
    seed: int,
) -> None:
    """Judge several candidates and show them side by side.

    \b
    Exit codes: 0 all conform, 1 one departs, 2 one could not be judged.

    \b
    Examples:
      bitsspec compare my_client:old my_client:new
      bitsspec compare my_client:classify table:vendor.csv --report side-by-side.html
    """
    from bitsspec.comparison import terminal
    from bitsspec.comparison.files import FORMATS, compare_all
    from bitsspec.report import github
    from bitsspec.report.files import check_writable, write
    from bitsspec.run import Settings

    if len(targets) < 2:
        raise click.UsageError("a comparison needs two targets or more")
    check_writable(reports, FORMATS)
    settings = Settings(strict=strict, timeout=timeout, examples=examples, seed=seed)
    comparison = compare_all(targets, settings)
    with github.no_commands(os.environ):
        terminal.show(_console(), comparison)
    for path in reports:
        write(comparison, path, FORMATS)
    if any(column.report is None for column in comparison.columns):
        sys.exit(CANNOT_RUN)
    sys.exit(
        CONFORMS
        if all(column.report and column.report.conforms for column in comparison.columns)
        else DEPARTS
    )


@main.command()
@click.argument("path", metavar="REPORT.json", type=click.Path(path_type=Path, dir_okay=False))
@_report_option(".json, .xml, .html, .md")
def report(path: Path, reports: Sequence[Path]) -> None:
    """Draw a stored JSON report again: in the terminal, or as the files that --report names.

    \b
    Examples:
      bitsspec report out.json
      bitsspec report out.json --report out.html --report out.md
    """
    from bitsspec.report import github
    from bitsspec.report.files import check_writable, read, write

    check_writable(reports)
    stored = read(path)
    if not reports:
        with github.no_commands(os.environ):
            _show(stored, quiet=False)
    for target in reports:
        write(stored, target)


@main.command(context_settings={"ignore_unknown_options": True})  # a negative HRESULT is no option
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def explain(codes: Sequence[str]) -> None:
    """Say what a status code (403) or an HRESULT (0x80190193) means to a BITS client.

    \b
    Examples:
      bitsspec explain 201 403 429
      bitsspec explain 0x801901F4
    """
    from bitsspec import explain as explaining

    statuses = [explaining.parse(code) for code in codes]
    from rich.table import Table
    from rich.text import Text

    console = _console()
    styles = {"success": "bold green", "transient": "bold yellow", "fatal": "bold red"}
    for index, status in enumerate(statuses):
        explanation = explaining.explain(status)
        if index:
            console.print()
        console.print(Text(f"{status:03d}", style="bold"))
        grid = Table.grid(padding=(0, 2))
        for label, text in explanation.lines:
            style = styles[explanation.outcome] if label == "outcome" else ""
            grid.add_row(Text(f"  {label}", style="dim"), Text(text, style=style))
        console.print(grid)


@main.command()
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["json", "csv"]),
    default="json",
    show_default=True,
    help="json has a header; csv can be checked as table:PATH.",
)
def vectors(file_format: str) -> None:
    """Print what each of the 1,000 status codes means, as data.

    \b
    Examples:
      bitsspec vectors > vectors.json
      bitsspec vectors --format csv > vectors.csv
    """
    from bitsspec import vectors as data

    click.echo({"json": data.as_json, "csv": data.as_csv}[file_format](), nl=False)


def _run(target: str | None, settings: "Settings", quiet: bool) -> "Report":
    from bitsspec.run import run

    if quiet or not sys.stderr.isatty():
        return run(target, settings)
    with _progress_bar() as progress:
        return run(target, settings, progress)


@contextmanager
def _progress_bar() -> Iterator["Progress"]:
    """Draw on the terminal itself, because pytest captures stderr while the suite runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
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


def _console() -> "Console":
    from rich.console import Console

    class Patient(Console):
        """A console whose reader may leave early (``| head``) without changing the exit code."""

        def on_broken_pipe(self) -> None:
            self.quiet = True
            _discard(sys.stdout)

    return Patient()


def _show(report: "Report", quiet: bool) -> None:
    from bitsspec.report import terminal

    console = _console()
    if quiet:
        terminal.show_verdict(console, report)
    else:
        terminal.show(console, report)


def _write(report: "Report", path: Path) -> bool:
    """Write a report; where that fails, say so and return false: the verdict is to be shown all the same."""
    from bitsspec.report.files import write

    try:
        write(report, path)
    except CannotRun as error:
        _say(str(error))
        return False
    return True


def _write_baseline(path: Path, report: "Report") -> None:
    from bitsspec import baseline

    entries = baseline.write(path, report.clauses)
    missing = sum(entry.reason == baseline.PLACEHOLDER for entry in entries)
    expired = sum(baseline.has_expired(entry, date.today()) for entry in entries)
    ask = f"; {missing} {'entry waits' if missing == 1 else 'entries wait'} for a reason" if missing else ""
    ask += f"; {expired} {'entry has' if expired == 1 else 'entries have'} expired" if expired else ""
    _say(f"wrote {printable(str(path))}{ask}")


def _say(text: str) -> None:
    """Tell the user something; where nobody can be told, the exit code alone does."""
    try:
        click.echo(inert(f"bitsspec: {text}"), err=True)
    except OSError:
        _discard(sys.stderr)


def _discard(stream: Any) -> None:
    """Send what ``stream`` still holds and all that follows nowhere, so that the exit does not fail on it."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
