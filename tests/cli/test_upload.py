"""``bitsspec upload``: its exit codes, and what it says of a job."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bitsspec.upload import Http, Job
from bitsspec.wire.server import Server
from tests.support.in_process import invoke
from tests.support.peer import LOST, Peer, ack, of_application


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "file.bin"
    path.write_bytes(b"12345")
    return str(path)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(bits=True) as server:
        yield server


def told(monkeypatch: pytest.MonkeyPatch, answers: dict[int, Any]) -> Peer:
    peer = Peer(answers)
    for name in ("exchange", "close"):
        monkeypatch.setattr(Http, name, lambda _, *args, name=name: getattr(peer, name)(*args))
    return peer


@pytest.mark.parametrize(
    ("answers", "arguments", "exit_code", "line"),
    [
        ([200], [], 0, "success"),
        ([403], [], 1, "fatal no 7 0x80190193"),
        ([404], [], 1, "fatal yes 7 0x80190194"),
        ([503], ["--once"], 3, "transient yes 7 0x801901F7"),
        ([201], ["--once"], 3, "transient yes 7 0x801900C9"),
        ([503], ["--no-progress-timeout", "5"], 3, "transient yes 7 0x801901F7"),
    ],
)
def test_the_exit_code_and_one_line_say_what_came_of_it(
    server: Server, path: str, answers: list[int], arguments: list[str], exit_code: int, line: str
) -> None:
    case = server.open_case(answers)
    done = invoke("upload", path, case.url, "-q", *arguments)
    assert (done.exit_code, done.output) == (exit_code, f"{line}\n")
    assert [post.size for post in case.posts] == [5]


def test_after_a_transient_error_it_waits_as_long_as_it_was_told_and_no_less_than_bits(
    server: Server, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("bitsspec.cli.upload.Job", partial(Job, sleep=slept.append))
    for answers, *arguments in (
        ([200],),
        ([503, 200],),
        ([503, 200], "--retry-delay", "7"),
        ([503, 200], "--retry-delay", "1"),
    ):
        case = server.open_case(answers)
        done = invoke("upload", path, case.url, *arguments)
        assert (done.exit_code, len(case.posts)) == (0, len(answers))
        assert all(words in done.output for words in ("BG_JOB_STATE_TRANSFERRED", "5 of 5 bytes"))
        assert ("errors    1" in done.output) is (503 in answers)
    assert slept == [600, 7, 5]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (of_application(403), ["BG_JOB_STATE_ERROR", "7 BG_ERROR_CONTEXT_REMOTE_APPLICATION", "never"]),
        (ack(404), ["0x80190194, status code 404", "mend the cause"]),
        (
            LOST,
            ["TRANSIENT_ERROR", "BG_ERROR_CONTEXT_REMOTE_FILE", "ERROR_WINHTTP_CONNECTION_ERROR", "later"],
        ),
    ],
)
def test_an_error_is_shown_by_the_names_of_bits_with_what_to_do(
    answer: Any, words: list[str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch, {1: answer})
    done = invoke("upload", path, "http://server.example/\x1b", "--once")
    assert all(word in done.output for word in words), done.output
    assert "\x1b" not in done.output


def test_an_interruption_cancels_the_session_on_the_server(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = told(monkeypatch, {1: KeyboardInterrupt()})
    done = invoke("upload", path, "http://server.example/")
    assert (done.exit_code, peer.packets[-1]) == (130, "Cancel-Session")
    assert done.output == "bitsspec: BG_JOB_STATE_CANCELLED, 0 of 5 bytes\nbitsspec: interrupted\n"


@pytest.mark.parametrize(
    ("file", "url", "arguments", "why"),
    [
        ("absent", "http://127.0.0.1/", [], "cannot read absent: No such file"),
        (".", "http://127.0.0.1/", [], "not a regular file"),
        (None, "ftp://127.0.0.1/", [], "is not a URL that begins with"),
        (None, "http://127.0.0.1/", ["--timeout", "0"], "'--timeout'"),
        (None, "http://127.0.0.1/", ["--retry-delay", "nan"], "is not a number"),
    ],
)
def test_what_cannot_be_started_says_why(
    file: str | None, url: str, arguments: list[str], why: str, path: str
) -> None:
    done = invoke("upload", file or path, url, *arguments)
    assert (done.exit_code, why in done.output) == (2, True), done.output


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    done = invoke("upload", str(tmp_path / "empty"), "http://127.0.0.1/")
    assert (done.exit_code, "empty" in done.output) == (2, True)
