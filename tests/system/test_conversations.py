"""What goes over the pipes of one started program: each reply in its place, and every way that it ends."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bitsspec import processes
from bitsspec.candidates import Failure
from bitsspec.candidates.program import conversation
from bitsspec.candidates.program.conversation import Conversation, Program
from tests.support.leftovers import Leftovers, processes_of

PATIENCE = 300.0
"""Seconds for an answer that comes for certain."""
LINE = b"a\n"

posix = pytest.mark.skipif(os.name == "nt", reason="plays programs that are written for POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs what Linux alone tells or does")

Talks = Callable[..., Conversation]


@pytest.fixture
def talks() -> Iterator[Talks]:
    """Start programs that are written in Python, and end them with the test."""
    started: list[Conversation] = []

    def start(code: str, timeout: float = PATIENCE, kind: type[Conversation] = Conversation) -> Conversation:
        prepared = f"import os, signal, subprocess, sys, time\n{code}"
        started.append(kind(Program([sys.executable, "-S", "-c", prepared], timeout)))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a program that ends by itself, however busy the machine is."""
    monkeypatch.setattr(conversation, "GRACE", PATIENCE)


def says(printed: bytes) -> str:
    """Return the code that prints this in one piece, and then reads to the end of its input."""
    return f"os.write(1, {printed!r})\nsys.stdin.read()"


def test_replies_come_in_the_order_of_the_requests(talks: Talks) -> None:
    talking = talks("for line in sys.stdin:\n    time.sleep(0.01)\n    print(line.strip(), flush=True)")
    assert talking.exchange(["a", "b", "ä"]) == (["a", "b", "ä"], None)
    assert talking.exchange([]) == ([], None)
    assert talking.exchange(["c"]) == (["c"], None)
    assert talking.exchange(["d"], last=True) == (["d"], None)
    assert talking.finish() == []


@linux
def test_no_more_is_sent_at_once_than_the_smallest_pipe_holds(talks: Talks) -> None:
    counts = (
        "while data := os.read(0, 65536):\n"
        "    sys.stdout.write(f'{len(data)}\\n' * data.count(b'\\n'))\n    sys.stdout.flush()\n"
    )
    assert talks(counts).exchange([""] * (2 * 4096 + 5)) == (["4096"] * 4096 * 2 + ["5"] * 5, None)


def test_a_request_longer_than_the_pipe_is_sent_as_it_is_read(talks: Talks) -> None:
    talking = talks("time.sleep(0.1)\nprint(len(sys.stdin.readline()), flush=True)\nsys.stdin.read()\n")
    assert talking.exchange(["9" * 1_000_000]) == (["1000001"], None)


@pytest.mark.parametrize(
    ("printed", "replies", "ending"),
    [
        (b"a\r\nb\n", ["a", "b"], None),
        ("\ufeffa\r\n\ufeffb\n".encode(), ["a", "b"], None),
        ("\ufeffa\r\nä\r\n".encode("utf-16-le"), ["a", "ä"], None),
        (b"a\n\xff\xfe\n", ["a", Failure("printed what is not UTF-8: b'\\xff\\xfe'")], None),
        (b"a\n" + b"x" * 4096 + b"\n", ["a", "x" * 4096], None),
        *(
            (b"a\nbcdefghijklmnopqrstuvwxyz" + b"-" * 4096 + end, ["a"], "bcdefghijklmnopqrstu")
            for end in (b"\n", b"")
        ),
    ],
)
def test_a_line_is_utf_8_of_at_most_4096_bytes_or_utf_16(
    printed: bytes, replies: list[str | Failure], ending: str | None, talks: Talks
) -> None:
    too_long = Failure(f"printed a line of over 4,096 bytes that starts with {ending!r}")
    assert talks(says(printed)).exchange(["1", "2"]) == (replies, ending and too_long)


@pytest.mark.parametrize(
    ("lines", "told"), [(1000, []), (1001, ["printed line after line that nobody asked for"])]
)
def test_a_thousand_lines_may_come_that_nobody_asked_for(lines: int, told: list[str], talks: Talks) -> None:
    talking = talks(f"sys.stdin.readline()\n{says(LINE * (lines + 2))}")
    assert talking.exchange(["1", "2"]) == (["a", "a"], None)
    assert talking.finish() == ["a"] * lines + [Failure(text) for text in told]


def test_what_is_printed_after_the_end_of_the_input_is_not_lost(talks: Talks) -> None:
    talking = talks("sys.stdin.read()\nprint('a')\nprint('b')\nprint('half', end='')")
    half = Failure("printed 'half' without an end of line, then ended its output")
    assert talking.finish(may_be_starting=True) == ["a", "b", half]


def test_a_program_that_may_still_be_starting_has_the_whole_time_of_an_answer(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "GRACE", 0.01)
    starting = talks("time.sleep(0.3)\nprint('Ready.', flush=True)\nsys.stdin.read()")
    assert starting.finish(may_be_starting=True) == ["Ready."]
    started = talks("print('a', flush=True)\ntime.sleep(1000)")
    assert started.exchange(["1"]) == (["a"], None)
    assert started.finish() == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("sys.exit(3)", "exited with code 3"),
        ("sys.stdin.readline()\nsys.exit(0)", "exited with code 0"),
        pytest.param("os.kill(os.getpid(), 9)", "was ended by signal 9 (SIGKILL)", marks=posix),
        pytest.param("os.kill(os.getpid(), 40)", "was ended by signal 40", marks=linux),
        ("os.close(1)\ntime.sleep(0.1)\nos._exit(4)", "exited with code 4"),
    ],
)
@pytest.mark.usefixtures("patient")
def test_how_a_program_ends_is_told(code: str, told: str, talks: Talks) -> None:
    assert talks(f"print('fatal', flush=True)\n{code}").exchange(["1", "2"]) == (["fatal"], Failure(told))


@posix
def test_a_program_that_talks_and_reads_nothing_is_told_so(talks: Talks) -> None:
    talking = talks("print('fatal', flush=True)\ntime.sleep(1000)", timeout=0.5)
    assert talking.exchange(["9" * 1_000_000])[1] == Failure("took no input for 0.5 s")


@pytest.mark.usefixtures("patient")
def test_of_its_stderr_the_last_three_lines_are_told_that_are_not_blank(talks: Talks) -> None:
    class Slow(Conversation):
        def _read_stderr(self) -> None:
            time.sleep(0.1)
            super()._read_stderr()

    talking = talks("sys.stderr.write('a\\nb\\n  c\\n\\n \\nd\\n')\nsys.exit(3)", kind=Slow)
    assert talking.exchange(["1"]) == ([], Failure("exited with code 3; stderr: b | c | d"))


def test_requests_sent_in_several_parts_end_with_the_program(talks: Talks) -> None:
    talking = talks("sys.stdin.readline()\nprint('a', flush=True)\nsys.exit(5)")
    assert talking.exchange(["200"] * 3000) == (["a"], Failure("exited with code 5"))


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_byte_order_mark_alone_is_nothing(mark: bytes, talks: Talks) -> None:
    assert talks(says(mark)).finish(may_be_starting=True) == []


# The end of a conversation


@pytest.mark.parametrize(
    ("code", "is_waited_for_again"),
    [
        ("sys.stdin.read()\ntime.sleep(1000)", False),
        ("os.close(1)\nsys.stdin.read()\ntime.sleep(1000)", False),
        ("time.sleep(0.3)", True),
    ],
)
def test_one_that_does_not_leave_after_its_input_is_not_waited_for_as_long_again(
    code: str, *, is_waited_for_again: bool
) -> None:
    words = [sys.executable, "-S", "-c", f"import os, sys, time\nprint('a', flush=True)\n{code}"]
    program = Program(words, PATIENCE, time_to_leave=PATIENCE if is_waited_for_again else 0.1)
    talking = program.start()
    assert talking.exchange(["1"]) == (["a"], None)
    talking.close()
    assert program.time_to_leave == (PATIENCE if is_waited_for_again else conversation.GRACE)


def test_a_program_that_does_not_end_is_ended_with_its_children(talks: Talks) -> None:
    code = "import time; time.sleep(1000)  # for ever and a day"
    talking = talks(f"subprocess.Popen([sys.executable, '-c', {code!r}])\nprint('a', flush=True)\n{code}")
    assert talking.exchange(["1"]) == (["a"], None)
    assert processes_of("for ever and a day") != []
    talking.close()
    talking.close()
    Leftovers.now().check("for ever and a day")


@posix
@pytest.mark.usefixtures("patient")
def test_a_program_whose_output_has_ended_may_end_by_itself(talks: Talks, tmp_path: Path) -> None:
    tidied = tmp_path / "tidied"
    talking = talks(
        f"print('a', flush=True)\nos.close(1)\ntime.sleep(0.1)\nopen({str(tidied)!r}, 'w').close()"
    )
    assert talking.exchange(["1"]) == (["a"], None)
    assert talking.finish() == []
    assert tidied.exists()


@pytest.mark.parametrize("newest", [None, "", "1"])
@linux
def test_what_left_the_session_is_ended_and_nothing_else_is(
    newest: str | None, talks: Talks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if newest is not None:  # as where process ids started again from 1, or are not told
        told = tmp_path / "loadavg"
        if newest:
            told.write_text(newest, encoding="ascii")
        monkeypatch.setattr(processes, "NEWEST_ID", told)
    before = Leftovers.now()
    talking = talks(
        "child = subprocess.Popen(['sleep', '1000.5'], start_new_session=True)\n"
        "print(child.pid, flush=True)\nsys.stdin.read()"
    )
    ((pid,), _) = talking.exchange(["1"])
    assert psutil.pid_exists(int(str(pid)))
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
        psutil.Process(int(str(pid))).kill()
    assert ending is None
