"""What goes over the pipes of one started program: each reply in its place, and every way that it ends."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bitsspec.candidates import Failure
from bitsspec.candidates.program import conversation
from bitsspec.candidates.program.conversation import Conversation
from tests.support.leftovers import Leftovers
from tests.support.processes import processes_of

PATIENCE = 300.0
"""Seconds for an answer that is due."""
ECHO = "import sys\nfor line in sys.stdin:\n    print(line.strip(), flush=True)\n"
NO_ANSWER = Failure("no answer")

posix = pytest.mark.skipif(os.name == "nt", reason="plays programs that are written for POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs what Linux alone tells or does")

Talks = Callable[..., Conversation]


@pytest.fixture
def talks() -> Iterator[Talks]:
    """Start programs that are written in Python, and end them with the test."""
    started: list[Conversation] = []

    def start(code: str, timeout: float = PATIENCE, kind: type[Conversation] = Conversation) -> Conversation:
        prepared = f"import os, signal, subprocess, sys, time\n{code}"
        started.append(kind([sys.executable, "-S", "-c", prepared], timeout))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a program that ends by itself end in time, however busy the machine is."""
    monkeypatch.setattr(conversation, "GRACE", PATIENCE)


def says(text: str) -> str:
    """Return the code that prints ``text`` in one piece."""
    return f"os.write(1, {text.encode()!r})\n"


def until(is_so: Callable[[], object]) -> None:
    """Wait for what a program does."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Replies


def test_replies_come_in_the_order_of_the_requests_as_often_as_is_asked(talks: Talks) -> None:
    talking = talks(ECHO)
    assert talking.exchange(["a", "b", "ä"]) == (["a", "b", "ä"], None)
    assert talking.exchange([]) == ([], None)
    assert talking.exchange(["c"]) == (["c"], None)
    assert talking.exchange(["d"], last=True) == (["d"], None)
    assert talking.finish() == []


def test_replies_may_come_one_by_one(talks: Talks) -> None:
    talking = talks("for line in sys.stdin:\n    time.sleep(0.1)\n    print('late', flush=True)\n")
    assert talking.exchange(["a", "b", "c"]) == (["late"] * 3, None)


@linux
def test_no_more_is_sent_at_once_than_the_smallest_pipe_holds(talks: Talks) -> None:
    counts = (
        "while data := os.read(0, 65536):\n"
        "    sys.stdout.write(f'{len(data)}\\n' * data.count(b'\\n'))\n    sys.stdout.flush()\n"
    )
    replies, ending = talks(counts).exchange([""] * (2 * 4096 + 5))
    assert ending is None
    assert replies == ["4096"] * 4096 * 2 + ["5"] * 5
    replies, ending = talks(counts).exchange(["x" * 3000, "y" * 2000, "z" * 2000])
    assert (replies, ending) == (["3001", "4002", "4002"], None)


def test_a_request_longer_than_the_pipe_is_sent_as_it_is_read(talks: Talks) -> None:
    talking = talks("time.sleep(0.3)\nprint(len(sys.stdin.readline()), flush=True)\nsys.stdin.read()\n")
    assert talking.exchange(["9" * 1_000_000]) == (["1000001"], None)


@posix
def test_what_a_program_answers_that_reads_nothing_counts(talks: Talks, tmp_path: Path) -> None:
    is_deaf = tmp_path / "is deaf"
    talking = talks(
        f"os.close(0)\nopen({str(is_deaf)!r}, 'w').close()\n{says('fatal' + chr(10))}time.sleep(1000)\n"
    )
    until(is_deaf.exists)
    assert talking.exchange(["200"]) == (["fatal"], None)


def test_a_carriage_return_at_the_end_is_no_part_of_a_line(talks: Talks) -> None:
    assert talks(f"{says('fatal' + chr(13) + chr(10))}sys.stdin.read()").exchange(["1"]) == (["fatal"], None)


def test_a_line_that_is_not_utf_8_is_a_failure_in_its_place(talks: Talks) -> None:
    talking = talks("os.write(1, b'a\\n\\xff\\xfe\\nc\\n')\nsys.stdin.read()")
    not_text = Failure("printed what is not UTF-8: b'\\xff\\xfe'")
    assert talking.exchange(["1", "2", "3"]) == (["a", not_text, "c"], None)


# The limits that SECURITY.md promises


def test_a_line_of_4096_bytes_is_read(talks: Talks) -> None:
    line = "x" * 4096
    talking = talks(f"{says(line + chr(10))}sys.stdin.read()")
    assert talking.exchange(["1"]) == ([line], None)
    assert talking.finish() == []


@pytest.mark.parametrize("end", ["\n", "", "\nfatal\n"])
def test_a_line_of_more_than_4096_bytes_ends_the_conversation(end: str, talks: Talks) -> None:
    talking = talks(f"{says('abcdefghijklmnopqrstuvwxyz'.ljust(4097, '-') + end)}sys.stdin.read()")
    told = "printed a line of over 4,096 bytes that starts with 'abcdefghijklmnopqrst'"
    replies, ending = talking.exchange(["1", "2"])
    assert (replies, ending) == (["fatal"] if "fatal" in end else [], Failure(told))


@pytest.mark.parametrize(
    ("lines", "told"), [(1000, []), (1001, ["printed line after line that nobody asked for"])]
)
def test_a_thousand_lines_may_come_that_nobody_asked_for(lines: int, told: list[str], talks: Talks) -> None:
    talking = talks(
        f"sys.stdin.readline()\n{says('a' + chr(10))}".replace("b'a\\n'", f"b'a\\n' * {lines + 2}")
    )
    assert talking.exchange(["1", "2"]) == (["a", "a"], None)
    assert talking.finish() == ["a"] * lines + [Failure(text) for text in told]


def test_as_many_lines_as_are_asked_for_may_come_at_once(talks: Talks) -> None:
    talking = talks("sys.stdin.readline()\nos.write(1, b'a\\n' * 2000)\nsys.stdin.read()")
    assert talking.exchange(["1"] * 1000) == (["a"] * 1000, None)
    assert talking.unasked() == ["a"] * 1000
    assert talking.unasked() == []


# What comes late


def test_what_is_printed_after_the_end_of_the_input_is_not_lost(talks: Talks) -> None:
    talking = talks("sys.stdin.read()\ntime.sleep(0.2)\nprint('a')\nprint('b')\nprint('half', end='')")
    half = Failure("printed 'half' without an end of line, then ended its output")
    assert talking.finish(may_be_starting=True) == ["a", "b", half]


def test_a_program_that_has_started_is_not_waited_for_that_long(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "GRACE", 0.01)
    talking = talks("print('a', flush=True)\ntime.sleep(1000)")
    assert talking.exchange(["1"]) == (["a"], None)
    assert talking.finish() == []


def test_a_program_that_may_be_starting_has_the_whole_time_of_an_answer(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "GRACE", 0.01)
    talking = talks("time.sleep(0.5)\nprint('Ready.', flush=True)\nsys.stdin.read()")
    assert talking.finish(may_be_starting=True) == ["Ready."]


# Ends


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("sys.exit(3)", "exited with code 3"),
        ("sys.stdin.readline()\nsys.exit(0)", "exited with code 0"),
        ("sys.exit(1)", "exited with code 1"),
        pytest.param("os.kill(os.getpid(), 9)", "was ended by signal 9 (SIGKILL)", marks=posix),
        pytest.param(
            "signal.signal(1, signal.SIG_DFL)\nos.kill(os.getpid(), 1)",
            "was ended by signal 1 (SIGHUP)",
            marks=posix,
        ),
        pytest.param("os.kill(os.getpid(), 40)", "was ended by signal 40", marks=linux),
        ("os.close(1)\ntime.sleep(0.3)\nos._exit(4)", "exited with code 4"),
    ],
)
@pytest.mark.usefixtures("patient")
def test_how_a_program_ends_is_told(code: str, told: str, talks: Talks) -> None:
    assert talks(f"{says('fatal' + chr(10))}{code}").exchange(["1", "2"]) == (["fatal"], Failure(told))


@pytest.mark.usefixtures("patient")
def test_a_program_that_goes_on_to_the_end_of_its_input_has_no_answer(talks: Talks) -> None:
    assert talks("sys.stdin.read()").exchange(["1"], last=True) == ([], NO_ANSWER)
    assert talks("sys.stdin.read()\nsys.exit(1)").exchange(["1"], last=True) == (
        [],
        Failure("exited with code 1"),
    )


@posix
def test_closing_the_output_is_told_as_such(talks: Talks) -> None:
    talking = talks("os.close(1)\ntime.sleep(1000)")
    assert talking.exchange(["1"]) == ([], Failure("closed its stdout"))


def test_silence_is_a_time_out(talks: Talks) -> None:
    talking = talks("print('a', flush=True)\ntime.sleep(1000)", timeout=3)
    assert talking.exchange(["1", "2"]) == (["a"], Failure("timed out after 3 s", is_timeout=True))


@posix
def test_a_program_that_talks_and_reads_nothing_is_told_so(talks: Talks) -> None:
    talking = talks("print('fatal', flush=True)\ntime.sleep(1000)", timeout=1)
    assert talking.exchange(["9" * 1_000_000])[1] == Failure("took no input for 1 s")


@posix
def test_a_program_that_exits_while_a_child_holds_its_output_has_exited(talks: Talks) -> None:
    before = Leftovers.now()
    talking = talks(
        "subprocess.Popen(['sleep', '1000'])\nprint('a', flush=True)\nsys.exit(3)",
        timeout=3,
    )
    assert talking.exchange(["1", "2"]) == (["a"], Failure("exited with code 3"))
    before.check("sleep 1000")


@pytest.mark.usefixtures("patient")
def test_of_its_stderr_the_last_three_lines_are_told_that_are_not_blank(talks: Talks) -> None:
    class Slow(Conversation):
        def _read_stderr(self) -> None:
            time.sleep(0.3)
            super()._read_stderr()

    talking = talks("sys.stderr.write('a\\nb\\n  c\\n\\n \\nd\\n')\nsys.exit(3)", kind=Slow)
    assert talking.exchange(["1"]) == ([], Failure("exited with code 3; stderr: b | c | d"))


def test_what_is_asked_in_several_parts_ends_with_the_program(talks: Talks) -> None:
    talking = talks("for line in sys.stdin.readlines(1):\n    print('a', flush=True)\n    sys.exit(5)")
    replies, ending = talking.exchange(["200"] * 3000)
    assert (replies, ending) == (["a"], Failure("exited with code 5"))


# The end of a conversation


@posix
def test_a_program_that_does_not_end_is_ended(talks: Talks) -> None:
    talking = talks("print('a', flush=True)\nwhile True:\n    time.sleep(1000)  # for ever and a day")
    assert talking.exchange(["1"]) == (["a"], None)
    assert len(processes_of("for ever and a day")) == 1
    talking.close()
    talking.close()
    assert processes_of("for ever and a day") == []


@posix
@pytest.mark.usefixtures("patient")
def test_a_program_whose_output_has_ended_may_end_by_itself(talks: Talks, tmp_path: Path) -> None:
    tidied = tmp_path / "tidied"
    talking = talks(
        f"print('a', flush=True)\nos.close(1)\ntime.sleep(0.3)\nopen({str(tidied)!r}, 'w').close()"
    )
    assert talking.exchange(["1"]) == (["a"], None)
    assert talking.finish() == []
    assert tidied.exists()


@linux
def test_what_left_the_session_is_ended_and_nothing_else_is(talks: Talks) -> None:
    before = Leftovers.now()
    talking = talks(
        "subprocess.Popen(['sleep', '1000.5'], start_new_session=True)\n"
        "print('a', flush=True)\nsys.stdin.read()"
    )
    assert talking.exchange(["1"]) == (["a"], None)
    until(lambda: processes_of("sleep 1000.5"))
    stranger = subprocess.Popen(["sleep", "1000"])
    try:
        talking.close()
        before.check("sleep 1000.5")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@posix
def test_nobody_waits_for_a_stranger_that_holds_the_output(talks: Talks) -> None:
    before = Leftovers.now()
    talking = talks(
        "child = subprocess.Popen(['sleep', '1000'], env={}, start_new_session=True)\n"
        "print(child.pid, flush=True)\nsys.stdin.read()"
    )
    (pid,), ending = talking.exchange(["1"])
    try:
        talking.close()
        before.check()
    finally:
        os.kill(int(str(pid)), 9)
    assert ending is None
