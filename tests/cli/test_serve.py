"""``bitsspec serve``: the loopback server, run by hand."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from bitsspec.wire.server import Server
from tests.support.in_process import invoke
from tests.support.wire import CREATE, ack, connected, fragment, packet, put, talk


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return what runs the command, does something with the server's URL, and presses Ctrl-C."""

    def run(*options: str, use: Callable[[str], object] = lambda url: None) -> Result:
        def wait(server: Server, _timeout: float) -> bool:
            if use is not None and not used:
                used.append(use(server.url))
                return False
            raise KeyboardInterrupt

        used: list[object] = []
        monkeypatch.setattr(Server, "wait", wait)
        return invoke("serve", *options)

    return run


def upload(url: str) -> None:
    with connected(url) as sock:
        name = ack(sock, packet(url, "Create-Session", CREATE))[1]["BITS-Session-Id"]
        ack(sock, fragment(url, name, 0, 9, 10))


def test_each_post_is_a_line_that_says_what_a_bits_client_must_do(serve: Callable[..., Result]) -> None:
    done = serve(
        "--answer", "503", "--answer", "200", use=lambda url: [talk(url, put(f"{url}a")) for _ in range(3)]
    )
    assert (done.exit_code, done.stderr) == (0, "")
    first, *lines, last = done.stdout.splitlines()
    assert first.startswith("http://127.0.0.1:")
    assert first.endswith("/ takes uploads over HTTP; answer: 503, then 200; Ctrl-C ends it")
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "#1 PUT /a, 10 bytes: 503; transient error: post again by itself after the retry delay",
        "#2 PUT /a, 10 bytes: 200; success: nothing more",
        "#3 PUT /a, 10 bytes: 200; success: nothing more",
    ]
    assert last == "3 requests with 30 bytes, 3 posts, answered 200 to 2, 503 to 1"


def test_packets_are_told_logged_and_stored(serve: Callable[..., Result], tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store"
    for _ in range(2):
        done = serve(
            "--bits", "--log", str(log), "--store", str(store), use=lambda url: upload(f"{url}a.bin")
        )
        assert "#1 Create-Session /a.bin: 200; send the first Fragment\n" in done.stdout
        assert "#1 Fragment /a.bin, bytes 0-9/10: 200; success: nothing more\n" in done.stdout
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [record["posted"] for record in records] == [False, True] * 2
    assert [path.read_bytes() for path in store.iterdir()] == [bytes(10)] * 2


def test_a_real_application_answers(serve: Callable[..., Result]) -> None:
    with Server(standing=[429]) as real:
        done = serve("--bits", "--application", real.url, use=upload)
    assert f"answer: {real.url};" in done.stdout
    assert "429 (0x801901AD, context 0x7); fatal error: stop, and post again only if" in done.stdout


def test_the_size_of_an_upload_has_a_limit(serve: Callable[..., Result]) -> None:
    done = serve("--max-size", "1", use=lambda url: talk(url, put(url, bytes(2**20 + 1))))
    assert ": 413; stop: the body of the request is too large\n" in done.stdout


def test_anybody_but_this_machine_is_warned_of(serve: Callable[..., Result]) -> None:
    done = serve("--host", "0.0.0.0")
    assert (
        done.stderr == "bitsspec: warning: this is not a loopback address; anyone who reaches it can upload\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1, port 0: "),
        (["--port", "PORT IN USE"], "cannot listen on 127.0.0.1, port "),
        (["--log", "missing/log"], "log: the log cannot be written: "),
        (["--store", "file"], "is a file"),
        (["--store", "file/below"], "uploads cannot be stored there: "),
        (["--bits", "--application", "ftp://h"], "--application ftp://h: is no URL of HTTP"),
        (["--application", "http://h"], "--application needs --bits"),
        (["--bits", "--application", "http://h", "--answer", "200"], "cannot both say what to answer"),
        (["--answer", "1000"], "1000 is not in the range"),
        (["--port", "65536"], "65536 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines(options: list[str], said: str, project: Path) -> None:
    (project / "file").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = invoke("serve", *(port if option == "PORT IN USE" else option for option in options))
    told = [line for line in done.stderr.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
    assert (done.exit_code, len(told) <= 2, done.stdout) == (2, True, "")
    assert said in done.stderr


def test_a_log_that_fails_later_ends_it(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    def post_and_wait(server: Server, _timeout: float) -> bool:
        talk(server.url, put(server.url))
        return wait(server, 10)

    wait = Server.wait
    monkeypatch.setattr(Server, "wait", post_and_wait)
    monkeypatch.setattr("bitsspec.cli.serve.record_of", fail)
    done = invoke("serve", "--log", "log")
    assert (done.exit_code, done.stderr) == (2, "bitsspec: cannot go on: the disk is full\n")
