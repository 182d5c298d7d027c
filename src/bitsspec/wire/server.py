"""The loopback server: one event loop in a thread of its own, and the cases that it watches."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from types import TracebackType
from typing import Any

from bitsspec.errors import CannotRun, why
from bitsspec.wire.application import Application
from bitsspec.wire.bits import BitsFace
from bitsspec.wire.cases import Case, Cases
from bitsspec.wire.connection import Connections, Limits, Seen
from bitsspec.wire.exchanges import Face
from bitsspec.wire.plain import PlainFace
from bitsspec.wire.sessions import Bounds
from bitsspec.wire.storing import Store

BACKLOG = 1_024
LOOPBACK = "127.0.0.1"


class Server:
    """Answers uploads with the status codes that it is told to, and keeps what it saw of them.

    It listens from ``with`` or `open` on, and until the end of ``with`` or `close`.
    """

    def __init__(
        self,
        *,
        bits: bool = False,
        host: str = LOOPBACK,
        port: int = 0,
        limits: Limits | None = None,
        standing: Sequence[int] = (),
        store: Store | None = None,
        application: Application | None = None,
        watch: Callable[[Seen], None] | None = None,
    ) -> None:
        """Make a server for plain HTTP, or for the BITS upload protocol if ``bits``.

        ``port`` 0 is one that the system chooses. With ``standing`` answers each path is a case by itself.
        ``store`` keeps what is answered 200; ``application`` is asked in place of a case, and needs a store.
        ``watch`` is called, in the thread of the server, after each answer.
        """
        self._bits = bits
        self._host, self._port = host, port
        self._limits = limits or Limits()
        self._standing = standing
        self._store = store
        self._application = application
        self._watch = watch
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def __enter__(self) -> "Server":
        self.open()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where it listens, with a slash at the end."""
        return self._url

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but programs of this machine can reach it."""
        return self._is_loopback

    @property
    def strays(self) -> int:
        """How many posts came to paths of no open case."""
        return self._cases.strays

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def open_case(self, answers: Sequence[int]) -> Case:
        """Return a new case, whose posts get ``answers`` in order, the last one for ever.

        Raises ValueError where there is no answer, or one that is not a status code.
        """
        return self._cases.open(answers)

    def close_case(self, case: Case) -> None:
        """Make strays of what is still posted to the path of a case."""
        self._cases.close(case)

    def open(self) -> None:
        """Listen; raises `CannotRun` where that is not possible."""
        listener = _listen(self._host, self._port)
        self._url = _url_of(listener)
        self._is_loopback = ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback
        self._cases = Cases(self._url, self._standing)
        self._connections = Connections(self._face(), self._limits, self._tell if self._watch else None)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._fail)
        self._over = asyncio.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="bitsspec server", daemon=True
        )
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the server fails, for ``timeout_s`` seconds at most; return whether it did."""
        assert self._thread is not None
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def close(self) -> None:
        """End every connection and the thread; raises what ``watch`` raised, or a bug of ours."""
        if self._thread is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._thread = None
        if self._failure is not None:
            raise self._failure

    def _face(self) -> Face:
        if not self._bits:
            return PlainFace(self._cases, store=self._store)
        bounds = Bounds(largest=self._limits.largest_body)
        return BitsFace(self._cases, bounds=bounds, store=self._store, application=self._application)

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        server = await self._loop.create_server(self._connections.make, sock=listener, backlog=BACKLOG)
        every = min(self._limits.idle_s, self._limits.linger_s) / 4
        try:
            while not self._over.is_set():
                try:
                    await asyncio.wait_for(self._over.wait(), every)
                except TimeoutError:
                    self._connections.sweep(self._loop.time())
        finally:
            server.close()
            self._connections.abort()
            await asyncio.sleep(0)  # until their connection_lost has been called
            self._connections.face.close()

    def _tell(self, seen: Seen) -> None:
        """Tell who watches; asyncio would keep an error of files to itself."""
        assert self._watch is not None
        try:
            self._watch(seen)
        except Exception as error:
            self._end_with(error)

    def _end_with(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._over.set()

    def _fail(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End with the first error that nobody expected; to be out of sockets is expected."""
        error = context.get("exception")
        if error is not None and not (isinstance(error, OSError) and "socket" in context):
            self._end_with(error)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        cause = why(error).partition(" (while")[0]
        raise CannotRun(
            f"cannot listen on {host}, port {port}: {cause}\n"
            "another program may have the port: name an address of this machine and a free port, or none"
        ) from error


def _url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
