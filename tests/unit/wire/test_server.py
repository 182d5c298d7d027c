"""The loopback server, talked to byte by byte."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from bitsspec.errors import CannotRun
from bitsspec.wire.cases import MOST_PATHS, MOST_POSTS, Case, Cases
from bitsspec.wire.connection import LARGEST_HEAD, LARGEST_REST, LONGEST_TARGET, Connections, Limits, Seen
from bitsspec.wire.plain import PlainFace
from bitsspec.wire.server import Server
from tests.support.leftovers import Leftovers
from tests.support.wire import (
    CREATE,
    ack,
    connected,
    eventually,
    fragment,
    packet,
    put,
    reset,
    rest,
    status,
    talk,
)

IMPATIENT = Limits(idle_s=0.1, linger_s=0.1, largest_body=1000, connections=3)
UNKNOWN = "{00000000-0000-0000-0000-000000000000}"


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    before = Leftovers.now()
    yield
    before.check()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as opened:
        yield opened


@pytest.fixture
def bits() -> Iterator[Server]:
    with Server(bits=True) as opened:
        yield opened


@pytest.fixture
def impatient() -> Iterator[Server]:
    with Server(bits=True, limits=IMPATIENT) as opened:
        yield opened


def answered(case: Case) -> list[int]:
    return [post.answered for post in case.posts]


def created(sock: socket.socket, url: str) -> str:
    code, headers = ack(sock, packet(url, "Create-Session", CREATE))
    assert code == 200
    return headers["BITS-Session-Id"]


# Plain HTTP


def test_posts_get_the_answers_in_order_and_the_last_one_for_ever(server: Server) -> None:
    case = server.open_case([503, 999, 200])
    assert case.url.startswith("http://127.0.0.1:")
    for method, more, code in [
        ("PUT", "", 503),
        ("POST", "a/b.bin", 999),
        ("PATCH", "?x=1", 200),
        ("PUT", "", 200),
    ]:
        answer = talk(case.url, put(case.url + more, method=method))
        assert status(answer) == code
        assert b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" in answer
    assert [(post.size, post.whole) for post in case.posts] == [(10, True)] * 4
    assert answered(case) == [503, 999, 200, 200]
    times = [post.at for post in case.posts]
    assert times == sorted(times)
    assert times[0] >= 0
    assert (case.broken, case.others, server.strays) == (False, 0, 0)


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "OPTIONS", "PROPFIND", "MKCOL", "DELETE", "CONNECT", "BITS_POST"]
)
def test_what_posts_nothing_is_answered_kindly_and_counted_apart(server: Server, method: str) -> None:
    case = server.open_case([503])
    assert status(talk(case.url, put(case.url, method=method))) == 200
    assert (case.posts, case.others, case.broken) == ([], 1, False)


def test_late_posts_and_posts_elsewhere_are_strays(server: Server) -> None:
    case = server.open_case([503])
    server.close_case(case)
    for url in (case.url, f"{server.url}elsewhere", server.url):
        assert status(talk(url, put(url))) == 200
    assert (case.posts, server.strays) == ([], 3)


def test_chunks_are_read_to_the_last_one(server: Server) -> None:
    case = server.open_case([204])
    head = put(case.url, b"", "PUT", "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
    with connected(case.url) as sock:
        sock.sendall(head + b"5\r\nhello\r\n")
        sock.sendall(b"6;x=y\r\n world\r\n0\r\nTrailer: z\r\n\r\n")
        assert b"Content-Length" not in rest(sock)
    assert [post.size for post in case.posts] == [11]


def test_a_client_that_expects_100_continue_is_told_to_before_its_body_is_read(server: Server) -> None:
    case = server.open_case([503])
    sent = put(case.url, b"body", "PUT", "Expect: 100-continue")
    with connected(case.url) as sock:
        assert ack(sock, sent[:-4])[0] == 100
        assert ack(sock, sent[-4:])[0] == 503


@pytest.mark.parametrize(
    "change",
    [(b"HTTP/1.1", b"HTTP/1.0"), (b" /", b" http://proxied.example/"), (b"Host", b"Upgrade: h2c\r\nHost")],
)
def test_odd_requests_are_posts_too(server: Server, change: tuple[bytes, bytes]) -> None:
    case = server.open_case([503])
    with connected(case.url) as sock:
        sock.sendall(put(case.url).replace(*change, 1))
        sock.shutdown(socket.SHUT_WR)
        assert rest(sock).startswith(b"HTTP/1.1 503 ")
    assert (answered(case), case.broken) == ([503], False)


@pytest.mark.parametrize("end", [socket.socket.close, reset])
def test_half_a_post_voids_its_case_and_is_none(server: Server, end: Any) -> None:
    case = server.open_case([503])
    with connected(case.url) as sock:
        sock.sendall(put(case.url)[:-1])
        end(sock)
    assert eventually(lambda: case.broken)
    assert case.posts == []


@pytest.mark.parametrize("face", ["server", "bits"])
@pytest.mark.parametrize("end", [socket.socket.close, reset])
def test_an_answer_that_is_not_taken_voids_the_case(
    request: pytest.FixtureRequest, face: str, end: Any
) -> None:
    opened: Server = request.getfixturevalue(face)
    case = opened.open_case([503])
    with connected(case.url) as sock:
        sock.sendall(
            fragment(case.url, created(sock, case.url), 0, 9, 10) if face == "bits" else put(case.url)
        )
        assert eventually(lambda: case.posts)
        end(sock)
    assert eventually(lambda: case.broken)
    assert not case.posts[0].whole


def test_an_idle_connection_is_nothing(server: Server) -> None:
    case = server.open_case([503])
    with connected(case.url):
        assert eventually(lambda: server.connections == 1)
    assert eventually(lambda: server.connections == 0)
    assert (case.posts, case.others, case.broken) == ([], 0, False)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"PUT /" + b"a" * LONGEST_TARGET + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * LARGEST_HEAD + b"\r\n\r\n", 431),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 300_000, 431),
        (put("http://x/", bytes(1001)), 413),
    ],
)
def test_what_is_no_request_or_too_large_is_refused(impatient: Server, sent: bytes, code: int) -> None:
    answer = talk(impatient.url, sent)
    assert status(answer) == code
    assert b"BITS-Error: 0x80070057" in answer
    with Server(limits=IMPATIENT) as plain:
        assert status(talk(plain.url, sent)) == code


@pytest.mark.parametrize(
    "sent", [b"", b"PUT / HTTP/1.1\r\n", put("http://x/")[:-1], packet("http://x/", "Ping")]
)
def test_who_is_silent_for_too_long_is_left(impatient: Server, sent: bytes) -> None:
    with connected(impatient.url) as sock:
        sock.sendall(sent)
        assert eventually(lambda: impatient.connections == 1)
        assert eventually(lambda: impatient.connections == 0)


def test_who_does_not_stop_sending_is_cut_off() -> None:
    with Server() as server, connected(server.url) as sock, pytest.raises(OSError):  # noqa: PT011, PT012
        sock.sendall(b"\x16" * 100)
        for _ in range(10):
            sock.sendall(bytes(LARGEST_REST))


def test_the_oldest_connection_gives_way() -> None:
    with Server(bits=True, limits=Limits(connections=3)) as server, ExitStack() as stack:
        socks = [stack.enter_context(connected(server.url)) for _ in range(4)]
        for sock in socks[1:]:
            assert ack(sock, packet(server.url, "Ping"))[0] == 200
        assert socks[0].recv(1) == b""


@pytest.mark.parametrize("face", ["server", "bits"])
def test_200_connections_at_once(request: pytest.FixtureRequest, face: str) -> None:
    opened: Server = request.getfixturevalue(face)
    cases = [opened.open_case([200 + number]) for number in range(200)]
    with ExitStack() as stack:
        socks = [stack.enter_context(connected(opened.url)) for _ in cases]
        names = (
            [created(sock, case.url) for sock, case in zip(socks, cases, strict=True)]
            if face == "bits"
            else []
        )
        sent = [
            fragment(case.url, names[number], 0, 9, 10) if names else put(case.url)
            for number, case in enumerate(cases)
        ]
        for half in (slice(0, -5), slice(-5, None)):
            for sock, data in zip(socks, sent, strict=True):
                sock.sendall(data[half])
        codes = [ack(sock)[0] for sock in socks]
    assert codes == [case.answers[0] for case in cases]
    assert all(answered(case) == [*case.answers] and not case.broken for case in cases)


def test_threads_may_open_cases_and_post_at_once(server: Server) -> None:
    def post(code: int) -> bool:
        case = server.open_case([code])
        answer = status(talk(case.url, put(case.url)))
        server.close_case(case)
        return answered(case) == [answer] == [code]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(post, range(200, 400)))


# BITS


def test_an_upload_in_fragments_over_two_connections(bits: Server) -> None:
    case = bits.open_case([503, 200])
    with connected(case.url) as sock:
        name = created(sock, case.url)
        assert ack(sock, fragment(case.url, name, 0, 4, 20))[0] == 200
        sock.sendall(fragment(case.url, name, 5, 14, 20)[:-3])
    with connected(case.url) as sock:
        assert ack(sock, packet(case.url, "Ping"))[0] == 200
        assert eventually(
            lambda: ack(sock, fragment(case.url, name, 15, 19, 20))[1]["BITS-Received-Content-Range"] == "12"
        )
        assert case.posts == []
        code, headers = ack(sock, fragment(case.url, name, 12, 19, 20))
        assert (code, headers["BITS-Error-Code"], headers["BITS-Error-Context"]) == (503, "0x801901F7", "0x7")
        assert ack(sock, fragment(case.url, name, 12, 19, 20))[0] == 200
        assert ack(sock, packet(case.url, "Close-Session", f"BITS-Session-Id: {name}"))[0] == 200
        assert ack(sock, packet(case.url, "Close-Session", f"BITS-Session-Id: {name}"))[0] == 500
    assert ([post.size for post in case.posts], answered(case), case.broken) == ([20, 20], [503, 200], False)


def test_packets_that_come_at_once_are_answered_in_order(bits: Server) -> None:
    case = bits.open_case([200])
    end = packet(case.url, "Cancel-Session", f"BITS-Session-Id: {UNKNOWN}", "Connection: close")
    answers = talk(case.url, packet(case.url, "Ping") * 3 + packet(case.url, "Pong") + end)
    assert [status(b"x " + part) for part in answers.split(b"HTTP/1.1 ")[1:]] == [200, 200, 200, 400, 500]
    assert answers.endswith(b"\r\nConnection: close\r\n\r\n")


def test_the_older_dialect_is_understood_and_other_requests_are_kindly_answered(bits: Server) -> None:
    case = bits.open_case([503])
    with connected(case.url) as sock:
        old = put(case.url, b"", "POST", "X-HTTP-Method-Override: bits_post", "BITS-Packet-Type: ping")
        assert ack(sock, old)[1]["BITS-Packet-Type"] == "Ack"
        assert ack(sock, put(case.url)) == (200, {"Content-Length": "0"})
    assert (case.posts, case.others) == ([], 1)


@pytest.mark.parametrize("code", [0, 100, 199])
def test_after_what_is_no_final_answer_the_connection_ends(bits: Server, code: int) -> None:
    case = bits.open_case([code])
    with connected(case.url) as sock:
        sock.sendall(fragment(case.url, created(sock, case.url), 0, 9, 10))
        assert status(rest(sock)) == code


def test_what_is_posted_in_a_session_after_its_case_is_closed_is_a_stray(bits: Server) -> None:
    case = bits.open_case([503])
    with connected(case.url) as sock:
        name = created(sock, case.url)
        bits.close_case(case)
        assert ack(sock, fragment(case.url, name, 0, 9, 10))[0] == 200
    assert (case.posts, bits.strays) == ([], 1)


# The server itself


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "\udcff", "h" * 70])
def test_an_address_that_cannot_be_bound_is_named(host: str) -> None:
    with pytest.raises(CannotRun, match="cannot listen on") as raised:
        Server(host=host).open()
    assert len(str(raised.value).splitlines()) == 2


def test_a_port_in_use_is_named(server: Server) -> None:
    port = int(server.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(CannotRun, match=f"cannot listen on 127.0.0.1, port {port}: .*\n.*free port"):
        Server(port=port).open()


@pytest.mark.parametrize(
    ("host", "starts", "is_loopback"),
    [("0.0.0.0", "http://127.0.0.1:", False), ("::1", "http://[::1]:", True)],
)
def test_the_url_can_be_used_whatever_the_address(host: str, starts: str, is_loopback: bool) -> None:
    try:
        with Server(host=host) as server:
            assert (server.url.startswith(starts), server.is_loopback) == (True, is_loopback)
            assert status(talk(server.url, put(server.url))) == 200
    except CannotRun:  # a machine without IPv6
        assert host == "::1"


@pytest.mark.parametrize("answers", [[], [1000], [-1], [200, 1000]])
def test_answers_must_be_status_codes(server: Server, answers: list[int]) -> None:
    with pytest.raises(ValueError, match="status codes"):
        server.open_case(answers)


def test_what_its_watcher_raises_ends_the_server() -> None:
    def watch(seen: Seen) -> None:
        raise OSError(f"after {seen.size} bytes")

    server = Server(watch=watch)
    server.close()  # it was never open
    server.open()
    assert not server.wait(0)
    talk(server.url, put(server.url))
    assert server.wait(10)
    with pytest.raises(OSError, match="after 10 bytes"):
        server.close()


def test_an_error_that_nobody_expected_ends_the_server_and_a_lack_of_sockets_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server()
    server.open()
    fail = server._loop.call_soon_threadsafe
    fail(
        server._loop.call_exception_handler,
        {"message": "", "socket": None, "exception": OSError("no more files")},
    )
    fail(server._loop.call_exception_handler, {"message": "not even an exception"})
    assert status(talk(server.url, put(server.url))) == 200
    monkeypatch.setattr(PlainFace, "begin", lambda *_: 1 / 0)
    with suppress(ConnectionError):
        assert talk(server.url, put(server.url)) == b""
    with pytest.raises(ZeroDivisionError):
        server.close()


def test_the_posts_that_are_listed_and_the_paths_that_are_told_apart_have_a_limit() -> None:
    cases = Cases("http://h/", [503, 200])
    for _ in range(MOST_POSTS + 1):
        cases.of("/a").post(1)
    assert (len(cases.of("/a").posts), cases.of("/a").count) == (MOST_POSTS, MOST_POSTS + 1)
    for number in range(MOST_PATHS):
        assert cases.of(f"/{number}").count == 0
    assert cases.of("/a").count == 0


class _Transport(asyncio.Transport):
    """A connection to a client that takes nothing, and has gone."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def write(self, data: Any) -> None:
        self.told.append(bytes(data[:12]).decode())

    def write_eof(self) -> None:
        raise OSError

    def abort(self) -> None:
        self.told.append("abort")


def test_a_client_that_does_not_take_its_answers_is_not_read_from_and_voids_its_case() -> None:
    async def main() -> None:
        connection = Connections(PlainFace(cases), Limits()).make()
        connection.connection_made(transport)
        connection.pause_writing()
        connection.resume_writing()
        connection.data_received(put(case.url))
        connection.connection_lost(None)

    cases, transport = Cases("http://h/"), _Transport()
    case = cases.open([503])
    asyncio.run(main())
    assert transport.told == ["pause", "resume", "HTTP/1.1 503", "abort"]
    assert case.broken
