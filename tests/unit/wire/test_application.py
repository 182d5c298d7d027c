"""A real server application behind the BITS server."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bitsspec.errors import CannotRun
from bitsspec.wire.application import UNREACHABLE, Application
from bitsspec.wire.connection import Seen
from bitsspec.wire.server import Server
from bitsspec.wire.storing import Store
from tests.support.wire import CREATE, ack, connected, eventually, fragment, packet


def test_a_finished_upload_is_handed_over_by_value_and_its_status_handed_back(tmp_path: Path) -> None:
    seen: list[Seen] = []
    with (
        Store(tmp_path) as taken,
        Server(standing=[503, 403, 200], store=taken, watch=seen.append) as real,
        Store() as store,
        Server(bits=True, application=Application(f"{real.url}app?x=1"), store=store) as server,
    ):
        case = server.open_case([200])
        with connected(case.url) as sock:
            for codes in ([503, 403, 403], [200]):  # 403 is remembered by a session
                name = ack(sock, packet(case.url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
                assert ack(sock, fragment(case.url, name, 0, 299_999, 700_000))[0] == 200
                for code in codes:
                    assert (
                        ack(
                            sock,
                            fragment(case.url, name, 300_000, 699_999, 700_000) + packet(case.url, "Ping"),
                        )[0]
                        == code
                    )
                    assert ack(sock)[0] == 200
    assert [post.answered for post in case.posts] == [503, 403, 200]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [bytes(700_000)]
    requests = [each.request for each in seen if each.request]
    assert {(request.method, request.target) for request in requests} == {("POST", "/app?x=1")}
    assert {request.get("bits-original-request-url") for request in requests} == {
        f"http://x{case.url[len(server.url) - 1 :]}"
    }


@contextmanager
def application(act: Callable[[socket.socket], object]) -> Iterator[str]:
    """Yield the URL of an application that does ``act`` with its first connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            accepted, _ = listener.accept()
            with accepted:
                act(accepted)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


LARGE = 20_000_000


def early(sock: socket.socket) -> None:
    """Answer before the file is read, and never read it."""
    sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 X\r\n\r\nbody")
    sock.recv(1)
    threading.Event().wait(0.05)


def odd(sock: socket.socket) -> None:
    """Answer with what is no answer."""
    sock.sendall(b"what is no answer\r\n\r\n")
    threading.Event().wait(0.05)


def slow(sock: socket.socket) -> None:
    """Read the file in the end."""
    threading.Event().wait(0.05)
    with sock.makefile("rb") as file:
        while file.readline().strip():
            pass
        assert len(file.read(LARGE)) == LARGE
    sock.sendall(b"HTTP/1.1 999 X\r\n\r\n")


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (early, 413),
        (slow, 999),
        (lambda sock: None, UNREACHABLE),
        (lambda sock: sock.recv(1), UNREACHABLE),
        (odd, UNREACHABLE),
        (lambda sock: sock.recv(1) and threading.Event().wait(0.3), UNREACHABLE),
    ],
)
def test_what_an_application_does(act: Callable[[socket.socket], object], code: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(LARGE))
    with application(act) as url:
        asked = Application(url, timeout_s=0.1 if code == UNREACHABLE else 10)
        assert asyncio.run(asked.post("http://h/", tmp_path / "file")) == code


def test_an_application_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with application(lambda sock: None) as url:
        socket.create_connection(("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))).close()
    assert asyncio.run(Application(url).post("http://h/", tmp_path / "file")) == UNREACHABLE


def test_a_client_that_does_not_wait_for_the_application_voids_its_case() -> None:
    over = threading.Event()
    with (
        application(lambda sock: over.wait(10)) as url,
        Store() as store,
        Server(bits=True, application=Application(url), store=store) as server,
    ):
        case = server.open_case([200])
        with connected(case.url) as sock:
            name = ack(sock, packet(case.url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
            sock.sendall(fragment(case.url, name, 0, 9, 10))
            assert eventually(lambda: case.posts)
        server.close()
        over.set()
    assert case.broken


@pytest.mark.parametrize(
    "url", ["", "h:80", "ftp://h/", "http://", "http://[", "http://h:port/", "http://h:99999/"]
)
def test_what_is_no_url_of_an_application_is_refused(url: str) -> None:
    with pytest.raises(CannotRun, match=r"(?s)--application.*\nwrite it as http"):
        Application(url)


def test_the_url_may_have_tls() -> None:
    Application("https://h.example/")
