"""Programs that run on every system, written in Python: the verdict over them, or why there is none."""

import os
import sys
from pathlib import Path

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun
from bitsspec.reference import classify
from bitsspec.spec.vocabulary import STATUS_CODES
from tests.support.command import exec_target
from tests.support.judging import departed, departing, judge

CLAUSES = ["BITS-SUCCESS", "BITS-3XX", "BITS-4XX", "BITS-5XX", "BITS-OTHER", "BITS-STABLE", "BITS-DOMAIN"]
OUTCOMES = {f"{status:03d}": str(classify(status)) for status in STATUS_CODES}


def program(folder: Path, at_404: str = "print(answer, flush=True)") -> str:
    """Write a program that answers as it should, and does something else at 404; return its target."""
    path = folder / "program.py"
    path.write_text(
        f"import sys, time\noutcomes = {OUTCOMES}\n"
        "for line in sys.stdin:\n    answer = outcomes.get(line.strip(), 'unsupported')\n"
        f"    if line.strip() == '404':\n        {at_404}\n"
        "    else:\n        print(answer, flush=True)\n",
        encoding="utf-8",
    )
    return exec_target(sys.executable, "-S", path)


def test_a_program_that_answers_every_line_conforms(tmp_path: Path) -> None:
    report = judge(program(tmp_path), CLAUSES)
    assert report.conforms
    assert report.capabilities == ["classify"]


@pytest.mark.parametrize(
    ("at_404", "got"),
    [
        (
            "print('looking\\nfor it', file=sys.stderr, flush=True); sys.exit(3)",
            "exited with code 3; stderr: looking | for it",
        ),
        ("time.sleep(1000)", "timed out after 1 s"),
        ("print('banana split', flush=True)", "'banana split'"),
        ("print(answer, answer, sep='\\n', flush=True)", "printed 2 lines: 'fatal', 'fatal'"),
        ("pass", "no answer"),
    ],
)
def test_a_program_that_goes_wrong_at_one_code_departs_there_alone(
    at_404: str, got: str, tmp_path: Path
) -> None:
    report = judge(program(tmp_path, at_404), CLAUSES, timeout=1)
    assert departing(report, "BITS-4XX") == {404: ("fatal", got)}
    assert departed(report) == {"BITS-4XX"}
    assert report.codes_asked == 1000


def test_a_program_that_does_not_flush_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    silent = "import sys\nfor line in sys.stdin:\n    print('fatal')"
    with pytest.raises(CannotRun, match="it must flush its output after every line"):
        open_candidate(exec_target(sys.executable, "-S", "-c", silent), timeout=0.5)


@pytest.mark.parametrize("command", ["no-such-program-here --flag", os.devnull])
def test_a_program_that_cannot_be_started_is_a_clear_error(command: str) -> None:
    with pytest.raises(CannotRun, match=r"^cannot start .*$"):
        open_candidate(f"exec:{command}")
