"""One started program: lines go in, lines come out, and nothing it does can block the run.

Two threads read what it prints, so that this works the same where pipes cannot be selected on.
"""

import codecs
import contextlib
import math
import os
import secrets
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, Final, cast

from bitsspec import processes
from bitsspec.candidates.base import NO_ANSWER, Failure
from bitsspec.candidates.program.encoding import ToUtf8
from bitsspec.processes import exit_text
from bitsspec.text import shorten, show

LONGEST_LINE: Final = 4096
MOST_UNASKED_LINES: Final = 1000
BYTES_IN_FLIGHT: Final = 4096  # the smallest pipe there is: a write of this much never blocks
TIME_TO_LEAVE: Final = 5.0  # seconds that a program has to exit once its input has ended
GRACE: Final = 0.5  # and one that owes an answer, misbehaves, or has once not left in that time
LAST_WAIT: Final = 10.0  # seconds for the system to remove what was killed, which it does at once
POLL_EVERY: Final = 50  # milliseconds after which a reader checks whether the conversation is over

Reply = str | Failure
Start = Callable[..., "Conversation"]
"""Starts the program; may be given variables for its environment."""
NOTHING_MORE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass
class Program:
    """What is started again and again, and how long it is waited for."""

    command: str | Sequence[str]
    timeout: float
    """Seconds that it has for an answer."""
    time_to_leave: float = field(default_factory=lambda: TIME_TO_LEAVE)
    """Seconds that it has to exit once its input has ended."""

    def start(self, environment: Mapping[str, str] = NOTHING_MORE) -> "Conversation":
        """Start it, with more in its ``environment``; raises OSError where that cannot be done."""
        return Conversation(self, environment)


class Conversation:
    """A running program. Every request is one line, and so is every reply."""

    def __init__(self, program: Program, environment: Mapping[str, str] = NOTHING_MORE) -> None:
        """Start the program; raises OSError where that cannot be done."""
        self._program = program
        self._timeout = program.timeout
        self._owes_answers = False
        self._has_had_time = False  # to leave
        self._replies: deque[Reply] = deque()
        self._news = threading.Condition()
        self._unasked_allowed = MOST_UNASKED_LINES
        self._output_ended = False
        self._misbehaved: Failure | None = None
        self._stderr_tail = b""
        self._read_until = math.inf
        self._mark = secrets.token_hex(16)
        self._process = subprocess.Popen(
            program.command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment, processes.MARK: self._mark},
            start_new_session=True,  # so that what it starts can be ended with it
        )
        process = self._process
        pipes = cast("tuple[IO[bytes], ...]", (process.stdin, process.stdout, process.stderr))
        self._stdin, self._stdout, self._stderr = pipes
        if sys.platform != "win32":
            os.set_blocking(self._stdin.fileno(), False)
        self._readers = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def exchange(self, requests: Sequence[str], *, last: bool = False) -> tuple[list[Reply], Failure | None]:
        """Send the requests; return the replies, and why there are fewer, if there are.

        After the ``last`` requests its input ends.
        """
        self._owes_answers = True  # should this be interrupted, too
        replies, ending = self._exchange(requests, last=last)
        self._owes_answers = ending is not None
        return replies, ending

    def _exchange(self, requests: Sequence[str], *, last: bool) -> tuple[list[Reply], Failure | None]:
        replies: list[Reply] = []
        block: list[bytes] = []
        size = 0
        for request in requests:
            line = request.encode() + b"\n"
            if block and size + len(line) > BYTES_IN_FLIGHT:
                ending = self._exchange_block(block, replies, last=False)
                if ending:
                    return replies, ending
                block, size = [], 0
            block.append(line)
            size += len(line)
        return replies, self._exchange_block(block, replies, last=last) if block else None

    def unasked(self) -> list[Reply]:
        """Take the lines that came without a request for them."""
        with self._news:
            lines = list(self._replies)
            self._replies.clear()
        return lines

    def finish(self, *, may_be_starting: bool = False) -> list[Reply]:
        """End its input, and return the lines that came without a request until it exited.

        What is not a line, because it has no end or is too long, comes last.
        """
        self._end_input()
        patience = self._timeout if may_be_starting else self._program.time_to_leave
        with self._news:
            self._has_had_time = not self._news.wait_for(self._is_over, patience)
        self.close()
        return [*self.unasked(), *([self._misbehaved] if self._misbehaved else [])]

    def close(self) -> None:
        """Give the program time to leave, then end it and everything it started."""
        if self._read_until < math.inf:
            return  # it has ended
        self._end_input()
        try:
            self._let_it_leave()
        finally:
            self._kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LAST_WAIT)
            processes.end_marked(self._mark, self._process.pid)
            self._read_until = time.monotonic() + GRACE
            for reader in self._readers:
                reader.join(GRACE * 2)

    def _let_it_leave(self) -> None:
        """Wait for its end, so that it can give back what only one at a time can hold.

        One that does not leave is not waited for as long again.
        """
        is_stuck = self._owes_answers or self._misbehaved is not None
        patience = 0 if self._has_had_time else GRACE if is_stuck else self._program.time_to_leave
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            if not is_stuck:
                self._program.time_to_leave = GRACE

    def _end_input(self) -> None:
        with contextlib.suppress(OSError):
            self._stdin.close()

    def _exchange_block(self, block: list[bytes], replies: list[Reply], *, last: bool) -> Failure | None:
        with self._news:
            self._unasked_allowed = MOST_UNASKED_LINES + len(block)
        written = self._write(b"".join(block))
        if last:
            self._end_input()
        failure = self._await(len(block), replies)
        if failure is None and not written:
            return Failure(f"took no input for {self._timeout:g} s")
        return failure

    def _write(self, data: bytes) -> bool:
        if sys.platform == "win32":
            watchdog = threading.Timer(self._timeout, self._kill)
            watchdog.start()
            try:
                self._stdin.write(data)
            except OSError:
                return True  # it has exited; what it answered still counts
            finally:
                watchdog.cancel()
            return True
        deadline = time.monotonic() + self._timeout
        while data:
            try:
                data = data[os.write(self._stdin.fileno(), data) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.001)
            except OSError:
                return True  # it has exited; what it answered still counts
        return True

    def _await(self, count: int, replies: list[Reply]) -> Failure | None:
        """Move ``count`` replies over, as long as each one comes within the time-out."""
        missing = count
        deadline = time.monotonic() + self._timeout
        with self._news:
            while missing:
                if self._replies:
                    taken = min(missing, len(self._replies))
                    replies.extend(self._replies.popleft() for _ in range(taken))
                    missing -= taken
                    deadline = time.monotonic() + self._timeout
                elif self._is_over() or time.monotonic() >= deadline:
                    break
                else:
                    self._news.wait(deadline - time.monotonic())
        return self._why_it_ended() if missing else None

    def _is_over(self) -> bool:
        return self._output_ended or self._misbehaved is not None

    def _why_it_ended(self) -> Failure:
        """Close the conversation and say what ended it, with the last of its stderr."""
        is_timeout = False
        ended, misbehaved, input_ended = self._output_ended, self._misbehaved, self._stdin.closed
        if ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
        code = self._process.poll()
        self.close()
        if misbehaved is not None:
            text = misbehaved.text
        elif not ended and code is None:
            text, is_timeout = f"timed out after {self._timeout:g} s", True
        elif code is None:
            text = "closed its stdout"
        elif code == 0 and input_ended:
            return NO_ANSWER  # it went on to the end of its input
        else:
            text = exit_text(code)
        tail = self._stderr_tail.decode(errors="replace").splitlines()
        lines = [line.strip() for line in tail if line.strip()][-3:]
        if lines:
            text = f"{text}; stderr: {' | '.join(shorten(line) for line in lines)}"
        return Failure(text, is_timeout)

    def _kill(self) -> None:
        processes.end(self._process.pid)

    def _read_stdout(self) -> None:
        with self._stdout:
            rest = b""
            for chunk in self._pieces(self._stdout):
                *lines, rest = (rest + chunk).split(b"\n")
                misbehaved = None
                too_long = next((line for line in (*lines, rest) if len(line) > LONGEST_LINE), None)
                if too_long is not None:
                    start = show(too_long[:20].decode(errors="replace"))
                    misbehaved = Failure(
                        f"printed a line of over {LONGEST_LINE:,} bytes that starts with {start}"
                    )
                with self._news:
                    self._replies.extend(_decode(line) for line in lines if len(line) <= LONGEST_LINE)
                    if len(self._replies) > self._unasked_allowed:
                        misbehaved = Failure("printed line after line that nobody asked for")
                    self._misbehaved = misbehaved
                    self._news.notify_all()
                if misbehaved is not None:
                    return
        with self._news:
            rest = rest.removeprefix(codecs.BOM_UTF8)
            if rest:
                text = show(rest.decode(errors="replace"))
                self._misbehaved = Failure(f"printed {text} without an end of line, then ended its output")
            self._output_ended = True
            self._news.notify_all()

    def _read_stderr(self) -> None:
        with self._stderr:
            for chunk in self._pieces(self._stderr):
                self._stderr_tail = (self._stderr_tail + chunk)[-LONGEST_LINE:]

    def _pieces(self, stream: IO[bytes]) -> Iterator[bytes]:
        to_utf_8 = ToUtf8()
        while piece := self._read(stream):
            yield to_utf_8(piece)
        yield to_utf_8(b"")

    def _read(self, stream: IO[bytes]) -> bytes:
        """Read what there is; nothing once the stream has ended or the program is closed.

        Another process may hold the pipe open then. On Windows, where a pipe cannot be polled, a reader
        stays until that process ends.
        """
        if sys.platform != "win32":
            poll = select.poll()
            poll.register(stream, select.POLLIN)
            while not poll.poll(POLL_EVERY):
                if self._read_until < math.inf:
                    return b""
        return stream.read(65536) if time.monotonic() < self._read_until else b""


def _decode(line: bytes) -> Reply:
    try:
        return line.decode().removeprefix("\ufeff").rstrip("\r")
    except UnicodeDecodeError:
        return Failure(shorten(f"printed what is not UTF-8: {line!r}"))
