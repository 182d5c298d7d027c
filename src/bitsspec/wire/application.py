"""A real server application, to which the BITS server hands each finished upload by value.

From "Notification Protocol for Server Applications": a POST with the file as its body, and in a header the
URL that was uploaded to. Its status is what the BITS client gets; of its body nothing is read.
"""

import asyncio
import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import h11

from bitsspec.errors import CannotRun
from bitsspec.wire.packets import Header

TIMEOUT_S = 300.0
"""Seconds that the application may take for its answer."""
UNREACHABLE = 502
"""The status where there was no answer."""
CHUNK = 256 * 1024


class Application:
    """The server application at a URL."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Raises `CannotRun` for what is not an HTTP URL."""
        try:
            parts = urlsplit(url)
            self._port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise CannotRun(f"--application {url}: {error}\n{_EXAMPLE}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CannotRun(f"--application {url}: is no URL of HTTP\n{_EXAMPLE}")
        self._host = parts.hostname
        self._authority = parts.netloc.rpartition("@")[2]
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._timeout_s = timeout_s

    async def post(self, url: str, path: Path) -> int:
        """Return the application's status for the file at ``path``, that was uploaded to ``url``."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(url, path)
        except (OSError, h11.ProtocolError, TimeoutError):
            return UNREACHABLE

    async def _post(self, url: str, path: Path) -> int:
        loop = asyncio.get_running_loop()
        transport, asking = await loop.create_connection(_Asking, self._host, self._port, ssl=self._tls)
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                transport.write(asking.head(self._target, self._authority, url, size))
                while not asking.status.done() and (chunk := file.read(CHUNK)):
                    transport.write(asking.h11.send(h11.Data(data=chunk)) or b"")
                    await asking.may_write.wait()
            return await asking.status
        finally:
            transport.abort()


class _Asking(asyncio.Protocol):
    """The connection to the application, which may answer before it has read the file."""

    def __init__(self) -> None:
        self.h11 = h11.Connection(h11.CLIENT)
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.may_write = asyncio.Event()
        self.may_write.set()

    def head(self, target: str, authority: str, url: str, size: int) -> bytes:
        headers = [
            ("Host", authority),
            (Header.ORIGINAL_URL.value, url),
            ("Content-Length", str(size)),
            ("Connection", "close"),
        ]
        return self.h11.send(h11.Request(method="POST", target=target, headers=headers)) or b""

    def data_received(self, data: bytes) -> None:
        self.h11.receive_data(data)
        try:
            while not self.status.done() and (event := self.h11.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    self.status.set_result(event.status_code)
        except h11.ProtocolError as error:
            self._fail(error)

    def pause_writing(self) -> None:
        self.may_write.clear()

    def resume_writing(self) -> None:
        self.may_write.set()

    def connection_lost(self, _error: Exception | None) -> None:
        self._fail(ConnectionError("no answer"))

    def _fail(self, error: Exception) -> None:
        self.may_write.set()
        if not self.status.done():
            self.status.set_exception(error)


_EXAMPLE = "write it as http://127.0.0.1:8080/path"
