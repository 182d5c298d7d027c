"""``bitsspec check``: one candidate judged, with reports, a baseline and an exit code."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import click

from bitsspec import baseline as baselines
from bitsspec import streams
from bitsspec.candidates import HOW_TO_NAME_ONE
from bitsspec.cli.console import console, progress_bar, say
from bitsspec.cli.exits import Exit
from bitsspec.cli.options import FILE, of_run, report_option
from bitsspec.errors import CannotRun, Interrupted
from bitsspec.files import check_folder, is_a_file
from bitsspec.report import github, terminal
from bitsspec.report.files import check_writable, write
from bitsspec.report.model import Report
from bitsspec.run import run
from bitsspec.settings import Settings
from bitsspec.text import printable


@click.command()
@click.argument("target", required=False)
@of_run("strict", "only")
@report_option(".json, .xml, .html, .md")
@of_run("require", "baseline")
@click.option(
    "--write-baseline",
    metavar="PATH",
    type=FILE,
    help="Write what departs now as a baseline, reasons left to you; exit 0.",
)
@of_run("timeout", "jobs", "examples", "seed")
@click.option("-q", "--quiet", is_flag=True, help="Print the verdict only.")
@click.option("--needs-target", is_flag=True, hidden=True)  # for the pre-commit hook, which adds options only
def check(
    target: str | None,
    report: tuple[Path, ...],
    write_baseline: Path | None,
    quiet: bool,
    needs_target: bool,
    **of_run: Any,
) -> None:
    """Judge the candidate that TARGET names, over all 1,000 status codes.

    \b
    TARGET is one of
      python:PACKAGE.MODULE[:ATTRIBUTE]   a function, object, class or module
      retry:PACKAGE.MODULE:FUNCTION       a should_retry(status) that returns a bool
      exec:COMMAND LINE                   a program that is asked line by line
      table:PATH                          a .csv or .json file
      client:COMMAND LINE                 a client that uploads {file} to {url}, and is watched
      client:python:MODULE:FUNCTION       the same as a function upload(url, data)
      bits-client:...                     a client of the BITS upload protocol
      reference                           the built-in reference, which is judged where none is named

    \b
    Exit codes: 0 conforms, 1 departs, 2 could not be run, 130 interrupted.

    \b
    Examples:
      bitsspec check
      bitsspec check python:my_client.retries:classify --strict
      bitsspec check "exec:node classify.js" --report out.json --report out.xml
      bitsspec check table:statuses.csv --only BITS-4XX
      bitsspec check "client:curl -sf --retry 3 -T {file} {url}" --jobs 64
      bitsspec check my_client.retries --require repost --require posts
      bitsspec check my_client:classify --write-baseline accepted.toml
      bitsspec check my_client:classify --baseline accepted.toml
    """
    streams.keep_apart(quiet=quiet)
    if target is None and needs_target:
        raise CannotRun(f"no TARGET was named\n{HOW_TO_NAME_ONE}")
    check_writable(report)
    if write_baseline is not None:
        check_folder(write_baseline)
        if is_a_file(write_baseline):
            baselines.read(write_baseline, placeholders=True)
    try:
        with progress_bar(quiet=quiet) as progress:
            verdict, exit_code = run(target, Settings(**of_run), progress), None
    except Interrupted as interrupted:
        verdict, exit_code = cast("Report", interrupted.report), Exit.INTERRUPTED
        say(f"{interrupted}; this is what was judged until then")
    if target is None:
        say("no TARGET was named: this is the built-in reference")
    written = [_write(verdict, path) for path in report]
    with github.no_commands(os.environ):
        show = terminal.show_verdict if quiet else terminal.show
        show(console(), verdict)
    for line in github.annotations(verdict, os.environ):
        console().out(line, highlight=False)
    try:
        github.summarize(verdict, os.environ)
    except CannotRun as error:  # the verdict stands without a summary
        say(str(error))
    if not all(written):
        exit_code = exit_code or Exit.CANNOT_RUN
    if exit_code is not None:
        sys.exit(exit_code)
    if write_baseline is not None:
        known = baselines.read(baseline) if (baseline := of_run["baseline"]) else []
        _write_baseline(write_baseline, verdict, known, quiet=quiet)
    sys.exit(Exit.OK if verdict.conforms or write_baseline is not None else Exit.FAILED)


def _write(verdict: Report, path: Path) -> bool:
    """Write a report; where that fails, say so and return false: the verdict is to be shown all the same."""
    try:
        write(verdict, path)
    except CannotRun as error:
        say(str(error))
        return False
    return True


def _write_baseline(path: Path, verdict: Report, known: Sequence[baselines.Entry], *, quiet: bool) -> None:
    entries = baselines.write(path, verdict.clauses, known)
    if quiet:
        return
    missing = sum(entry.reason == baselines.PLACEHOLDER for entry in entries)
    expired = sum(baselines.has_expired(entry, date.today()) for entry in entries)
    ask = f"; {missing} {'entry waits' if missing == 1 else 'entries wait'} for a reason" if missing else ""
    ask += f"; {expired} {'entry has' if expired == 1 else 'entries have'} expired" if expired else ""
    say(f"wrote {printable(str(path))}{ask}")
