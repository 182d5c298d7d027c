"""Talking to a server byte by byte."""

import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from bitsspec.wire.packets import PROTOCOL

PATIENCE_S = 10.0
CREATE = f"BITS-Supported-Protocols: {PROTOCOL}"


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """Yield a connection to the server of ``url``."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), PATIENCE_S) as sock:
        yield sock


def put(url: str, body: bytes = b"0123456789", method: str = "PUT", *headers: str) -> bytes:
    """Return a request of plain HTTP."""
    lines = (f"{method} {urlsplit(url).path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def packet(url: str, kind: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a packet of BITS."""
    return put(url, body, "BITS_POST", f"BITS-Packet-Type: {kind}", *headers)


def fragment(url: str, session: str, first: int, last: int, total: int) -> bytes:
    """Return a Fragment of a file of zeros."""
    span = f"Content-Range: bytes {first}-{last}/{total}"
    return packet(url, "Fragment", f"BITS-Session-Id: {session}", span, body=bytes(last - first + 1))


def talk(url: str, data: bytes) -> bytes:
    """Return all that comes until the end of a connection on which ``data`` is sent."""
    with connected(url) as sock:
        sock.sendall(data)
        return rest(sock)


def rest(sock: socket.socket) -> bytes:
    """Return all that comes until the end of a connection."""
    received = b""
    while data := sock.recv(65536):
        received += data
    return received


def ack(sock: socket.socket, data: bytes = b"") -> tuple[int, dict[str, str]]:
    """Send ``data`` and return the status and the headers of one answer without a body."""
    sock.sendall(data)
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += sock.recv(1)
    first, *lines = received.decode().strip().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)


def status(answer: bytes) -> int:
    """Return the status code of an answer."""
    return int(answer.split()[1])


def reset(sock: socket.socket) -> None:
    """End a connection as a program does that dies: with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    sock.close()


def eventually(true: Callable[[], object]) -> bool:
    """Return whether something is soon true."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True
