"""One connection of the server: bytes in, parsed by h11, and answers out.

It answers after it has read the whole request: to close a connection on bytes that were not read resets it,
and many a client posts again after a reset. So it also closes its own side only, and waits for the client's.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import cast

import h11

from bitsspec.wire.exchanges import Answer, Exchange, Face, Request

LARGEST_HEAD = 32 * 1024
"""Bytes of a request line and its headers."""
LONGEST_TARGET = 4 * 1024
LARGEST_REST = 1024 * 1024
"""Bytes that a client may still send after it was told that the connection closes."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class Limits:
    """What a server puts up with."""

    idle_s: float = 120.0
    """Seconds without a byte, in or between requests; a BITS client gives a request as long."""
    linger_s: float = 5.0
    """Seconds until a client has closed its side, once it has the last answer."""
    largest_body: int = 4 * 1024**3
    """Bytes of a request's body."""
    connections: int = 512
    """How many there are at once; the oldest gives way to a new one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who watches a server is told of an exchange."""

    connection: int
    """The number of the connection, from 1."""
    request: Request | None
    """None for bytes that are not a request."""
    size: int
    """Bytes of the body."""
    answer: Answer | None
    """None where the connection ended before the request was whole."""


class Connections:
    """The open connections of a server, and how long they may be silent."""

    def __init__(self, face: Face, limits: Limits, watch: Callable[[Seen], None] | None = None) -> None:
        self.face = face
        self.limits = limits
        self.watch = watch
        self.numbers = count(1)
        self._open: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def make(self) -> "Connection":
        """Return the protocol of a new connection."""
        return Connection(self)

    def add(self, connection: "Connection") -> None:
        """Keep a new connection, in whose place the oldest may have to go."""
        if len(self._open) >= self.limits.connections:
            next(iter(self._open)).abort()
        self._open[connection] = None

    def remove(self, connection: "Connection") -> None:
        """Forget a connection that ends."""
        self._open.pop(connection, None)

    def sweep(self, now: float) -> None:
        """End the connections that were silent for too long at the time ``now`` of the loop."""
        for connection in [each for each in self._open if each.ends_at < now]:
            connection.abort()

    def abort(self) -> None:
        """End all."""
        for connection in list(self._open):
            connection.abort()


class Connection(asyncio.Protocol):
    """One connection, through all its exchanges."""

    _transport: asyncio.Transport

    def __init__(self, all_of_them: Connections) -> None:
        self._all = all_of_them
        self._face = all_of_them.face
        self._limits = all_of_them.limits
        self._number = next(all_of_them.numbers)
        self._loop = asyncio.get_running_loop()
        self._h11 = h11.Connection(h11.SERVER, LARGEST_HEAD)
        self._request: Request | None = None
        self._size = 0
        self._unfinished: Exchange | None = None
        """The exchange that has begun and is not answered."""
        self._answered: Exchange | None = None
        """The last one that is answered: the client may not have taken the answer."""
        self._answering: asyncio.Task[None] | None = None
        self._closing = False
        """Whether the last answer of the connection is on its way."""
        self._at_end = False
        """Whether the client has closed its side."""
        self._is_lost = False
        """Whether the client has gone without its answer, which asyncio has not noticed."""
        self.ends_at = 0.0
        """The time of the loop at which it has been silent for too long."""

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._all.add(self)
        self._wait(self._limits.idle_s)

    def data_received(self, data: bytes) -> None:
        """Go on as far as the bytes lead."""
        if self._closing:
            self._size += len(data)
            if self._size > LARGEST_REST:
                self.abort()
            return
        self._wait(self._limits.idle_s)
        self._h11.receive_data(data)
        self._advance()

    def eof_received(self) -> bool:
        """Return whether the connection stays open: a client may close its side before it has its answer."""
        if self._closing:
            return False
        self._at_end = True
        self._h11.receive_data(b"")
        self._advance()
        return not self._transport.is_closing()

    def pause_writing(self) -> None:
        """Read no more requests of a client that does not take its answers."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: what was not answered, or not taken, is given up."""
        self._all.remove(self)
        if self._answering is not None:
            self._answering.cancel()
        if self._unfinished is not None:
            self._give_up(self._unfinished)
        elif self._answered is not None and (exc is not None or self._refused()):
            self._answered.give_up()

    # What goes on within

    def abort(self) -> None:
        """End the connection at once."""
        self._all.remove(self)
        self._transport.abort()

    def _wait(self, seconds: float) -> None:
        self.ends_at = self._loop.time() + seconds

    def _refused(self) -> bool:
        """Return whether the client has not taken what was sent to it."""
        if self._is_lost or self._transport.get_write_buffer_size():
            return True
        sock: socket.socket = self._transport.get_extra_info("socket")
        return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0

    def _advance(self) -> None:
        """Handle all that has come, up to an answer that takes its time."""
        try:
            while not self._closing and self._answering is None:
                event = self._h11.next_event()
                if isinstance(event, h11.Request):
                    self._begin(event)
                elif isinstance(event, h11.Data):
                    self._receive(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    self._end()
                else:
                    if isinstance(event, h11.ConnectionClosed):
                        self._transport.close()
                    return
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint, str(error))

    def _begin(self, event: h11.Request) -> None:
        head = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
        ]
        self._request = Request(event.method.decode(), event.target.decode(), tuple(head))
        if len(event.target) > LONGEST_TARGET:
            self._refuse(414, "the URL is too long")
        elif sum(len(name) + len(value) for name, value in head) > LARGEST_HEAD:
            self._refuse(431, "the head of the request is too large")
        else:
            self._unfinished = self._face.begin(self._request)
            if self._h11.they_are_waiting_for_100_continue:
                self._transport.write(CONTINUE)

    def _receive(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limits.largest_body:
            self._refuse(413, "the body of the request is too large")
        else:
            cast("Exchange", self._unfinished).receive(data)

    def _end(self) -> None:
        answer = cast("Exchange", self._unfinished).end()
        if isinstance(answer, Answer):
            self._answer(answer)
        else:
            self._transport.pause_reading()
            self.ends_at = float("inf")  # the application has a time-out of its own
            self._answering = self._loop.create_task(self._answer_later(answer))

    async def _answer_later(self, answer: Awaitable[Answer]) -> None:
        self._answer(await answer)
        self._answering = None
        self._transport.resume_reading()
        self._advance()

    def _answer(self, answer: Answer) -> None:
        """Send the answer to a whole request, and close or be ready for the next one."""
        self._unfinished, self._answered = None, self._unfinished
        final = answer.status >= 200  # else the client waits for another, or takes what follows for one
        goes_on = self._face.keeps_alive and final and self._h11.their_state is not h11.MUST_CLOSE
        self._send(answer, close=self._at_end or not goes_on)
        if not self._closing:
            rest, _ = self._h11.trailing_data
            self._h11 = h11.Connection(h11.SERVER, LARGEST_HEAD)
            self._request, self._size = None, 0
            if rest:
                self._h11.receive_data(rest)
            self._wait(self._limits.idle_s)

    def _refuse(self, status: int, why: str) -> None:
        """Send the answer to what is not a request, or too large, and close."""
        if self._unfinished is not None:
            self._unfinished.give_up()
            self._unfinished = None
        self._send(self._face.refuse(status, why), close=True)

    def _send(self, answer: Answer, *, close: bool) -> None:
        self._transport.write(answer.encode(close=close))
        self._tell(answer)
        if not close:
            return
        self._closing = True
        self._size = 0
        if self._at_end:
            self._transport.close()
        else:
            self._wait(self._limits.linger_s)
            try:
                self._transport.write_eof()
            except OSError:  # the client has gone
                self._is_lost = True
                self.abort()

    def _give_up(self, exchange: Exchange) -> None:
        exchange.give_up()
        self._tell(None)

    def _tell(self, answer: Answer | None) -> None:
        if self._all.watch is not None:
            self._all.watch(Seen(self._number, self._request, self._size, answer))
