"""A Python function as a client, in threads that no call can hold up."""

import asyncio
import threading
from typing import Any

import pytest

from bitsspec import Outcome
from bitsspec.wire.function import AsyncFunction, Function, is_async
from bitsspec.wire.launcher import Client
from bitsspec.wire.observed import Said
from tests.support.uploading import Failed


class ErrorOfAnotherKind(Exception):
    context = "no number"


def client_of(function: Any, is_asynchronous: bool) -> Client:
    if not is_asynchronous:
        return Function(function, b"data")

    async def upload(url: str, data: bytes) -> Any:
        await asyncio.sleep(0)
        return function(url, data)

    return AsyncFunction(upload, b"data")


def said(client: Client, *urls: str) -> list[Said]:
    async def upload() -> list[Said]:
        try:
            return await asyncio.gather(*map(client.upload, urls))
        finally:
            await client.close()

    return asyncio.run(upload())


def raising(error: BaseException) -> Any:
    def upload(url: str, data: bytes) -> None:
        raise error

    return upload


@pytest.mark.parametrize("is_asynchronous", [False, True])
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda url, data: None, Said(True, "returned")),
        (lambda url, data: f"{url} {data!r}", Said(True, "returned")),
        (lambda url, data: "", Said(True, "returned")),
        (lambda url, data: Outcome.TRANSIENT, Said(False, "said transient", Outcome.TRANSIENT)),
        (lambda url, data: "Fatal no 7", Said(False, "said fatal", Outcome.FATAL, 7)),
        (lambda url, data: "failure", Said(False, "said failure")),
        (raising(SystemExit(3)), Said(False, "raised SystemExit: 3")),
        (raising(ErrorOfAnotherKind()), Said(False, "raised ErrorOfAnotherKind")),
        (raising(Failed(404)), Said(False, "raised Failed: answered 404", None, 7, 0x80190194)),
    ],
)
def test_returning_says_success_but_for_a_word_and_raising_says_failure(
    function: Any, expected: Said, is_asynchronous: bool
) -> None:
    assert said(client_of(function, is_asynchronous).afresh(), "a", "b") == [expected] * 2


@pytest.mark.parametrize("is_asynchronous", [False, True])
def test_a_call_that_never_returns_keeps_no_other_from_it(is_asynchronous: bool) -> None:
    over, stuck, returned = threading.Event(), threading.Event(), threading.Event()

    def upload(url: str, data: bytes) -> None:
        if url == "stuck":
            stuck.set()
            over.wait()
            returned.set()

    async def main(client: Client) -> list[Said]:
        waiting = asyncio.ensure_future(client.upload("stuck"))
        await asyncio.to_thread(stuck.wait)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        other = client.afresh()
        try:
            answers = [await other.upload("other"), await other.upload("again")]
            over.set()
            await asyncio.to_thread(returned.wait, 20)
            await asyncio.sleep(0.02)  # what it says now is too late
            return answers
        finally:
            await client.close()
            await other.close()

    try:
        assert asyncio.run(main(client_of(upload, is_asynchronous))) == [Said(True, "returned")] * 2
    finally:
        over.set()


@pytest.mark.parametrize("closes", [False, True])
def test_an_async_call_that_is_given_up_is_cancelled(closes: bool) -> None:
    started, cancelled = threading.Event(), threading.Event()

    async def upload(url: str, data: bytes) -> None:
        started.set()
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def main() -> None:
        client = AsyncFunction(upload, b"")
        waiting = asyncio.ensure_future(client.upload("a"))
        assert await asyncio.to_thread(started.wait, 20)
        if closes:
            await client.close()
        else:
            waiting.cancel()
        assert await asyncio.to_thread(cancelled.wait, 20)
        await asyncio.gather(waiting, return_exceptions=True)
        await client.close()

    asyncio.run(main())


def test_only_what_returns_a_coroutine_is_async() -> None:
    class Callable:
        async def __call__(self, url: str, data: bytes) -> None: ...

    assert is_async(Callable())
    assert not is_async(said)


def test_only_a_loaded_client_can_resume() -> None:
    with pytest.raises(NotImplementedError):
        asyncio.run(Function(said, b"").resume("url"))
