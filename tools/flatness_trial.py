"""Shows that the flatness verdict does not lie: many verdicts on classifiers whose nature is known.

    python -m tools.flatness_trial --runs 100 --write docs/contributors/benchmarks-method.md

From the root of the checkout, with the extra ``bench`` installed.
Every core is kept busy by another process meanwhile. Exit code 1 when a single verdict is wrong.
"""

import argparse
import contextlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitsspec.bench.flatness import Verdict
from bitsspec.bench.growth import measure_growth, reference_for
from bitsspec.bench.measurement import measure
from bitsspec.benchmarks import contrasts
from bitsspec.candidates import open_candidate
from tools.pages import replace_between

BEGIN, END = "<!-- flatness: begin -->", "<!-- flatness: end -->"
VERDICTS_A_PROCESS = 10  # where things lie in memory is drawn anew with every process
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(10**6): pass"
GROWTHS = 10
GROWTHS_EXPECTED = {
    "tuple table": "constant",
    "dict table": "constant",
    "bytes table": "constant",
    "reference": "constant",
    "C table": "constant",
    "list scan": "linear",
    "bisect.bisect": "log n",
}


@dataclass(frozen=True)
class Judged:
    """What one verdict came to."""

    verdict: str
    by_instructions: bool
    by_timing: bool
    instructions: float
    timing: float


def judge(attribute: str) -> Judged:
    """Return the verdict on one of the contrasts, taken as `bitsspec bench` takes it."""
    candidate = open_candidate(f"python:bitsspec.benchmarks.contrasts:{attribute}")
    flatness = measure(candidate).flatness["candidate"]
    counted = flatness.instructions
    return Judged(
        str(flatness.verdict),
        flatness.by_instructions,
        flatness.by_timing,
        counted.spread if counted is not None else float("nan"),
        flatness.timing.figure.value,
    )


def growth(name: str) -> str:
    """Return the growth law that fits the named builder's classifiers."""
    return str(measure_growth({**contrasts.BUILDERS, "reference": reference_for}[name]).shape)


@contextlib.contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy with a process of its own."""
    started = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def rows(runs: int) -> Iterator[tuple[Sequence[str], bool]]:
    """Yield a row of the table for each classifier, and whether all of its verdicts are right."""
    not_flat = contrasts.NOT_FLAT
    functions = {**contrasts.FLAT, **not_flat, "bisect.bisect": contrasts.c_bisect}
    spawn = multiprocessing.get_context("spawn")
    with busy_cores(), spawn.Pool(1, maxtasksperchild=VERDICTS_A_PROCESS) as pool:
        for name, function in functions.items():
            verdict = Verdict.NOT_FLAT if name in not_flat else Verdict.FLAT
            attribute = "reference" if function is contrasts.FLAT["reference"] else function.__name__
            judged = pool.map(judge, [attribute] * runs, chunksize=1)
            laws = (
                pool.map(growth, [name] * min(runs, GROWTHS), chunksize=1) if name in GROWTHS_EXPECTED else []
            )
            right = sum(each.verdict == verdict for each in judged)
            fitted = sum(law == GROWTHS_EXPECTED[name] for law in laws)
            times = sorted(each.timing for each in judged)
            row = (
                name,
                str(verdict),
                f"{right} of {runs}",
                f"{judged[0].instructions:.2f}",
                str(sum(each.by_instructions for each in judged)),
                f"{times[0]:.2f} to {times[-1]:.2f}",
                str(sum(each.by_timing for each in judged)),
                f"{GROWTHS_EXPECTED[name]}, {fitted} of {len(laws)}" if laws else "",
            )
            yield row, right == runs and fitted == len(laws)


HEADER = (
    "classifier",
    "what it is",
    "judged so",
    "spread in instructions",
    "not flat by these",
    "spread in time",
    "not flat by this",
    "growth",
)


def main() -> int:
    """Judge every contrast so often and print the table; 0 when every verdict is right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100, help="verdicts for each classifier (100)")
    parser.add_argument("--write", type=Path, help=f"replace what stands between {BEGIN} and {END} there")
    arguments = parser.parse_args()
    table = [line(HEADER), line(["---"] * len(HEADER))]
    print("\n".join(table), flush=True)
    all_right = True
    for row, right in rows(arguments.runs):
        all_right &= right
        table.append(line(row))
        print(table[-1], flush=True)
    if arguments.write is not None:
        replace_between(arguments.write, BEGIN, END, table)
    return 0 if all_right else 1


def line(cells: Sequence[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
