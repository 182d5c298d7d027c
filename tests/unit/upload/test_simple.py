"""The function ``upload`` with a real server; tests/system has it judged at every code that can be shown."""

from collections.abc import Iterator

import pytest

from bitsspec.upload import UploadError, upload
from bitsspec.upload.simple import DELAY
from bitsspec.wire.server import Server
from tests.support.reactions import check_reactions


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(bits=True) as server:
        yield server


CODES = [200, 201, 204, 299, *range(299, 309), 399, 400, 401, 403, 407, 408, 409, 410, 413, 416, 429, 499]
CODES += [*range(500, 507), 599, 600, 999]


def test_it_posts_as_often_as_the_specification_says(server: Server) -> None:
    check_reactions(server, CODES)


@pytest.mark.parametrize("size", [1, 5 * 1024, 3_000_000])
def test_a_file_of_any_size_comes_whole(server: Server, size: int) -> None:
    case = server.open_case([503, 503, 200])
    upload(case.url + "name?query", bytes(size), retry_delay=0)
    assert [post.size for post in case.posts] == [size] * 3


def test_the_environment_says_how_long_it_waits(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DELAY, "soon")
    with pytest.raises(ValueError, match="soon"):
        upload(server.open_case([200]).url, b"12345")


def test_it_gives_up_in_the_end(server: Server) -> None:
    case = server.open_case([503])
    with pytest.raises(UploadError, match="transient error") as failed:
        upload(case.url, b"12345", patience=0)
    assert failed.value.error.status == 503
