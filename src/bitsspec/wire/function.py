"""A Python function as a client: ``upload(url, data)``, which may be ``async``.

It runs in threads of its own, so that one call that never returns keeps nobody else from going on.
"""

import asyncio
import inspect
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bitsspec.candidates.base import unsigned
from bitsspec.spec.vocabulary import Outcome
from bitsspec.text import show_raised
from bitsspec.wire.launcher import Client
from bitsspec.wire.loop import Loop
from bitsspec.wire.observed import FAILURE, Said, read_answer


def is_async(function: Callable[..., Any]) -> bool:
    """Say whether calling it returns a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004  (of an object)
    )


class Function(Client):
    """A function that is not async: each call in a thread, as many threads as there are calls at once."""

    def __init__(self, function: Callable[..., Any], data: bytes) -> None:
        self._function, self._data = function, data
        self._idle: list[_Worker] = []

    async def upload(self, url: str) -> Said:
        """Call the function; a thread whose call does not end in time is not used again."""
        loop = asyncio.get_running_loop()
        said: asyncio.Future[Said] = loop.create_future()
        worker = self._idle.pop() if self._idle else _Worker()

        def call() -> None:
            answer = self._call(url)
            with suppress(RuntimeError):  # the loop is closed: nobody waits for it any more
                loop.call_soon_threadsafe(_settle, said, answer)

        worker.tasks.put(call)
        try:
            answer = await said
        except BaseException:
            worker.tasks.put(None)
            raise
        self._idle.append(worker)
        return answer

    def _call(self, url: str) -> Said:
        try:
            return said_by(self._function(url, self._data))
        except BaseException as error:
            return _raised(error)

    def afresh(self) -> Client:
        """Return it with other threads; the function is what it was."""
        return Function(self._function, self._data)

    async def close(self) -> None:
        """Have the threads end."""
        for worker in self._idle:
            worker.tasks.put(None)
            worker.join()
        self._idle.clear()


class AsyncFunction(Client):
    """A function that is async: all calls in one event loop, in a thread of its own."""

    def __init__(self, function: Callable[..., Any], data: bytes) -> None:
        self._function, self._data = function, data
        self._loop: Loop | None = None

    async def upload(self, url: str) -> Said:
        """Await the function; it is cancelled where it does not end in time."""
        self._loop = self._loop or Loop()
        return await asyncio.wrap_future(self._loop.start(self._call(url)))

    async def _call(self, url: str) -> Said:
        try:
            return said_by(await self._function(url, self._data))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            return _raised(error)

    def afresh(self) -> Client:
        """Return it with another event loop; the function is what it was."""
        return AsyncFunction(self._function, self._data)

    async def close(self) -> None:
        """Have the event loop stop, once what it does at this moment is over."""
        if self._loop is not None:
            self._loop.stop()
            self._loop = None


class _Worker(threading.Thread):
    """Calls what it is handed, one after another, until it is handed None."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.start()

    def run(self) -> None:
        """Call until the end."""
        while (task := self.tasks.get()) is not None:
            task()


def said_by(returned: Any) -> Said:
    """Return what a function says by what it returned: success, unless that is an answer in words."""
    text = returned if isinstance(returned, str) else getattr(returned, "value", None)
    if isinstance(text, str) and text.split()[:1] and _begins_with_a_word(text):
        return read_answer(text)
    return Said(is_success=True, how="returned")


def _begins_with_a_word(text: str) -> bool:
    return text.split()[0].lower() in (*Outcome, FAILURE)


def _raised(error: BaseException) -> Said:
    """Return what a function says by raising; its ``context`` and ``hresult``, if numbers, are the job's."""
    context, hresult = (getattr(error, name, None) for name in ("context", "hresult"))
    return Said(
        is_success=False,
        how=show_raised(error),
        context=context if isinstance(context, int) else None,
        hresult=unsigned(hresult) if isinstance(hresult, int) else None,
    )


def _settle(said: asyncio.Future[Said], answer: Said) -> None:
    if not said.done():
        said.set_result(answer)
