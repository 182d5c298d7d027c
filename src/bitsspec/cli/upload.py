"""``bitsspec upload``: one file, by the BITS upload protocol."""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bitsspec.cli.console import Progress, progress_bar, say
from bitsspec.cli.exits import Exit
from bitsspec.errors import CannotRun, why
from bitsspec.spec.vocabulary import Outcome
from bitsspec.text import inert, show_hresult
from bitsspec.upload import File, Http, Job, JobError, JobState
from bitsspec.upload.http import RESPONSE_S
from bitsspec.upload.job import LEAST_RETRY_DELAY_S, MINIMUM_RETRY_DELAY_S, NO_PROGRESS_TIMEOUT_S

MOST_S = 31_536_000.0
"""A year."""


class _Seconds(click.FloatRange):
    """A time in seconds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a number", param, ctx) if math.isnan(seconds) else float(seconds)


def _seconds(name: str, default: float, least: float, text: str, **of_type: bool) -> Callable[..., Any]:
    kind = _Seconds(least, MOST_S, **of_type)
    return click.option(name, metavar="S", type=kind, default=default, show_default=True, help=text)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("url", metavar="URL")
@click.option("--once", is_flag=True, help="After a transient error do not wait and try again: exit 3.")
@_seconds(
    "--retry-delay",
    MINIMUM_RETRY_DELAY_S,
    LEAST_RETRY_DELAY_S,
    "Seconds between a transient error and the next try; less than 5 is 5.",
    clamp=True,
)
@_seconds(
    "--no-progress-timeout",
    NO_PROGRESS_TIMEOUT_S,
    0,
    "Seconds of transient errors without progress after which it gives up: exit 3.",
)
@_seconds("--timeout", RESPONSE_S, 0.001, "Seconds that the server has for one answer.")
@click.option("-q", "--quiet", is_flag=True, help="Print one line only, such as: transient yes 7 0x801901F7")
def upload(
    file: Path,
    url: str,
    once: bool,
    retry_delay: float,
    no_progress_timeout: float,
    timeout: float,
    quiet: bool,
) -> None:
    """Upload FILE to URL as BITS does: by the BITS upload protocol, with its states, errors and delays.

    URL begins with http:// or https://; SSL_CERT_FILE in the environment names authorities to trust instead
    of the system's. Proxies are not used. Ctrl-C cancels the session on the server.

    \b
    Exit codes: 0 transferred, 1 fatal error, 2 could not be started, 3 given up for now
    (a transient error, with --once or after --no-progress-timeout), 130 interrupted.

    \b
    Examples:
      bitsspec upload report.zip https://server.example/upload/report.zip
      bitsspec upload report.zip http://127.0.0.1:8080/ --retry-delay 5
      bitsspec upload report.zip http://127.0.0.1:8080/ --once -q
    """
    with _opened(file) as source, progress_bar(quiet=quiet) as progress:
        try:
            job = Job(
                url,
                source,
                minimum_retry_delay=retry_delay,
                no_progress_timeout=no_progress_timeout,
                transport=Http(url, response_s=timeout),
                notify=_note(progress),
            )
        except ValueError as error:
            raise CannotRun(str(error)) from error
        _run(job, once)
    for line in [_answer(job)] if quiet else _report(job, url):
        click.echo(inert(line))
    if job.error is None:
        sys.exit(Exit.OK)
    job.cancel()  # nobody will go on with this session
    sys.exit(Exit.FAILED if job.error.outcome is Outcome.FATAL else Exit.GIVEN_UP)


def _opened(path: Path) -> File:
    try:
        return File(path)
    except OSError as error:
        raise CannotRun(f"cannot read {path}: {why(error)}") from error
    except ValueError as error:
        raise CannotRun(str(error)) from error


def _run(job: Job, once: bool) -> None:
    """Run the job; where the user ends it, the server is told."""
    try:
        job.run(once=once)
    except KeyboardInterrupt:
        job.cancel()
        say(f"{job.state.symbol}, {_bytes(job)}")
        raise


def _note(progress: Progress | None) -> Callable[[Job], None] | None:
    """Return what shows where a job is."""
    if progress is None:
        return None

    def note(job: Job) -> None:
        where = f"{job.state.symbol}, {_bytes(job)}"
        if job.state is JobState.TRANSIENT_ERROR and job.error is not None:
            where += f", {show_hresult(job.error.hresult)}, next try after {job.minimum_retry_delay:,.0f} s"
        progress(job.bytes_transferred, job.bytes_total, where)

    return note


def _bytes(job: Job) -> str:
    return f"{job.bytes_transferred:,} of {job.bytes_total:,} bytes"


def _answer(job: Job) -> str:
    """Return what the job came to as one answer of the line protocol of candidates."""
    if job.error is None:
        return str(Outcome.SUCCESS)
    repost = "yes" if job.error.may_resume else "no"
    return f"{job.error.outcome} {repost} {job.error.context:d} {show_hresult(job.error.hresult)}"


def _report(job: Job, url: str) -> list[str]:
    lines = [url, f"  state     {job.state.symbol}", f"  bytes     {_bytes(job)}"]
    if job.error_count:
        lines.append(f"  errors    {job.error_count}")
    if (error := job.error) is not None:
        lines.append(f"  context   {error.where}")
        lines.append(f"  HRESULT   {show_hresult(error.hresult)}, {error.what}")
        lines.append(f"  next      {_next(error)}")
    return lines


def _next(error: JobError) -> str:
    if not error.may_resume:
        return "never post this file again"
    return "mend the cause, then upload again" if error.outcome is Outcome.FATAL else "upload again later"
