"""``bitsspec report``: a stored JSON report drawn again."""

import os
from pathlib import Path

import click

from bitsspec.cli.console import console
from bitsspec.cli.options import FILE, report_option
from bitsspec.report import files, github, terminal


@click.command()
@click.argument("path", metavar="REPORT.json", type=FILE)
@report_option(".json, .xml, .html, .md")
def report(path: Path, report: tuple[Path, ...]) -> None:
    """Draw a stored JSON report again: in the terminal, or as the files that --report names.

    \b
    Examples:
      bitsspec report out.json
      bitsspec report out.json --report out.html --report out.md
    """
    files.check_writable(report)
    stored = files.read(path)
    if not report:
        with github.no_commands(os.environ):
            terminal.show(console(), stored)
    for target in report:
        files.write(stored, target)
