"""Requests and answers as bytes."""

import pytest

from bitsspec.spec.vocabulary import STATUS_CODES
from bitsspec.wire.exchanges import Answer, Request

NO_LENGTH = {*range(200), 204, 304}


def test_every_answer_has_an_exact_status_line_and_no_body() -> None:
    for status in STATUS_CODES:
        head, _, body = Answer(status, (("X", "y"),)).encode(close=True).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        version, code, phrase = first.split(" ", 2)
        assert (version, code, body) == ("HTTP/1.1", f"{status:03}", b"")
        assert phrase
        assert not any(character.isdigit() for character in phrase)
        length = [] if status in NO_LENGTH else ["Content-Length: 0"]
        assert lines == ["X: y", *length, "Connection: close"]
    assert b"Connection" not in Answer(200).encode(close=False)


@pytest.mark.parametrize(
    ("target", "host", "path", "url"),
    [
        ("/a?b", "h:1", "/a?b", "http://h:1/a?b"),
        ("http://h:2/a/b", "h:1", "/a/b", "http://h:1/a/b"),
        ("http://h", None, "/", "http://localhost/"),
        ("/a://b", "h" * 999, "/a://b", f"http://{'h' * 260}/a://b"),
    ],
)
def test_a_request_knows_its_path_and_url(target: str, host: str | None, path: str, url: str) -> None:
    request = Request("PUT", target, (("HOST", host),) if host else ())
    assert (request.path, request.url) == (path, url)
