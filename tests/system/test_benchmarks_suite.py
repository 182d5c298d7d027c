"""The pytest-benchmark suite as its users run it."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import run_pytest

QUICK = ("--benchmark-max-time=0.001", "--benchmark-min-rounds=1", "--benchmark-json=out.json")
ROWS = {"candidate", "reference", "floor", "if-chain", "bisect", "if x in list", "match"}
PROGRAMS = {"reference as a program", "protocol alone"}


def suite(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_pytest("--pyargs", "bitsspec.benchmarks", *QUICK, *arguments, cwd=directory)


def rows(directory: Path) -> dict[str, set[str]]:
    """Return the names of the rows of each group."""
    written = json.loads((directory / "out.json").read_text(encoding="utf-8"))
    groups: dict[str, set[str]] = {}
    for benchmark in written["benchmarks"]:
        groups.setdefault(benchmark["group"], set()).add(benchmark["params"]["name"])
    return groups


def test_the_reference_is_measured_without_a_target(tmp_path: Path) -> None:
    done = suite(tmp_path)
    assert done.returncode == 0, done.stdout
    groups = rows(tmp_path)
    for edge in (200, 299, 300, 306, 307, 408, 429, 501, 505, 599, 999):
        assert groups.pop(f"100 times {edge}") == ROWS
    for first in range(10):
        assert groups.pop(f"{first}xx, every code") == {"candidate", "reference", "floor"}
    assert groups.pop("shuffled sweep of all 1,000 codes") == ROWS
    assert not groups


def test_a_program_has_the_protocol_beside_it(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import sys\nfor line in sys.stdin: print('fatal', flush=True)\n", encoding="utf-8"
    )
    target = f"exec:{shlex.join([sys.executable, 'program.py'])}"
    done = suite(tmp_path, "-k", "sweep", "--bits-candidate", target)
    assert done.returncode == 0, done.stdout
    assert rows(tmp_path) == {"shuffled sweep of all 1,000 codes": ROWS | PROGRAMS}


def test_a_candidate_that_is_always_slow_is_the_one_measured(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\ndef classify(status):\n    time.sleep(0.001)\n    return 'fatal'\n", encoding="utf-8"
    )
    done = suite(tmp_path, "-k", "200", "--bits-candidate", "slow:classify")
    assert done.returncode == 0, done.stdout
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    slowest = max(written["benchmarks"], key=lambda benchmark: benchmark["stats"]["min"])
    assert slowest["params"]["name"] == "candidate"


@pytest.mark.parametrize("target", ["there_is_no_such_module", "table:missing.csv"])
def test_a_target_that_is_not_there_ends_the_run(tmp_path: Path, target: str) -> None:
    done = suite(tmp_path, "--bits-candidate", target)
    assert done.returncode == 2
    assert "bitsspec: " in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
