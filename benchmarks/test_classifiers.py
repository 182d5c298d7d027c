"""What an answer costs: the candidate, the reference, the floor and the contrasts in one group each.

    pytest benchmarks --bits-candidate TARGET
    pytest --pyargs bitsspec.benchmarks --bits-candidate TARGET

A benchmark is 100 answers, or 1,000 in the sweep. The floor is one item of a tuple.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import pytest

from bitsspec.benchmarks.rows import CALLED, SERVED, Row, asking, calling, serving
from bitsspec.candidates import Candidate, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import STATUS_CODES

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

EDGES: Final = (200, 299, 300, 306, 307, 408, 429, 501, 505, 599, 999)
CLASSES: Final = range(0, 1000, 100)
ANSWERS: Final = 100
ROWS: Final = ("candidate", *CALLED)
MAIN_ROWS: Final = ("candidate", "reference", "floor")
Rows = Callable[[str], Row]
MISSING: Final = 'the benchmarks need pytest-benchmark: pip install "bitsspec[bench]"'


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


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("status", EDGES)
def test_one_code(benchmark: BenchmarkFixture, rows: Rows, status: int, name: str) -> None:
    run(benchmark, f"100 times {status:03d}", rows(name), [status] * ANSWERS)


@pytest.mark.parametrize("name", MAIN_ROWS)
@pytest.mark.parametrize("first", CLASSES)
def test_one_class(benchmark: BenchmarkFixture, rows: Rows, first: int, name: str) -> None:
    run(benchmark, f"{first // 100}xx, every code", rows(name), range(first, first + 100))


@pytest.mark.parametrize("name", ROWS)
def test_shuffled_sweep(benchmark: BenchmarkFixture, rows: Rows, name: str) -> None:
    run(benchmark, "shuffled sweep of all 1,000 codes", rows(name), shuffled())


@pytest.mark.parametrize("name", SERVED)
def test_shuffled_sweep_over_the_protocol(
    benchmark: BenchmarkFixture, opened: Candidate, rows: Rows, name: str
) -> None:
    if not opened.takes_text_only:
        pytest.skip("a row for programs (exec:) only")
    run(benchmark, "shuffled sweep of all 1,000 codes", rows(name), shuffled())


def run(benchmark: BenchmarkFixture, group: str, row: Row, codes: Sequence[int]) -> None:
    codes = list(codes)
    benchmark.group = group
    benchmark.extra_info["answers"] = len(codes)
    benchmark(row, codes)


def shuffled() -> list[int]:
    codes = list(STATUS_CODES)
    random.Random(0).shuffle(codes)
    return codes
