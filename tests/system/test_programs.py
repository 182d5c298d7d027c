"""Candidates as a program: whatever one does, the run goes on and says what happened."""

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

from bitsspec.candidates import Candidate, Failure, open_candidate
from bitsspec.candidates.program.candidate import MOST_SEARCHES
from bitsspec.candidates.program.conversation import Conversation
from bitsspec.candidates.program.survey import Survey
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from tests.support.command import exec_target
from tests.support.judging import departed, departing, judge
from tests.support.processes import processes_of

PROGRAM = Path(__file__).with_name("misbehaving.py")
TIMEOUT = 2.0
CLAUSES = ["BITS-SUCCESS", "BITS-3XX", "BITS-4XX", "BITS-5XX", "BITS-OTHER", "BITS-STABLE", "BITS-DOMAIN"]


def program(*arguments: str) -> str:
    return exec_target(sys.executable, "-S", PROGRAM, *arguments)


def test_a_program_that_answers_every_line_conforms() -> None:
    report = judge(program(), CLAUSES)
    assert report.conforms
    assert report.capabilities == ["classify"]


@pytest.mark.parametrize(
    ("how", "got"),
    [
        ("crashes", "exited with code 3; stderr: looking it up | no such code"),
        ("is killed", "was ended by signal 6 (SIGABRT)"),
        ("hangs", "timed out after 2 s"),
        ("prints garbage", "'banana split'"),
        ("prints two lines", "printed 2 lines: 'fatal', 'fatal'"),
        ("prints a second line late", "printed 2 lines: 'fatal', 'fatal'"),
        ("prints nothing", "no answer"),
        ("prints an empty line", "''"),
        ("closes stdout", "closed its stdout"),
        ("answers with invalid UTF-8", "printed what is not UTF-8: b'\\xff\\xfe'"),
        (
            "prints a line of 20 MB",
            "printed a line of over 4,096 bytes that starts with 'xxxxxxxxxxxxxxxxxxxx'",
        ),
        ("prints half a line", "printed 'fat' without an end of line, then ended its output"),
    ],
)
def test_going_wrong_at_one_code_departs_at_that_code_alone(how: str, got: str) -> None:
    if os.name == "nt" and how == "is killed":
        pytest.skip("signals do not exist on Windows")
    report = judge(program(how, "404"), CLAUSES, timeout=TIMEOUT)
    assert departing(report, "BITS-4XX") == {404: ("fatal", got)}
    assert departed(report) == {"BITS-4XX"}
    assert report.codes_asked == 1000


def test_lines_without_end_are_cut_off() -> None:
    report = judge(program("prints lines without end", "404"), CLAUSES, timeout=TIMEOUT)
    got = "printed over 1,000 lines: 'fatal', 'fatal', 'fatal', …"
    assert departing(report, "BITS-4XX") == {404: ("fatal", got)}


@pytest.mark.parametrize("how", ["writes megabytes to stderr", "answers in upper case"])
def test_noise_and_letter_case_do_no_harm(how: str) -> None:
    assert judge(program(how, "404"), CLAUSES).conforms


def test_ignoring_the_end_of_the_input_does_no_harm() -> None:
    assert judge(program("ignores the end of its input"), CLAUSES[:3], timeout=TIMEOUT).conforms
    assert processes_of(f"{PROGRAM} ignores") == []


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("crashes", "answers nothing: it exited with code 3"),
        ("hangs", "answers nothing: it timed out after 0.3 s"),
        ("prints nothing", "answers nothing: it timed out after 0.3 s"),
        ("greets", "prints 'Ready.' without being asked anything"),
    ],
)
def test_a_program_that_can_never_be_judged_ends_the_run(how: str, message: str) -> None:
    with pytest.raises(CannotRun) as raised:
        open_candidate(program(how), timeout=0.3 if "0.3" in message else TIMEOUT)
    assert message in str(raised.value)
    assert processes_of(f"{PROGRAM} {how}") == []


def test_a_program_that_does_not_flush_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with pytest.raises(CannotRun, match="it must flush its output after every line"):
        open_candidate(program("does not flush"), timeout=TIMEOUT)


@pytest.mark.parametrize("command", ["no-such-program-here --flag", "'unclosed", os.devnull])
def test_a_program_that_cannot_be_started_is_a_clear_error(command: str) -> None:
    with pytest.raises(CannotRun) as raised:
        open_candidate(f"exec:{command}")
    assert len(str(raised.value).splitlines()) <= 2


def test_doubled_answers_everywhere_are_told_apart_from_one() -> None:
    report = judge(program("prints two lines"), CLAUSES[:5], timeout=TIMEOUT)
    found = departing(report, "BITS-4XX")
    assert len(found) == 100
    assert found[408] == ("transient", "printed 2 lines: 'transient', 'transient'")


def test_no_process_thread_or_file_is_left_behind() -> None:
    threads = threading.active_count()
    files = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    for how in ("crashes", "hangs", "closes stdout", "leaves a child behind"):
        judge(program(how, "404"), CLAUSES[:3], timeout=0.5)
    assert processes_of(str(PROGRAM)) == []
    assert processes_of("import time; time.sleep(1000)") == []
    assert threading.active_count() == threads
    assert (len(os.listdir("/proc/self/fd")) if files else 0) == files


def opened(tmp_path: Path, body: str, timeout: float = 10) -> Candidate:
    """Open a program that has `body` done for each line, after the ``asked`` lines before it."""
    path = tmp_path / "program.py"
    path.write_text(
        "import sys\nfrom misbehaving import outcome, say\nasked = []\n"
        "for line in sys.stdin:\n    word = line.strip()\n"
        "    answer = outcome(int(word)) if len(word) == 3 and word.isdigit() else 'unsupported'\n"
        f"    {body}\n    asked.append(word)\n",
        encoding="utf-8",
    )
    shutil.copy(PROGRAM, tmp_path)
    return open_candidate(exec_target(sys.executable, path), timeout=timeout)


def answers_of(candidate: Candidate, codes: list[int]) -> dict[int, str]:
    """Return what is no outcome among the answers to ``codes``."""
    try:
        answers = candidate.ask(Capability.CLASSIFY, codes)
    finally:
        candidate.close()
    return {code: str(got) for code, got in zip(codes, answers, strict=True) if isinstance(got, Failure)}


def test_a_program_that_answers_nothing_twice_alike_is_judged_by_the_number_of_its_lines(
    tmp_path: Path,
) -> None:
    candidate = opened(tmp_path, 'say(f\'{answer} {("yes", "no")[len(asked) % 2]}\\n\')')
    assert answers_of(candidate, list(STATUS_CODES)) == {}


def test_a_program_that_dies_at_its_1500th_request_departs_at_that_one(tmp_path: Path) -> None:
    candidate = opened(tmp_path, "say(f'{answer}\\n') if len(asked) < 1499 else sys.exit(3)")
    assert answers_of(candidate, [*STATUS_CODES, *STATUS_CODES]) == {499: "exited with code 3"}


def test_a_line_too_many_after_others_is_a_departure(tmp_path: Path) -> None:
    candidate = opened(tmp_path, "say(f'{answer}\\n' * (1 + (word == '404' and asked[-1:] == ['403'])))")
    assert answers_of(candidate, [403, 404]) == {404: "printed 2 lines: 'fatal', 'fatal'"}


def test_a_program_that_is_gone_cannot_be_started_again(tmp_path: Path) -> None:
    candidate = opened(tmp_path, "say(f'{answer}\\n')")
    link = tmp_path / "python"
    shutil.copy(sys.executable, link)
    again = open_candidate(exec_target(link, "-S", PROGRAM))
    link.unlink()
    assert answers_of(again, [404]).get(404, "").startswith("could not be started again: ")
    assert answers_of(candidate, [404]) == {}


def test_a_program_that_dies_now_and_then_is_not_looked_into_for_ever(tmp_path: Path) -> None:
    candidate = opened(tmp_path, "say(f'{answer}\\n') if len(asked) < 400 else sys.exit(3)")
    found = answers_of(candidate, [*STATUS_CODES] * 4)
    assert set(found.values()) == {"exited with code 3"}
    assert len(found) > MOST_SEARCHES


def test_a_program_that_died_by_chance_departs_there_and_goes_on(tmp_path: Path) -> None:
    died = tmp_path / "died"
    once = f"not asked[700:] or __import__('pathlib').Path({str(died)!r}).exists()"
    dies = f"__import__('pathlib').Path({str(died)!r}).touch() or sys.exit(3)"
    died.touch()
    candidate = opened(tmp_path, f"say(f'{{answer}}\\n') if {once} else {dies}")
    died.unlink()
    assert answers_of(candidate, [*STATUS_CODES, *STATUS_CODES]) == {701: "exited with code 3"}


def test_dying_of_a_sequence_of_events_departs_at_that_sequence(tmp_path: Path) -> None:
    candidate = opened(tmp_path, "sys.exit(3) if word == 'posts 503 retry' else say(f'{asked and 1}\\n')")
    try:
        answers = candidate.ask(Capability.POSTS, [[200], [404], [503, "retry"], [200]])
    finally:
        candidate.close()
    assert [str(answer) for answer in answers] == ["'[]'", "1", "exited with code 3", "'[]'"]


def test_without_a_known_reply_each_request_is_asked_apart_when_the_lines_are_too_few() -> None:
    command = [sys.executable, "-S", str(PROGRAM), "prints nothing", "404"]
    survey = Survey("a program", lambda: Conversation(command, 10))
    survey.ask(["403", "404", "408"])
    assert {request: str(reply) for request, reply in survey.answers.items()} == {
        "403": "fatal",
        "404": "no answer",
        "408": "transient",
    }
