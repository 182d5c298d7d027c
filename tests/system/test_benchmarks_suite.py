"""The benchmarks as their users run them: the pytest-benchmark suite, and a program beside the protocol."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bitsspec.bench import sampling, subjects
from tests.support.command import exec_target, run_pytest
from tests.support.in_process import invoke

QUICK = ("--benchmark-max-time=0.001", "--benchmark-min-rounds=1", "--benchmark-json=out.json")
ROWS = {"candidate", "reference", "floor", "if-chain", "bisect", "if x in list", "match"}
PROGRAMS = {"reference as a program", "protocol alone"}
SWEEP = "1000 codes of all, shuffled"


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "program.py"
    path.write_text("import sys\nfor line in sys.stdin: print('fatal', flush=True)\n", encoding="utf-8")
    return exec_target(sys.executable, path)


def suite(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_pytest("--pyargs", "bitsspec.benchmarks", *arguments, cwd=directory)


def rows(directory: Path) -> dict[str, dict[str, float]]:
    """Return the fastest time of each row, by group and name."""
    groups: dict[str, dict[str, float]] = {}
    for benchmark in json.loads((directory / "out.json").read_text(encoding="utf-8"))["benchmarks"]:
        groups.setdefault(benchmark["group"], {})[benchmark["params"]["name"]] = benchmark["stats"]["min"]
    return groups


def target_of(directory: Path, name: str) -> set[str]:
    """Return what the JSON says was measured in the rows of this name."""
    written = json.loads((directory / "out.json").read_text(encoding="utf-8"))["benchmarks"]
    return {each["extra_info"]["target"] for each in written if each["params"]["name"] == name}


def test_the_reference_is_measured_without_a_target(tmp_path: Path) -> None:
    done = suite(tmp_path, *QUICK)
    assert done.returncode == 0, done.stdout
    groups = {group: set(found) for group, found in rows(tmp_path).items()}
    assert groups.pop(SWEEP) == ROWS
    for edge in (200, 299, 300, 306, 307, 408, 429, 501, 505, 599, 999):
        assert groups.pop(f"100 times {edge}") == ROWS
    for first in range(10):
        assert groups.pop(f"100 codes of {first}xx") == {"candidate", "reference", "floor"}
    assert not groups


def test_a_program_has_the_protocol_beside_it_and_is_the_one_measured(tmp_path: Path, program: str) -> None:
    done = suite(tmp_path, *QUICK, "-k", "sweep", "--bits-candidate", program)
    assert done.returncode == 0, done.stdout
    measured = rows(tmp_path)[SWEEP]
    assert set(measured) == ROWS | PROGRAMS
    assert target_of(tmp_path, "candidate") == {program}
    assert measured["candidate"] > 2 * measured["reference"]  # which is called in the same process


def test_a_slow_candidate_is_named_and_gives_fewer_answers(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\ndef classify(status):\n    time.sleep(0.05)\n    return 'fatal'\n", encoding="utf-8"
    )
    done = suite(tmp_path, *QUICK, "-k", "sweep", "--bits-candidate", "slow:classify")
    assert done.returncode == 0, done.stdout
    groups = rows(tmp_path)
    (sweep,) = groups
    assert int(sweep.split()[0]) < 100
    assert set(groups[sweep]) == ROWS  # all rows of a group give as many answers
    assert target_of(tmp_path, "candidate") == {"python:slow:classify"}
    assert "candidate=slow:classify]" in (tmp_path / "out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("options", "told"), [((), True), (("--benchmark-max-time=0.001",), False)])
def test_the_run_says_how_to_make_it_longer(tmp_path: Path, options: tuple[str, ...], told: bool) -> None:
    done = suite(tmp_path, *options, "-k", "sweep and floor")
    assert done.returncode == 0, done.stdout
    assert ("for longer: --benchmark-max-time=1" in done.stdout) is told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--bits-candidate", "table:missing.csv"), "bitsspec: missing.csv: cannot be read"),
        (("-p", "no:benchmark"), 'the benchmarks need pytest-benchmark: pip install "bitsspec[bench]"'),
    ],
    ids=["a target that is not there", "without pytest-benchmark"],
)
def test_what_cannot_be_measured_ends_the_run_with_one_line(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = suite(tmp_path, *arguments)
    assert done.returncode == 2
    assert len([line for line in done.stdout.splitlines() if says in line]) == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_bench_measures_a_program_beside_the_protocol_alone(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "MOST_ROUNDS", 4)
    monkeypatch.setattr(subjects, "IN_FLIGHT", 1)
    result = invoke("bench", program)
    assert result.exit_code == 0, result.output
    assert "the protocol alone" in " ".join(result.output.split())
