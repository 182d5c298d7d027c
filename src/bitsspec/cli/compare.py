"""``bitsspec compare``: several candidates judged and shown side by side."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from bitsspec import streams
from bitsspec.cli.console import console, progress_bar
from bitsspec.cli.exits import Exit
from bitsspec.cli.options import of_run, report_option
from bitsspec.comparison import terminal
from bitsspec.comparison.files import FORMATS, compare_all
from bitsspec.report import github
from bitsspec.report.files import check_writable, write
from bitsspec.settings import Settings


@click.command()
@click.argument("targets", metavar="TARGET TARGET...", nargs=-1, required=True)
@of_run("strict")
@report_option(".json, .html, .md")
@of_run("timeout", "jobs", "examples", "seed")
def compare(targets: tuple[str, ...], report: tuple[Path, ...], **of_run: Any) -> None:
    """Judge several candidates and show them side by side.

    \b
    Exit codes: 0 all conform, 1 one departs, 2 one could not be judged.

    \b
    Examples:
      bitsspec compare my_client:old my_client:new
      bitsspec compare my_client:classify table:vendor.csv --report side-by-side.html
    """
    if len(targets) < 2:
        raise click.UsageError("a comparison needs two targets or more")
    streams.keep_apart()
    check_writable(report, FORMATS)
    with progress_bar() as progress:
        comparison = compare_all(targets, Settings(**of_run), progress)
    with github.no_commands(os.environ):
        terminal.show(console(), comparison)
    for path in report:
        write(comparison, path, FORMATS)
    verdicts = [column.report for column in comparison.columns]
    if None in verdicts:
        sys.exit(Exit.CANNOT_RUN)
    sys.exit(Exit.OK if all(verdict and verdict.conforms for verdict in verdicts) else Exit.FAILED)
