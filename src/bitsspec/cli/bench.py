"""``bitsspec bench``: any candidate measured beside the reference, and whether its answers cost the same."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bitsspec import streams
from bitsspec.bench import MAX_SPREAD, need_extra
from bitsspec.bench.watch import TIMEOUT_S, Watch
from bitsspec.candidates import open_candidate
from bitsspec.cli.console import console, progress_bar, say
from bitsspec.cli.exits import Exit
from bitsspec.cli.options import report_option
from bitsspec.errors import CannotRun
from bitsspec.report.files import check_writable
from bitsspec.settings import Settings

if TYPE_CHECKING:
    from bitsspec.bench.growth import Builder

REPORTS = (".json", ".html", ".svg", ".png")


class Limit(click.FloatRange):
    """A number that something can be compared with."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; neither nan nor inf is one."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{number} is not a number that a time can be compared with", param, ctx)
        return number


@click.command()
@click.argument("target", required=False)
@click.option(
    "--against", metavar="TARGET", help="Measure a second candidate head to head with the first one."
)
@click.option("--require-flat", is_flag=True, help=f"Fail when it is not flat, the bar being {MAX_SPREAD:g}.")
@click.option(
    "--max-ratio",
    metavar="R",
    type=Limit(min=0, min_open=True),
    help="Fail when an answer clearly costs more than R times the reference's.",
)
@click.option(
    "--max-spread",
    metavar="S",
    type=Limit(min=1),
    help="Fail when the slowest code clearly costs more than S times the fastest.",
)
@click.option(
    "--growth",
    metavar="BUILDER",
    help="PACKAGE.MODULE:FUNCTION, from a number n to a classifier of n rules: fit its cost against n.",
)
@click.option(
    "--timeout",
    metavar="S",
    type=Limit(min=0, min_open=True),
    default=TIMEOUT_S,
    show_default=True,
    help="The seconds that the whole measurement may take.",
)
@report_option(", ".join(REPORTS))
def bench(
    target: str | None,
    against: str | None,
    require_flat: bool,
    max_ratio: float | None,
    max_spread: float | None,
    growth: str | None,
    timeout: float,
    report: tuple[Path, ...],
) -> None:
    """Measure the candidate that TARGET names beside the reference, and say whether it is flat.

    Flat is what costs the same for every status code: the slowest code at most 1.25 times the fastest,
    in bytecode instructions and in time. TARGET is the same as for check; without one the
    reference is measured. The floor is one item of a tuple. It fails only when asked to:
    with --require-flat, --max-ratio or --max-spread. What is too close to call does not fail.

    \b
    Exit codes: 0 measured, 1 fails what was asked for, 2 could not be measured.

    \b
    Examples:
      bitsspec bench
      bitsspec bench my_client.retries:classify --max-ratio 5
      bitsspec bench my_client.retries:classify --against other_client:classify
      bitsspec bench "exec:./classify" --report bench.html --report bench.json
    """
    streams.keep_apart()
    need_extra()
    check_writable(report, dict.fromkeys(REPORTS, ""))
    from bitsspec.bench.measurement import Gates, measure
    from bitsspec.bench.terminal import show

    build = _builder(growth) if growth else None
    with (
        progress_bar() as progress,
        Watch(timeout, progress, say) as watch,
        _open(target, timeout) as candidate,
        _open(against, timeout) if against else nullcontext() as other,
    ):
        gates = Gates(require_flat, max_ratio, max_spread)
        measurement = measure(candidate, against=other, build=build, gates=gates, watch=watch)
    show(console(), measurement)
    if report:
        from bitsspec.bench.picture import write

        for path in report:
            write(measurement, path)
    sys.exit(Exit.OK if measurement.passes else Exit.FAILED)


@contextmanager
def _open(target: str | None, timeout: float) -> Iterator[Any]:
    candidate = open_candidate(target, timeout=min(timeout, Settings.timeout))
    try:
        yield candidate
    finally:
        candidate.close()


def _builder(named: str) -> "Builder":
    from bitsspec.candidates.python import PythonCandidate
    from bitsspec.spec.vocabulary import Capability

    candidate = open_candidate(named)
    if not isinstance(candidate, PythonCandidate):
        raise CannotRun(f"--growth {named}: name a Python function, PACKAGE.MODULE:FUNCTION")
    build: Callable[[int], Any] = candidate.function(Capability.CLASSIFY)
    return build
