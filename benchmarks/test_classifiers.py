"""What an answer costs: the candidate, the reference, the floor and the contrasts in one group each.

    pytest benchmarks --bits-candidate TARGET
    pytest --pyargs bitsspec.benchmarks --bits-candidate TARGET

A benchmark is 100 answers, or 1,000 in the sweep; fewer where an answer takes more than a millisecond.
The floor is one item of a tuple. All take less than a minute; longer with --benchmark-max-time.
"""

from __future__ import annotations

import os
import random
import shlex
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

import pytest

from bitsspec.benchmarks.rows import CALLED, SERVED, Row, asking, calling, serving
from bitsspec.candidates import Candidate, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.options import candidate_named
from bitsspec.spec.vocabulary import STATUS_CODES

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

EDGES: Final = (200, 299, 300, 306, 307, 408, 429, 501, 505, 599, 999)
CLASSES: Final = range(0, 1000, 100)
ANSWERS: Final = 100
LONGEST_S: Final = 0.1  # for the answers of one benchmark; what is slower gives fewer
MAX_TIME_S: Final = 0.2  # for each benchmark, where the user does not say
MAX_TIME: Final = "--benchmark-max-time"
LONGEST_ID: Final = 80
ROWS: Final = ("candidate", *CALLED)
MAIN_ROWS: Final = ("candidate", "reference", "floor")
ROWS_OF: Final = {
    "test_one_code": ROWS,
    "test_one_class": MAIN_ROWS,
    "test_shuffled_sweep": ROWS,
    "test_shuffled_sweep_over_the_protocol": tuple(SERVED),
}
Rows = Callable[[str], Row]
Measure = Callable[["BenchmarkFixture", str, str, Sequence[int]], None]
SWEEP: Final = "codes of all, shuffled"
MISSING: Final = 'the benchmarks need pytest-benchmark: pip install "bitsspec[bench]"'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Name the rows: that of the candidate has its target in the test's id, by which runs are compared.

    Keep all of them within a minute, unless the user says how long each may take.
    """
    config = metafunc.config
    target = candidate_named(config)
    said = [
        *config.invocation_params.args,
        *shlex.split(os.environ.get("PYTEST_ADDOPTS", "")),
        *config.getini("addopts"),
    ]
    marks = []
    if not any(str(word).startswith(MAX_TIME) for word in said):
        marks.append(pytest.mark.benchmark(max_time=MAX_TIME_S))
        if not config.pluginmanager.has_plugin(Hint.NAME):
            config.pluginmanager.register(Hint(), Hint.NAME)
    rows = []
    for name in ROWS_OF[metafunc.function.__name__]:
        named = f"{name}={target[:LONGEST_ID]}" if name == "candidate" and target else name
        rows.append(pytest.param(name, id=named, marks=marks))
    metafunc.parametrize("name", rows)


class Hint:
    """Says at the end how to measure for longer."""

    NAME = "bitsspec-benchmarks-hint"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(
            f"bitsspec: each benchmark took at most about {MAX_TIME_S:g} s; for longer: {MAX_TIME}=1"
        )


@pytest.fixture(scope="module")
def opened(pytestconfig: pytest.Config, bits_candidate: object) -> Iterator[Candidate]:
    """Open the candidate that the options name, unless pytest-benchmark is missing."""
    if pytestconfig.getoption("--benchmark-disable", default=None) is None:
        pytest.exit(f"bitsspec: {MISSING}", returncode=2)
    try:
        candidate = open_candidate(bits_candidate)
    except CannotRun as error:
        if bits_candidate is None or isinstance(bits_candidate, str):
            pytest.exit(f"bitsspec: {error}", returncode=2)
        pytest.fail(str(error), pytrace=False)
    yield candidate
    candidate.close()


@pytest.fixture(scope="module")
def rows(opened: Candidate) -> Iterator[Rows]:
    """Return the row of each name; programs are started when they are first asked for."""
    made = {name: calling(classify) for name, classify in CALLED.items()}
    started: list[Candidate] = []

    def row(name: str) -> Row:
        if name not in made:
            if name in SERVED:
                made[name], program = serving(name)
                started.append(program)
            else:
                made[name] = asking(opened)
        return made[name]

    yield row
    for program in started:
        program.close()


@pytest.fixture(scope="module")
def measure(opened: Candidate, rows: Rows) -> Measure:
    """Return what runs a benchmark, with as many answers as do not take too long."""
    ask, took = rows("candidate"), []
    for status in EDGES:
        started = perf_counter()
        ask([status])
        took.append(perf_counter() - started)
    answers = max(1, min(ANSWERS, int(LONGEST_S / median(took))))

    def run(benchmark: BenchmarkFixture, group: str, name: str, codes: Sequence[int]) -> None:
        wanted = 1 if answers == 1 else len(codes) * answers // ANSWERS
        some = list(codes)[:: len(codes) // wanted]
        benchmark.group = f"{len(some)} {group}"
        benchmark.extra_info.update(answers=len(some), target=opened.target if name == "candidate" else name)
        if answers == 1:
            benchmark.pedantic(rows(name), (some,), rounds=1)  # type: ignore[no-untyped-call]
        else:
            benchmark(rows(name), some)

    return run


@pytest.mark.parametrize("status", EDGES)
def test_one_code(benchmark: BenchmarkFixture, measure: Measure, status: int, name: str) -> None:
    measure(benchmark, f"times {status:03d}", name, [status] * ANSWERS)


@pytest.mark.parametrize("first", CLASSES)
def test_one_class(benchmark: BenchmarkFixture, measure: Measure, first: int, name: str) -> None:
    measure(benchmark, f"codes of {first // 100}xx", name, range(first, first + 100))


def test_shuffled_sweep(benchmark: BenchmarkFixture, measure: Measure, name: str) -> None:
    measure(benchmark, SWEEP, name, shuffled())


def test_shuffled_sweep_over_the_protocol(
    benchmark: BenchmarkFixture, opened: Candidate, measure: Measure, name: str
) -> None:
    if not opened.takes_text_only:
        pytest.skip("a row for programs (exec:) only")
    measure(benchmark, SWEEP, name, shuffled())


def shuffled() -> list[int]:
    codes = list(STATUS_CODES)
    random.Random(0).shuffle(codes)
    return codes
