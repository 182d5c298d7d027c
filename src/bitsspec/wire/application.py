"""A real server application, to which the BITS server hands each finished upload by value.

From "Notification Protocol for Server Applications": a POST with the file as its body, and in a header the
URL that was uploaded to. Its status is what the BITS client gets; of its body nothing is read.
"""

import asyncio
import contextlib
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
        """Raises `CannotRun` for what is no URL of HTTP."""
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
        reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        try:
            connection = h11.Connection(h11.CLIENT)
            with path.open("rb") as file:
                size = path.stat().st_size
                headers = [
                    ("Host", self._authority),
                    (Header.ORIGINAL_URL.value, url),
                    ("Content-Length", str(size)),
                    ("Connection", "close"),
                ]
                writer.write(
                    connection.send(h11.Request(method="POST", target=self._target, headers=headers))
                )
                with contextlib.suppress(ConnectionError):  # it may answer before it has read the file
                    while chunk := file.read(CHUNK):
                        writer.write(connection.send(h11.Data(data=chunk)))
                        await writer.drain()
            while True:
                event = connection.next_event()
                if isinstance(event, h11.Response):
                    return event.status_code
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(CHUNK))
        finally:
            writer.transport.abort()


_EXAMPLE = "write it as http://127.0.0.1:8080/path"
