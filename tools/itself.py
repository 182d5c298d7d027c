"""What bitsspec itself costs: the figures of its own promises, each as a ratio taken in one run.

    python -m tools.itself [--quick] [--write docs/contributors/benchmarks-method.md]

From the root of the checkout, with the extra ``bench`` installed.
Whatever is compared runs alternately, so that drift hits both alike; the median of the ratios is shown beside
what was promised. Nothing fails because of a time: exit code 1 means that something did not run.
"""

import argparse
import http
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bitsspec.bench.sampling import sample
from bitsspec.bench.statistic import cost_by_code
from bitsspec.bench.subjects import Classify, floor, of_callable
from bitsspec.reference import classify
from tools import itself_on_the_wire
from tools.pages import replace_between

BEGIN, END = "<!-- itself: begin -->", "<!-- itself: end -->"
PYTHON = sys.executable
CHECK = (PYTHON, "-c", "from bitsspec.cli import main; main()", "check", "--quiet")
HEAVY = ("hypothesis", "pytest", "rich")

TRIVIAL_PROPERTY = """
from hypothesis import given, strategies as st

@given(st.integers())
def test_trivial(n):
    assert isinstance(n, int)
"""
TRIVIAL_TEST = """
def test_trivial():
    assert True
"""
ALWAYS_FATAL = """
def classify(status):
    return "fatal"
"""
IN_C = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        int s = atoi(line);
        const char *outcome = "transient";
        if (strncmp(line, "posts", 5) == 0) { puts("unsupported"); fflush(stdout); continue; }
        if (s == 200) outcome = "success";
        else if ((s >= 300 && s <= 305) || s == 307) outcome = "fatal";
        else if (s >= 400 && s <= 499 && s != 408 && s != 409) outcome = "fatal";
        else if (s == 501 || s == 505) outcome = "fatal";
        puts(outcome);
        fflush(stdout);
    }
    return 0;
}
"""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    measured: str
    promised: str


def main() -> int:
    """Measure everything and print the table; 0 when all of it ran."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few repetitions, to show that everything runs")
    parser.add_argument("--write", type=Path, help=f"replace what stands between {BEGIN} and {END} there")
    arguments = parser.parse_args()
    table = ["| what | measured | promised |", "| --- | --- | --- |"]
    print("\n".join(table), flush=True)
    with tempfile.TemporaryDirectory() as directory:
        for each in lines(Path(directory), 3 if arguments.quick else 21, 0.05 if arguments.quick else 0.5):
            table.append(f"| {each.what} | {each.measured} | {each.promised} |")
            print(table[-1], flush=True)
    if arguments.write is not None:
        replace_between(arguments.write, BEGIN, END, table)
    return 0


def lines(directory: Path, times: int, time_limit_s: float) -> Iterator[Line]:
    """Yield the lines of the table, each program being started ``times`` times."""
    for name, text in (
        ("test_property.py", TRIVIAL_PROPERTY),
        ("test_unrelated.py", TRIVIAL_TEST),
        ("always_fatal.py", ALWAYS_FATAL),
        ("classify.c", IN_C),
    ):
        (directory / name).write_text(text, encoding="utf-8")

    def run(*command: str, code: int = 0) -> Callable[[], None]:
        def once() -> None:
            done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
            if done.returncode != code:
                raise SystemExit(
                    f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
                )

        return once

    def pytest(*arguments: str) -> Callable[[], None]:
        return run(PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)

    conforming = run(*CHECK)
    ratios, _ = alternate(conforming, pytest("test_property.py"), times)
    yield Line("`check` : pytest with one trivial Hypothesis test", ratio(ratios), "at most 2.5")
    ratios, _ = alternate(run(*CHECK, "python:always_fatal", code=1), conforming, times)
    yield Line(
        "`check` of a candidate that is always fatal : of one that conforms", ratio(ratios), "at most 2"
    )
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is not None:
        subprocess.run([compiler, "-O2", "-o", "classify", "classify.c"], cwd=directory, check=True)
        ratios, _ = alternate(run(*CHECK, f"exec:{directory / 'classify'}"), conforming, times)
        yield Line("`check` of a program in C : of a Python function", ratio(ratios), "at most 1.3")
    else:
        yield Line("`check` of a program in C : of a Python function", "no C compiler here", "at most 1.3")

    yield from lookups(time_limit_s)

    code = f"import bitsspec, sys; sys.exit(any(name in sys.modules for name in {HEAVY!r}))"
    run(PYTHON, "-c", code)()  # exits with 1 where one of them is imported
    _, apart = alternate(run(PYTHON, "-c", "import bitsspec"), run(PYTHON, "-c", "pass"), times)
    yield Line(
        f"`import bitsspec` more than `python -c pass`; imports none of {', '.join(HEAVY)}",
        milliseconds(apart),
        "under 20 ms",
    )
    ratios, apart = alternate(
        pytest("test_unrelated.py"), pytest("-p", "no:bitsspec", "test_unrelated.py"), times
    )
    yield Line(
        "an unrelated pytest run with the plugin : without it", f"{ratio(ratios)}, {milliseconds(apart)}", ""
    )
    yield from on_the_wire(directory, times)


def on_the_wire(directory: Path, times: int) -> Iterator[Line]:
    """Yield what judging a live client costs; these runs are long, so there are fewer of them."""
    is_quick = times < 7
    times = 3 if is_quick else 7
    what = "`check client:` of curl : a loop that starts it as often, as many at once"
    if shutil.which("curl") is None:
        yield Line(what, "no curl here", "at most 1.3")
    else:
        pair = itself_on_the_wire.commands(directory, ("BITS-3XX",) if is_quick else ())
        yield Line(what, ratio(alternate(*pair, times)[0]), "at most 1.3")
    ratios, _ = alternate(*itself_on_the_wire.in_process(), times)
    yield Line(
        "one pass over an upload by `http.client` : a loop that calls it as often", ratio(ratios), "at most 2"
    )
    ours, theirs = itself_on_the_wire.servers(500 if is_quick else 3000)
    more = [ours() / theirs() for _ in range(times)]
    yield Line(
        "uploads a second of the server : of `http.server`'s threading server", ratio(more), "at least 1"
    )


def lookups(time_limit_s: float) -> Iterator[Line]:
    """Yield what one call of the reference costs beside others."""
    known = [int(status) for status in http.HTTPStatus]
    others: dict[str, tuple[Classify, str]] = {
        "a function that returns one item of a tuple": (floor, "at most 1.25"),
        "`http.HTTPStatus(status)`": (http.HTTPStatus, ""),
    }
    if find_spec("urllib3") is not None:
        import urllib3

        retry = urllib3.Retry(status_forcelist=urllib3.Retry.RETRY_AFTER_STATUS_CODES)
        others["urllib3's `Retry.is_retry`"] = (lambda status: retry.is_retry("GET", status), "")
    subjects = [of_callable(name, "", function, known) for name, (function, _) in others.items()]
    subjects.append(of_callable("floor", "", floor, known))
    subjects.append(of_callable("reference", "", classify, known))
    samples = sample(subjects, codes=range(len(known)), time_limit_s=time_limit_s)
    reference = cost_by_code(samples["reference"]).mean()
    for name, (_, promised) in others.items():
        cost = cost_by_code(samples[name]).mean()
        yield Line(
            f"`bitsspec.classify` : {name}",
            f"{reference / cost:.2f} ({reference:.0f} ns : {cost:.0f} ns)",
            promised,
        )


def alternate(
    one: Callable[[], None], other: Callable[[], None], times: int
) -> tuple[Sequence[float], Sequence[float]]:
    """Run both alternately, once unmeasured; return the ratios of their times and their differences in s."""
    pairs = []
    for number in range(-1, times):
        first, second = (one, other) if number % 2 else (other, one)
        durations = {first: timed(first), second: timed(second)}
        if number >= 0:
            pairs.append((durations[one], durations[other]))
    return [a / b for a, b in pairs], [a - b for a, b in pairs]


def timed(run: Callable[[], None]) -> float:
    """Return the seconds that a run takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def ratio(values: Sequence[float]) -> str:
    """Return the median and the quartiles of ratios."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def milliseconds(values: Sequence[float]) -> str:
    """Return the median and the quartiles of differences."""
    low, middle, high = (value * 1000 for value in statistics.quantiles(values, n=4))
    return f"{middle:.1f} ms ({low:.1f} to {high:.1f} ms)"


if __name__ == "__main__":
    sys.exit(main())
