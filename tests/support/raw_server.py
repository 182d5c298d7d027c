"""A server that answers what it was told to, byte by byte, for clients that must cope with it."""

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Sequence
from types import TracebackType

READ, HOLD, RESET = "read", "hold", "reset"
"""What it does beside sending bytes and waiting for an event: read a request; read until the client goes;
have the connection end with a reset."""
Script = Sequence[str | bytes | threading.Event]


class RawServer:
    """Serves one connection after another, and closes each after the last word of its script."""

    def __init__(self, *connections: Script, tls: ssl.SSLContext | None = None) -> None:
        self._connections, self._tls = connections, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.requests: list[bytes] = []
        self.accepted = 0
        self.ended = threading.Semaphore(0)
        """Released when a connection has been closed."""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/file?a=b"

    def __enter__(self) -> "RawServer":
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            for script in self._connections:
                connection, _ = self._listener.accept()
                self.accepted += 1
                with connection, contextlib.suppress(OSError):
                    self._talk(self._wrap(connection), script)
                self.ended.release()

    def _wrap(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _talk(self, connection: socket.socket, script: Script) -> None:
        with connection:
            for word in script:
                if isinstance(word, bytes):
                    connection.sendall(word)
                elif isinstance(word, threading.Event):
                    word.wait(10)
                elif word == READ:
                    self.requests.append(_request(connection))
                elif word == RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    _read_on(connection)


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
    while len(body) < length:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise OSError("the client has gone")
    return data


def _read_on(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass
