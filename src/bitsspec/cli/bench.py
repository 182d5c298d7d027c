"""``bitsspec bench``: any candidate measured beside the reference, and whether its answers cost the same."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bitsspec import streams
from bitsspec.bench import MAX_SPREAD, need_extra
from bitsspec.candidates import open_candidate
from bitsspec.cli.console import console, progress_bar
from bitsspec.cli.exits import Exit
from bitsspec.cli.options import FILE
from bitsspec.errors import CannotRun
from bitsspec.files import replace_file
from bitsspec.report.files import check_writable

if TYPE_CHECKING:
    from bitsspec.bench.growth import Builder

PICTURES = (".html", ".svg", ".png")


@click.command()
@click.argument("target", required=False)
@click.option(
    "--against", metavar="TARGET", help="Measure a second candidate head to head with the first one."
)
@click.option(
    "--max-ratio",
    metavar="R",
    type=click.FloatRange(min=0, min_open=True),
    help="Fail when an answer costs more than R times the reference's.",
)
@click.option(
    "--max-spread",
    metavar="S",
    type=click.FloatRange(min=1),
    default=MAX_SPREAD,
    show_default=True,
    help="How many times the time of the fastest code the slowest may take and still count as flat.",
)
@click.option(
    "--growth",
    metavar="BUILDER",
    help="PACKAGE.MODULE:FUNCTION, from a number n to a classifier of n rules: fit its cost against n.",
)
@click.option(
    "--report",
    metavar="PATH",
    type=FILE,
    multiple=True,
    help="Draw the cost over the 1,000 codes (.html, .svg, .png); repeatable.",
)
@click.option("--json", "json_path", metavar="PATH", type=FILE, help="Write every figure as JSON.")
@click.option("--no-fail", is_flag=True, help="Only report: exit 0 whatever was measured.")
def bench(
    target: str | None,
    against: str | None,
    max_ratio: float | None,
    max_spread: float,
    growth: str | None,
    report: tuple[Path, ...],
    json_path: Path | None,
    no_fail: bool,
) -> None:
    """Measure the candidate that TARGET names beside the reference, and judge whether it is flat.

    Flat is what costs the same for every status code: the slowest code at most 1.25 times the fastest,
    in bytecode instructions and in time. TARGET is the same as for check; without one the
    reference is measured. The floor is one item of a tuple.

    \b
    Exit codes: 0 passes, 1 not flat or over --max-ratio, 2 could not be measured.

    \b
    Examples:
      bitsspec bench
      bitsspec bench my_client.retries:classify --max-ratio 5
      bitsspec bench my_client.retries:classify --against other_client:classify
      bitsspec bench "exec:./classify" --report bench.html --json bench.json --no-fail
    """
    streams.keep_apart()
    need_extra()
    check_writable(report, dict.fromkeys(PICTURES, ""))
    if json_path is not None:
        check_writable([json_path], {".json": ""})
    from bitsspec.bench.measurement import measure
    from bitsspec.bench.terminal import show

    build = _builder(growth) if growth else None
    with (
        _open(target) as candidate,
        _open(against) if against else nullcontext() as other,
        progress_bar() as progress,
    ):
        measurement = measure(
            candidate,
            against=other,
            build=build,
            max_spread=max_spread,
            max_ratio=max_ratio,
            progress=progress and (lambda done, rounds: progress(done, rounds, "measuring")),
        )
    show(console(), measurement)
    if json_path is not None:
        replace_file(json_path, json.dumps(measurement.as_json(), indent=1) + "\n")
    if report:
        from bitsspec.bench.picture import write

        for path in report:
            write(measurement, path)
    sys.exit(Exit.OK if no_fail or measurement.passes else Exit.FAILED)


@contextmanager
def _open(target: str | None) -> Iterator[Any]:
    candidate = open_candidate(target)
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
