"""Packets on a connection: kept while the server keeps it, and every way in which an answer fails to come."""

import socket
import ssl
import subprocess
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest

from bitsspec.spec.vocabulary import ErrorContext, Outcome
from bitsspec.upload import Http, Lost
from bitsspec.upload.http import MOST_BODY, Address
from tests.support.peer import Clock
from tests.support.raw_server import HOLD, READ, RESET, RawServer
from tests.support.tools import need

OK = b"HTTP/1.1 200 OK\r\nBITS-Packet-Type: Ack\r\nContent-Length: 0\r\n\r\n"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
PING = (("BITS-Packet-Type", "Ping"),)


def http_to(server: RawServer, response_s: float = 10, tls: ssl.SSLContext | None = None) -> Http:
    return Http(server.url, request_s=10, response_s=response_s, linger_s=0.05, tls=tls)


def exchange(http: Http, times: int = 1, body: bytes = b"") -> list[int]:
    try:
        return [http.exchange(PING, body).status for _ in range(times)]
    finally:
        http.close()


def test_a_packet_is_a_request_with_its_length() -> None:
    with RawServer([READ, OK]) as server:
        assert exchange(http_to(server), body=b"12345") == [200]
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    assert (first, body) == (b"BITS_POST /file?a=b HTTP/1.1", b"12345")
    assert {b"Host: 127.0.0.1:%d" % server.port, b"BITS-Packet-Type: Ping", b"Content-Length: 5"} < {*headers}


@pytest.mark.parametrize(
    ("connections", "statuses"),
    [
        ([[READ, OK, READ, OK, READ, OK]], [200, 200, 200]),
        ([[READ, CLOSING], [READ, CLOSING]], [200, 200]),
        # It says something that nobody asked for.
        ([[READ, OK + b"x", HOLD], [READ, OK]], [200, 200]),
        # How long the answer is, is not said, not true, or too long.
        ([[READ, b"HTTP/1.1 500 No\r\n\r\n", HOLD], [READ, OK]], [500, 200]),
        ([[READ, b"HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nx", HOLD], [READ, OK]], [503, 200]),
        ([[READ, b"HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nx"], [READ, OK]], [503, 200]),
        ([[READ, OK.replace(b": 0", b": 99999") + bytes(MOST_BODY + 1), HOLD], [READ, OK]], [200, 200]),
        ([[READ, OK.replace(b": 0", b": 4") + b"body", READ, OK]], [200, 200]),
        ([[READ, b"HTTP/1.1 204 No\r\n\r\n", READ, OK]], [204, 200]),
        ([[READ, b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"]], [999]),
    ],
)
def test_a_connection_is_kept_while_the_server_keeps_it(
    connections: list[list[str | bytes]], statuses: list[int]
) -> None:
    with RawServer(*connections) as server:
        assert exchange(http_to(server), len(statuses)) == statuses
    assert server.accepted == len(connections)


def test_a_server_that_sends_something_now_and_then_has_no_more_time_than_others() -> None:
    script: list[str | bytes] = [READ, b"HTTP/1.1 100 Go on\r\n\r\n", HOLD]
    with RawServer(script) as server, pytest.raises(Lost, match="TIMEOUT"):
        exchange(Http(server.url, response_s=1.5, clock=Clock(per_reading=1)))


@pytest.mark.parametrize("end", [[], [RESET]])
def test_a_connection_that_the_server_closed_meanwhile_is_replaced(end: list[str]) -> None:
    with RawServer([READ, OK, *end], [READ, OK]) as server:
        http = http_to(server)
        assert http.exchange(PING, b"").status == 200
        assert server.ended.acquire(timeout=10)
        assert exchange(http) == [200]
    assert server.accepted == 2


def test_who_ends_a_connection_may_have_less_patience_with_the_next() -> None:
    with RawServer([READ, HOLD]) as server:
        http = http_to(server)
        http.close(0.1)
        with pytest.raises(Lost, match="TIMEOUT"):
            exchange(http)


def test_headers_are_known_in_any_letters_and_the_first_of_two_counts() -> None:
    answer = OK.replace(
        b"BITS-Packet-Type: Ack", b"bItS-pAcKeT-tYpE: AcK\r\nBITS-SESSION-ID: {1}\r\nbits-session-id: {2}"
    )
    with RawServer([READ, answer]) as server:
        ack = http_to(server).exchange(PING, b"")
    assert (ack.is_one, ack.headers["bits-session-id"]) == (True, "{1}")


@pytest.mark.parametrize(("early", "status"), [(OK.replace(b"200", b"413"), 413), (b"", None)])
def test_a_server_that_does_not_read_on_may_have_said_why(early: bytes, status: int | None) -> None:
    over = threading.Event()
    with RawServer([early, over], [READ, OK]) as server:
        http = Http(server.url, request_s=0.1, linger_s=0.05)
        with nullcontext() if status else pytest.raises(Lost, match="TIMEOUT"):
            assert http.exchange(PING, bytes(30_000_000)).status == status
        threading.Timer(0.05, over.set).start()
        assert exchange(http) == [200]  # over another connection


@pytest.mark.parametrize(
    ("script", "hresult"),
    [
        ([READ], 0x80072EFE),
        ([READ, b"HTTP/1.1 200 OK\r\nBITS-"], 0x80072EFE),
        ([READ, b"what?\r\n\r\n"], 0x80072F78),
        ([READ, b"HTTP/1.1 042 Low\r\n\r\n"], 0x80072F78),
        ([READ, b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000], 0x80072F78),
        ([READ, HOLD], 0x80072EE2),
        ([READ, b"HTTP/1.1 100 Go on\r\n\r\n" * 3, HOLD], 0x80072EE2),
    ],
)
def test_where_no_answer_comes_the_error_is_that_of_windows(script: list[str | bytes], hresult: int) -> None:
    with RawServer(script) as server, pytest.raises(Lost) as lost:
        exchange(http_to(server, response_s=0.1))
    error = lost.value.error
    assert (error.outcome, error.context, error.hresult) == ("transient", ErrorContext.REMOTE_FILE, hresult)


@pytest.mark.parametrize(
    ("error", "hresult"),
    [
        (socket.gaierror(-2, "Name or service not known"), 0x80072EE7),
        (ConnectionRefusedError(), 0x80072EFD),
        (OSError(113, "No route to host"), 0x80072EFD),
        (TimeoutError(), 0x80072EE2),
    ],
)
def test_where_there_is_no_connection_the_error_is_that_of_windows(
    error: OSError, hresult: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(socket, "create_connection", fail)
    with pytest.raises(Lost) as lost:
        exchange(Http("http://server.example/"))
    assert (lost.value.error.hresult, lost.value.error.outcome) == (hresult, Outcome.TRANSIENT)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate of its own for 127.0.0.1."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    options = (
        "-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 -keyout"
    )
    command = [need("openssl"), "req", *options.split(), str(path)]
    done = subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + done.stdout)
    return path


def test_https_is_for_servers_that_an_authority_vouches_for(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with RawServer([READ, OK, READ, CLOSING], [READ, CLOSING], [READ, OK], tls=tls) as server:
        assert exchange(http_to(server, tls=trusting), 3) == [200] * 3
        with pytest.raises(Lost) as lost:
            exchange(http_to(server))
    assert (lost.value.error.outcome, lost.value.error.hresult) == (Outcome.FATAL, 0x80072F8F)


def test_https_to_a_server_without_it_may_be_mended() -> None:
    with RawServer([b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as server, pytest.raises(Lost) as lost:
        exchange(Http(server.url.replace("http:", "https:")))
    assert (lost.value.error.outcome, lost.value.error.hresult) == (Outcome.TRANSIENT, 0x80072F8F)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://Host/a", (False, "host", 80, "host", "/a")),
        ("https://host", (True, "host", 443, "host", "/")),
        ("http://host:8080/ä b?x=ö y#part", (False, "host", 8080, "host:8080", "/%C3%A4%20b?x=%C3%B6%20y")),
        ("http://[::1]:80/%20", (False, "::1", 80, "[::1]:80", "/%20")),
        ("http://bücher.example/", (False, "xn--bcher-kva.example", 80, "xn--bcher-kva.example", "/")),
    ],
)
def test_a_url_says_where_to(url: str, address: tuple[object, ...]) -> None:
    assert Address.of(url) == Address(*address)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url", ["", "file", "ftp://host/", "http://", "http://host:x/", "http://u:p@host/", "http://a..b/"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|Port|label"):
        Http(url)
