"""Starting the command of a client: once for each upload, or once for all of them and fed by lines.

What is started has the environment as it is but for proxies, and ends with all that it started itself.
"""

import asyncio
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, cast

from bitsspec import processes
from bitsspec.errors import why
from bitsspec.text import shorten, show
from bitsspec.wire.observed import Said, read_answer

LONGEST_LINE: Final = 4096
GRACE: Final = 0.5
"""Seconds that the output of what has ended may stay open, as when another process has it as well."""
TIME_TO_LEAVE: Final = 2.0
"""Seconds that a loaded client has to exit once its input has ended."""
URL, FILE, RESUME = "{url}", "{file}", "resume"
_BEFORE_A_URL = re.compile(r"(?=http://127\.0\.0\.1:)")
"""Where one answer ends and another begins: threads that print at once get their ends of line late."""


class ClientFailed(Exception):
    """The client ended, or could not be started, before it said what came of an upload."""


class Client(ABC):
    """What makes uploads."""

    offers_resume = False
    """Whether `resume` can be asked of it; known once an upload has ended."""

    @abstractmethod
    async def upload(self, url: str) -> Said:
        """Upload to ``url`` and return what the client says at the end.

        Raises `ClientFailed`; when it is cancelled, nothing that it started for this goes on.
        """

    async def resume(self, url: str) -> Said:
        """Call Resume for an upload that has ended with an error."""
        raise NotImplementedError(url)

    @abstractmethod
    def afresh(self) -> "Client":
        """Return the same client, started anew."""

    @abstractmethod
    async def close(self) -> None:
        """End it, and all that it started."""


def environment(mark: str) -> dict[str, str]:
    """Return the environment of a client: this one's, without any proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NO_PROXY": "*", processes.MARK: mark}


class _Process(asyncio.SubprocessProtocol):
    """A started process: what it prints, of which the last is kept, and its end."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tails = {1: b"", 2: b""}
        self._open = {1, 2}
        self._has_exited = False
        self._pid = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self._pid = self._transport.get_pid() or 0

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._tails[fd] = (self._tails[fd] + data)[-LONGEST_LINE:]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002
        self._open.discard(fd)
        self._settle()

    def process_exited(self) -> None:
        processes.end(self._pid)  # what it has left behind; the id is its own group's
        self._has_exited = True
        asyncio.get_running_loop().call_later(GRACE, self._open.clear)
        asyncio.get_running_loop().call_later(GRACE, self._settle)
        self._settle()

    def _settle(self) -> None:
        if self._has_exited and not self._open & {1, 2} and not self.ended.done():
            self.ended.set_result(None)

    async def end(self) -> None:
        """End the process with all that it started, if it has not ended."""
        if not self._has_exited:
            processes.end(self._pid)
        self._transport.close()
        if not self.ended.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.ended), GRACE)

    def exit_text(self) -> str:
        """Return how it has ended, with the last of its stderr."""
        code = self._transport.get_returncode()
        text = "did not exit" if code is None else processes.exit_text(code)
        lines = [line.strip() for line in self._tails[2].decode(errors="replace").splitlines()]
        told = " | ".join(shorten(line) for line in [line for line in lines if line][-3:])
        return f"{text}; stderr: {told}" if told else text

    def said(self) -> Said:
        """Return what its last line says, if that is an answer, and else its exit code."""
        code = self._transport.get_returncode()
        lines = self._tails[1].decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "").removeprefix("\ufeff")
        answer = read_answer(last)
        if answer.unreadable is None:
            return answer
        how = f"exit {code}" if code is not None and code >= 0 else f"signal {-(code or 0)}"
        return Said(is_success=code == 0, how=how)


class CommandForEach(Client):
    """A command that is started once for each upload."""

    def __init__(self, words: Sequence[str], file: str) -> None:
        """``words`` are those of the command, with ``{url}`` in them; ``file`` is what is uploaded."""
        self._words, self._file = words, file
        self._mark, self._first = secrets.token_hex(16), os.getpid()
        self._environment = environment(self._mark)
        self.last = ""
        """How the last one ended, with the last of its stderr."""

    async def upload(self, url: str) -> Said:
        """Start the command and wait for its end."""
        words = [word.replace(URL, url).replace(FILE, self._file) for word in self._words]
        process = await _start(words, self._environment, asyncio.subprocess.DEVNULL)
        try:
            await process.ended
            self.last = process.exit_text()
            return process.said()
        finally:
            await process.end()

    def afresh(self) -> Client:
        """Return one like this: each upload starts it anew."""
        return CommandForEach(self._words, self._file)

    async def close(self) -> None:
        """End what was started by the commands and has left them."""
        processes.end_marked(self._mark, self._first)


class _Loaded(_Process):
    """A process that is fed by lines, and answers by lines."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, asyncio.Future[Said]] = {}
        self.offers_resume = False
        self.last_line = ""
        self._rest = b""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        super().pipe_data_received(fd, data)
        if fd != 1:
            return
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-LONGEST_LINE:]
        for line in lines:
            self._read(line[:LONGEST_LINE].decode(errors="replace").removeprefix("\ufeff").strip())

    def _read(self, line: str) -> None:
        if line == RESUME and not self.last_line:
            self.offers_resume = True
        for part in _BEFORE_A_URL.split(line):
            url, _, answer = part.replace("\t", " ").partition(" ")
            said, waiting = read_answer(answer), self.waiting.get(url)
            is_answer = said.unreadable is None or line.startswith(part)
            if waiting is not None and is_answer and not waiting.done():
                waiting.set_result(said)
        self.last_line = line or self.last_line

    def _settle(self) -> None:
        super()._settle()
        if self.ended.done():
            self._read(self._rest.decode(errors="replace").strip())
            for waiting in self.waiting.values():
                if not waiting.done():
                    waiting.set_exception(ClientFailed(f"the client {self.exit_text()}"))

    def write(self, line: str) -> None:
        """Feed it a line."""
        pipe = cast("Any", self._transport.get_pipe_transport(0))
        pipe.write(f"{line}\n".encode())

    async def leave(self) -> None:
        """End its input, and the process if it does not exit by itself."""
        pipe = cast("Any", self._transport.get_pipe_transport(0))
        pipe.close()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.ended), TIME_TO_LEAVE)
        finally:
            await self.end()


class LoadedCommand(Client):
    """A command that is started once, reads one upload a line, and is started again after it has ended."""

    def __init__(self, words: Sequence[str], file: str) -> None:
        """``words`` are those of the command; ``file`` is what is uploaded."""
        self._words, self._file = words, file
        self._mark, self._first = secrets.token_hex(16), os.getpid()
        self._environment = environment(self._mark)
        self._process: _Loaded | None = None
        self._starting = asyncio.Lock()

    async def upload(self, url: str) -> Said:
        """Feed it a line and wait for the line that says how this ended."""
        return await self._ask(f"{url}\t{self._file}", url)

    async def resume(self, url: str) -> Said:
        """Feed it ``resume`` and wait likewise."""
        return await self._ask(f"{RESUME}\t{url}", url)

    @property
    def last(self) -> str:
        """The last line that it printed."""
        if self._process is None or not self._process.last_line:
            return ""
        return f"last printed {show(self._process.last_line)}"

    async def _running(self) -> _Loaded:
        async with self._starting:
            if self._process is None or self._process.ended.done():
                words = [word.replace(FILE, self._file) for word in self._words]
                process = await _start(words, self._environment, asyncio.subprocess.PIPE, _Loaded)
                self._process = cast("_Loaded", process)
            return self._process

    async def _ask(self, line: str, url: str) -> Said:
        process = await self._running()
        waiting: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        process.waiting[url] = waiting
        process.write(line)
        try:
            return await waiting
        finally:
            process.waiting.pop(url, None)
            self.offers_resume |= process.offers_resume

    def afresh(self) -> Client:
        """Return one like this, which is not started yet."""
        return LoadedCommand(self._words, self._file)

    async def close(self) -> None:
        """End it, and what it has started that has left it."""
        process, self._process = self._process, None
        if process is not None:
            await process.leave()
        processes.end_marked(self._mark, self._first)


async def _start(
    words: Sequence[str], environment: dict[str, str], stdin: int, kind: type[_Process] = _Process
) -> _Process:
    """Start a process; raises `ClientFailed` where that cannot be done."""
    try:
        _, process = await asyncio.get_running_loop().subprocess_exec(
            kind,
            *words,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ClientFailed(f"cannot be started: {why(error)}") from error
    return process
