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


def program(folder: Path, at_404: str = "", *, first: str = "pass", last: str = "pass") -> str:
    """Write a program that answers as it should, and does something else at 404; return its target."""
    path = folder / "program.py"
    path.write_text(
        f"import os, sys, time\noutcomes = {OUTCOMES}\nos.chdir({str(folder)!r})\nasked = ''\n{first}\n"
        "for line in sys.stdin:\n    asked_before, asked = asked, line.rstrip()\n"
        "    answer = outcomes.get(asked, 'unsupported')\n"
        f"    if asked == '404':\n        {at_404 or 'print(answer, flush=True)'}\n"
        f"    else:\n        print(answer, flush=True)\n{last}\n",
        encoding="utf-8",
    )
    return exec_target(sys.executable, "-S", path)


STARTED = "open('starts', 'a').write('started\\n')"


ALONE = "os.close(os.open('pid', os.O_CREAT | os.O_EXCL))"  # it refuses to run beside itself


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("sys.stdout.buffer.write(b'\\xef\\xbb\\xbf')", "pass"),
        ("sys.stdout.reconfigure(encoding='utf-16', newline='\\r\\n')", "pass"),
        (f"time.sleep(0.2); {ALONE}", "os.remove('pid')"),
        (ALONE, "time.sleep(0.7); os.remove('pid')"),
    ],
)
def test_a_program_that_answers_every_line_conforms_and_is_started_ten_times_at_most(
    first: str, last: str, tmp_path: Path
) -> None:
    report = judge(program(tmp_path, first=f"{STARTED}; {first}", last=last), CLAUSES)
    assert report.conforms
    assert report.capabilities == ["classify"]
    assert 1 <= len((tmp_path / "starts").read_text(encoding="utf-8").splitlines()) <= 10


def test_a_program_that_ends_at_what_it_cannot_decode_rejects_that_and_nothing_else(tmp_path: Path) -> None:
    target = program(tmp_path, first="sys.stdin.reconfigure(encoding='ascii', errors='strict')")
    assert departed(judge(target, CLAUSES)) == set()


WITH_UPLOADS = (
    "print('1' if asked == 'posts' else '2' if asked.startswith('posts') else"
    " 'fatal' if asked_before.startswith('posts 404') and asked == '503' else answer, flush=True)"
)


def test_what_an_upload_leaves_behind_in_a_program_is_found(tmp_path: Path) -> None:
    path = tmp_path / "uploads.py"
    path.write_text(
        f"import sys\noutcomes = {OUTCOMES}\nasked = ''\nfor line in sys.stdin:\n"
        "    asked_before, asked = asked, line.rstrip()\n    answer = outcomes.get(asked, 'rejected')\n"
        f"    {WITH_UPLOADS}\n",
        encoding="utf-8",
    )
    found = departing(judge(exec_target(sys.executable, "-S", path), ["BITS-STABLE"]), "BITS-STABLE")
    assert found == {("posts 404 resume 200", 503): ("transient", "fatal")}


ONCE = "(seen once, could not be repeated)"
IN_A_FILE = "n = open('n', 'a').tell(); open('n', 'a').write('.'); print({} or answer, flush=True)"


@pytest.mark.parametrize(
    ("at_404", "shown", "got"),
    [
        ("print('success' if asked_before == '503' else answer, flush=True)", (503, 404), "success"),
        ("print('success' if next(times) > 1 else answer, flush=True)", (404, 404), "success"),
        (IN_A_FILE.format("n > 6 and 'success'"), (404,), ONCE),
        (IN_A_FILE.format("n > 6 and n % 3 == 0 and 'success'"), (404,), ONCE),
    ],
)
def test_what_an_answer_depends_on_is_shown_where_the_program_repeats_it(
    at_404: str, shown: tuple[int, ...], got: str, tmp_path: Path
) -> None:
    first = "import itertools; times = itertools.count(1)"
    report = judge(program(tmp_path, at_404, first=first), ["BITS-STABLE"])
    ((asked, (expected, found)),) = departing(report, "BITS-STABLE").items()
    assert (asked, expected, found.endswith(got)) == (shown, "fatal", True)


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
