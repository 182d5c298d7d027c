"""What a run leaves behind in GitHub Actions: the job's summary and one annotation for each failed clause."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bitsspec import streams
from bitsspec.errors import CannotRun, why
from bitsspec.files import append_text
from bitsspec.report.model import REQUIRED, ClauseResult, Report
from bitsspec.report.story import details
from bitsspec.text import shorten

LARGEST_SUMMARY = 1024 * 1024
"""In bytes, for all that one step writes; GitHub shows nothing of a larger one."""
MOST_LINES = 10
LONGEST_LINE = 300


def summarize(report: Report, environ: Mapping[str, str]) -> None:
    """Append the report as Markdown to the file that ``GITHUB_STEP_SUMMARY`` names, if it names one.

    Where the whole does not fit beside what the step wrote before, nothing is appended.
    Raises `CannotRun` where the file cannot be written.
    """
    name = environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    from bitsspec.report.as_markdown import render

    try:
        append_text(Path(name), render(report), most=LARGEST_SUMMARY)
    except OSError as error:
        raise CannotRun(
            f"{name}: the job summary (GITHUB_STEP_SUMMARY) cannot be written: {why(error)}"
        ) from error


@contextmanager
def no_commands(environ: Mapping[str, str]) -> Iterator[None]:
    """Keep GitHub Actions from obeying what a candidate's text may say in the printed report."""
    token = secrets.token_hex(16) if environ.get("GITHUB_ACTIONS") == "true" else ""
    if token:
        print(f"::stop-commands::{token}", file=streams.out(), flush=True)
    try:
        yield
    finally:
        if token:
            print(f"::{token}::", file=streams.out(), flush=True)


def annotations(report: Report, environ: Mapping[str, str]) -> list[str]:
    """Return one ``::error`` line for each failed clause; none outside GitHub Actions."""
    if environ.get("GITHUB_ACTIONS") != "true":
        return []
    return [_annotation(report, result) for result in report.failed]


def _annotation(report: Report, result: ClauseResult) -> str:
    clause = result.clause
    lines = details(result, MOST_LINES)
    lacks = "lacks what is required" if REQUIRED in result.blames else "does not match its baseline"
    what = "departs" if result.open else lacks
    story = [f"{report.target} {what}: {clause.text} [{clause.cites}]", *lines]
    message = "\n".join(shorten(line, LONGEST_LINE) for line in story)
    return f"::error title={_property(f'bitsspec {clause.id}')}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
