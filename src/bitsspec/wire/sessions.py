"""The sessions of a BITS server, without I/O: a packet comes in, an Ack or a question goes out."""

# Theory of operation
# ===================
#
# A session receives one file. Its states and what moves it from one to another are `TRANSITIONS`:
#
#   RECEIVING   bytes are missing; a fragment may begin at or before the first missing byte
#   ASKING      all bytes are there, and the server application has been asked
#   ANSWERED    it has answered; one more fragment has it asked again ([MC-BUP], section 3.2.5.1.2)
#   FORBIDDEN   it has answered 403, which is remembered and repeated without asking
#   GONE        closed, cancelled, or expired
#
# A fragment is the one event that takes time: it arrives in parts, and its connection may be lost. What came
# of it is kept, so the next one begins anywhere up to there. While a client thinks that a connection is lost,
# the server may still wait for it, so a session heeds the fragment that began last, and no other one.
#
# An answer may be late: the client has sent a fragment again, or closed the session. So all states know them.
#
# The application's 416 is told with the offset 0, since with the real one a client would take the upload for
# done. A server must stand by what it says: it is RECEIVING from 0 again.
#
# Memory is bounded by `Bounds`: the session that nobody spoke of for longest is given up first.

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE
from bitsspec.wire.advice import after
from bitsspec.wire.exchanges import Answer, Request
from bitsspec.wire.packets import (
    BG_E_SESSION_NOT_FOUND,
    BG_E_TOO_LARGE,
    BY_THE_APPLICATION,
    BY_THE_SERVER,
    E_FAIL,
    E_INVALIDARG,
    PROTOCOL,
    S_OK,
    Header,
    Packet,
    Range,
    read_guid,
    read_packet,
    show_guid,
    show_number,
    supports,
)


class State(Enum):
    """Where a session is."""

    RECEIVING = auto()
    ASKING = auto()
    ANSWERED = auto()
    FORBIDDEN = auto()
    GONE = auto()


class Event(Enum):
    """What moves a session."""

    PART = auto()
    """A fragment has come, and bytes are missing yet."""
    WHOLE = auto()
    """A fragment has come, and no byte is missing."""
    ANSWER = auto()
    """The server application has answered anything but the two that follow."""
    ANSWER_403 = auto()
    ANSWER_416 = auto()
    CLOSE = auto()
    CANCEL = auto()


_R, _ASK, _A, _F, _G = State.RECEIVING, State.ASKING, State.ANSWERED, State.FORBIDDEN, State.GONE
_END = {Event.CLOSE: _G, Event.CANCEL: _G}

TRANSITIONS: Final[dict[State, dict[Event, State]]] = {
    _R: {
        Event.PART: _R,
        Event.WHOLE: _ASK,
        **dict.fromkeys((Event.ANSWER, Event.ANSWER_416), _R),
        Event.ANSWER_403: _F,
        **_END,
    },
    _ASK: {Event.WHOLE: _ASK, Event.ANSWER: _A, Event.ANSWER_403: _F, Event.ANSWER_416: _R, **_END},
    _A: {Event.WHOLE: _ASK, Event.ANSWER: _A, Event.ANSWER_403: _F, Event.ANSWER_416: _R, **_END},
    _F: {Event.WHOLE: _F, **dict.fromkeys((Event.ANSWER, Event.ANSWER_403, Event.ANSWER_416), _F), **_END},
    _G: dict.fromkeys((Event.ANSWER, Event.ANSWER_403, Event.ANSWER_416), _G),
}
"""What becomes of a session: a pair that is not here cannot happen."""

EVENT_OF_ANSWER: Final = {403: Event.ANSWER_403, 416: Event.ANSWER_416}
"""The answers of the application that a session does not treat like all others."""


@dataclass(frozen=True)
class Bounds:
    """What a server keeps."""

    sessions: int = 4_096
    idle_s: float = 24 * 3600.0
    """Seconds after which a session is given up of which no packet spoke."""
    largest: int = 4 * 1024**3
    """Bytes of a file."""


@dataclass(eq=False)
class Session:
    """One upload of one file."""

    guid: uuid.UUID
    path: str
    """Where it is uploaded to: path and query."""
    url: str
    """The same as a whole URL, as the client named this server."""
    touched: float
    """When a packet last spoke of it."""
    state: State = State.RECEIVING
    total: int | None = None
    """The size of the file in bytes, once a fragment has told it."""
    received: int = 0
    """How many bytes, from the first on, are there: the offset of the next one."""
    current: "Fragment | None" = field(default=None, repr=False)
    """The fragment that began last."""

    def move(self, event: Event) -> State:
        """Move to the next state, and return it; raises KeyError for what cannot happen."""
        self.state = TRANSITIONS[self.state][event]
        return self.state

    def answered(self, status: int) -> Answer:
        """Return the Ack to the fragment for which the application was asked; it has answered ``status``."""
        if self.move(EVENT_OF_ANSWER.get(status, Event.ANSWER)) is State.RECEIVING and status == 416:
            self.received, self.current = 0, None
        return replace(self.told(status), posted=True)

    def told(self, status: int) -> Answer:
        """Return the Ack that carries a status of the application's, which may be one that is remembered."""
        wanted = 0 if status == 416 else self.received
        error = () if status == 200 else _error(HTTP_HRESULT_BASE + status, BY_THE_APPLICATION)
        return _ack(status, *self.names(wanted), *error, then=after(status))

    def names(self, wanted: int | None = None) -> tuple[tuple[str, str], ...]:
        """Return the headers that name the session, and the offset that is wanted next."""
        named = ((Header.SESSION_ID, show_guid(self.guid)),)
        return named if wanted is None else (*named, (Header.RECEIVED_RANGE, str(wanted)))


@dataclass(frozen=True, slots=True)
class Question:
    """The application is to be asked about the file of a session, and then `Session.answered` told."""

    session: Session


class Fragment:
    """A fragment of which the head has come."""

    def __init__(self, session: Session, span: Range) -> None:
        self.session = session
        self._at = span.first
        self._failed = False
        session.current = self

    def receive(self, data: bytes) -> tuple[int, bytes]:
        """Take a part of its body, and return what of it is new and the offset where that belongs."""
        session = self.session
        new = data[max(session.received - self._at, 0) :]
        self._at += len(data)
        if session.current is not self or session.state is State.GONE or self._failed:
            return session.received, b""
        offset = session.received
        session.received += len(new)
        return offset, new

    def fail(self, offset: int) -> None:
        """Have no byte from ``offset`` on, as it could not be stored; the Ack will say so."""
        self._failed = True
        self.session.received = offset

    def end(self) -> Answer | Question:
        """Return what comes of the fragment, now that all of it has come."""
        session = self.session
        if session.state is State.GONE:
            return _unknown_session()
        if session.current is not self:
            return _out_of_step(session)
        session.current = None
        if self._failed:
            return _ack(500, *session.names(), *_error(E_FAIL, BY_THE_SERVER), then="wait, and try again")
        if session.received != session.total:
            session.move(Event.PART)
            wanted = session.received
            return _ack(200, *session.names(wanted), then=f"send the Fragment that begins at byte {wanted}")
        return Question(session) if session.move(Event.WHOLE) is State.ASKING else session.told(403)


class Sessions:
    """All sessions of a server."""

    def __init__(
        self,
        bounds: Bounds | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        new_guid: Callable[[], uuid.UUID] = uuid.uuid4,
        on_gone: Callable[[Session], None] = lambda _session: None,
    ) -> None:
        """``on_gone`` is called with each session that ends, however it does."""
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._new_guid = new_guid
        self._on_gone = on_gone
        self._open: dict[uuid.UUID, Session] = {}  # the one of which nobody spoke for longest comes first

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, request: Request) -> Answer | Fragment:
        """Return the Ack to a packet of which the head has come, or the fragment that now follows.

        The body of any other packet is of no interest.
        """
        self._expire()
        packet = read_packet(request.get("bits-packet-type"))
        if packet is None or request.get("content-length") is None:
            return _invalid("send a known BITS-Packet-Type, and a Content-Length")
        if packet is Packet.PING:
            return _ack(200, then="go on")
        if packet is Packet.CREATE_SESSION:
            return self._create(request)
        session = self._find(request.get("bits-session-id"))
        if session is None:
            return _unknown_session()
        if packet is Packet.FRAGMENT:
            return self._fragment(session, request)
        self._end(session, Event.CLOSE if packet is Packet.CLOSE_SESSION else Event.CANCEL)
        return _ack(200, *session.names(), then="forget the session")

    def clear(self) -> None:
        """End all sessions."""
        for session in list(self._open.values()):
            self._end(session, Event.CANCEL)

    def _create(self, request: Request) -> Answer:
        if not supports(request.get("bits-supported-protocols") or ""):
            return _invalid(f"offer the protocol {PROTOCOL}")
        if len(self._open) >= self._bounds.sessions:
            self._end(next(iter(self._open.values())), Event.CANCEL)
        session = Session(self._new_guid(), request.path, request.url, self._clock())
        self._open[session.guid] = session
        headers = ((Header.PROTOCOL, PROTOCOL), *session.names(), (Header.ACCEPT_ENCODING, "identity"))
        return _ack(200, *headers, then="send the first Fragment")

    def _find(self, name: str | None) -> Session | None:
        guid = read_guid(name or "")
        session = self._open.pop(guid, None) if guid is not None else None
        if session is not None:
            session.touched = self._clock()
            self._open[session.guid] = session
        return session

    def _fragment(self, session: Session, request: Request) -> Answer | Fragment:
        span = Range.read(request.get("content-range") or "")
        encoding = (request.get("content-encoding") or "identity").lower()
        if span is None or len(span) != int(request.get("content-length") or 0) or encoding != "identity":
            return _invalid("send a Content-Range of a file's bytes, that has as many as the body", session)
        if session.total not in (None, span.total):
            return _invalid(f"send fragments of one file: it had {session.total} bytes", session)
        if span.total > self._bounds.largest:
            error = _error(BG_E_TOO_LARGE, BY_THE_SERVER)
            return _ack(413, *session.names(session.received), *error, then="stop: the file is too large")
        session.total = span.total
        return _out_of_step(session) if span.first > session.received else Fragment(session, span)

    def _end(self, session: Session, event: Event) -> None:
        session.move(event)
        del self._open[session.guid]
        self._on_gone(session)

    def _expire(self) -> None:
        oldest = next(iter(self._open.values()), None)
        while oldest is not None and self._clock() - oldest.touched > self._bounds.idle_s:
            self._end(oldest, Event.CANCEL)
            oldest = next(iter(self._open.values()), None)


def refusal(status: int, why: str) -> Answer:
    """Return the Ack to what is not a request, or too large."""
    return _ack(status, *_error(E_INVALIDARG, BY_THE_SERVER), then=f"stop: {why}")


def _ack(status: int, *headers: tuple[str, str], then: str) -> Answer:
    return Answer(status, ((Header.PACKET_TYPE, Packet.ACK), *headers), then)


def _error(hresult: int, context: int) -> tuple[tuple[str, str], ...]:
    """Return the headers of an error; the two pages name the first one differently."""
    number = show_number(hresult)
    return (
        (Header.ERROR_CODE, number),
        (Header.ERROR, number),
        (Header.ERROR_CONTEXT, show_number(context)),
    )


def _invalid(then: str, session: Session | None = None) -> Answer:
    named = session.names() if session else ()
    return _ack(400, *named, *_error(E_INVALIDARG, BY_THE_SERVER), then=then)


def _unknown_session() -> Answer:
    return _ack(500, *_error(BG_E_SESSION_NOT_FOUND, BY_THE_SERVER), then="begin again with Create-Session")


def _out_of_step(session: Session) -> Answer:
    wanted = session.received
    then = f"send the Fragment that begins at byte {wanted}"
    return _ack(416, *session.names(wanted), *_error(S_OK, BY_THE_SERVER), then=then)
