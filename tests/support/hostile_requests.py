"""Requests that nobody should send, made from right ones: the same for the same seed."""

import contextlib
import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from bitsspec.wire.connection import Limits
from bitsspec.wire.server import Server
from tests.support.leftovers import Leftovers, memory
from tests.support.wire import CREATE, ack, connected, eventually, fragment, packet, put, reset

MOST_MEMORY = 32 * 1024 * 1024
"""Bytes by which a server may grow, whatever it is sent."""

ODD = [
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\0",
    b" ",
    b":",
    b"\xff" * 9,
    b"%00%0d%0a",
    b"9" * 25,
    b"-1",
    b"A" * 40_000,
    b"Content-Length: 5\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: close\r\n",
    b"Upgrade: h2c\r\n",
    b"Content-Range: bytes 0-18446744073709551615/18446744073709551616\r\n",
    b"BITS-Session-Id: {}\r\n",
    b"BITS-Packet-Type: Ack\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


def hostile(seed: int, url: str) -> bytes:
    """Return the bytes of a hostile conversation."""
    chance = random.Random(seed)
    name = f"{{{chance.getrandbits(128):032x}}}"
    right = [
        put(url),
        put(url, b"", "GET"),
        put(url, b"5\r\nhello\r\n0\r\n\r\n", "PUT", "Transfer-Encoding: chunked"),
        packet(url, "Create-Session", CREATE),
        packet(url, "Ping"),
        packet(url, "Close-Session", f"BITS-Session-Id: {name}"),
        fragment(url, name, 0, 99, 100),
        packet(url, "Create-Session", "BITS-Supported-Protocols: " + "{x} " * 500),
    ]
    data = bytearray(b"".join(chance.choices(right, k=chance.randint(1, 4))))
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(data) + 1)
        change = chance.randrange(5)
        if change == 0:
            data[at:at] = chance.choice(ODD)
        elif change == 1:
            del data[at : at + chance.randint(1, 50)]
        elif change == 2:
            data[at : at + 1] = chance.randbytes(1)
        elif change == 3:
            data[at:at] = data[chance.randrange(len(data) + 1) :][:100]
        else:
            del data[max(at, 1) :]
    return bytes(data)


def attack(seed: int, url: str) -> bytes:
    """Send hostile bytes, in one or two parts, end the connection in some way, and return what came back."""
    chance = random.Random(seed)
    data = hostile(seed, url)
    received = b""
    with connected(url) as sock, contextlib.suppress(OSError):
        cut = chance.choice([0, chance.randrange(len(data) + 1)])
        for part in (data[:cut], data[cut:]):
            sock.sendall(part)
        end = chance.randrange(4)
        if end == 0:
            reset(sock)
        elif end > 1:
            sock.shutdown(socket.SHUT_WR)
            for part in _parts(sock):
                received += part
    return received


def _parts(sock: socket.socket) -> Iterator[bytes]:
    while data := sock.recv(65536):
        yield data


def survive(requests: int, *, bits: bool) -> None:
    """Fail unless a server answers as ever after hostile requests, with nothing left open or held."""
    before = Leftovers.now()
    with Server(bits=bits, limits=Limits(idle_s=5, linger_s=1)) as server:
        url = server.open_case([503]).url
        with ThreadPoolExecutor(4) as pool:
            for seed, answers in enumerate(pool.map(attack, range(100), repeat(url))):
                assert_answers(answers, seed)
            held = memory()
            for seed, answers in enumerate(pool.map(attack, range(100, requests), repeat(url)), 100):
                assert_answers(answers, seed)
        case = server.open_case([503])
        with connected(case.url) as sock:
            if bits:
                name = ack(sock, packet(case.url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
                assert ack(sock, fragment(case.url, name, 0, 9, 10))[0] == 503
            else:
                assert ack(sock, put(case.url))[0] == 503
        assert (len(case.posts), case.broken) == (1, False)
        assert eventually(lambda: server.connections == 0)
        assert memory() - held < MOST_MEMORY
    before.check()


def assert_answers(received: bytes, seed: int) -> None:
    """Fail unless what came back is nothing, or whole answers without a body."""
    for answer in received.split(b"HTTP/1.1 ")[1:]:
        assert answer[:3].isdigit(), (seed, received)
        assert answer.endswith(b"\r\n\r\n"), (seed, received)
    assert received.startswith(b"HTTP/1.1 ") or not received, (seed, received)
