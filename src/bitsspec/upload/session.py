"""One upload as the packets of the BITS upload protocol: what to send next, and what an Ack changes. No I/O.

From "BITS Upload Protocol" and [MC-BUP] 3.1: one file, one outstanding request at a time.
"""

from dataclasses import dataclass
from urllib.parse import quote

from bitsspec.spec.vocabulary import ErrorContext, Outcome
from bitsspec.upload.acks import FRAGMENTS, Ack, Reading, Step, error_of, read
from bitsspec.upload.vocabulary import JobError
from bitsspec.windows_errors import named
from bitsspec.wire.packets import LARGEST_SINGLE, PROTOCOL, Header, Packet, Range, supports

LEAST_FRAGMENT = LARGEST_SINGLE
MOST_FRAGMENT = 13 * 1024 * 1024
FIRST_FRAGMENT = 64 * 1024
QUICK_S, SLOW_S = 1.0, 10.0
"""Fragments grow while one takes less than this, and shrink where one takes more."""
PATIENCE = 3
"""How often in a row the server may ask for something else without getting further."""


@dataclass(frozen=True)
class Request:
    """A packet to send; its body is the file from ``start`` to ``stop``."""

    headers: tuple[tuple[str, str], ...]
    start: int = 0
    stop: int = 0


class Session:
    """Where one upload is; its session on the server may have to be made anew."""

    def __init__(self, total: int, name: str) -> None:
        """``total`` is the size of the file in bytes, at least 1: no range of bytes says otherwise."""
        self.total = total
        self.progress = 0
        """How many bytes the server has acknowledged, in whichever session it had most."""
        self.is_done = False
        """Whether the server application took the file, and the session is closed."""
        self._name = quote(name, safe=" !#$&'()+,;=@[]^`{}~")
        self._size, self._most = FIRST_FRAGMENT, MOST_FRAGMENT
        self._restarts = 0
        self._must_ping = self._is_resumed = False
        self._forget()

    def _forget(self) -> None:
        self._id = ""
        self._offset = self._received = 0
        self._stalls = 0
        self._is_taken = False

    @property
    def step(self) -> Step:
        """What to send next."""
        if not self._id:
            return Step.CREATE
        if self._must_ping:
            return Step.PING
        if self._is_taken:
            return Step.CLOSE
        return Step.LAST_FRAGMENT if self._stop == self.total else Step.FRAGMENT

    @property
    def _stop(self) -> int:
        return min(self._offset + self._size, self.total)

    def request(self) -> Request:
        """Return the packet to send next."""
        step = self.step
        headers: list[tuple[str, str]] = [(Header.PACKET_TYPE, step.packet)]
        if step is Step.CREATE:
            headers.append((Header.SUPPORTED_PROTOCOLS, PROTOCOL))
        elif step is not Step.PING:
            headers.append((Header.SESSION_ID, self._id))
        if step not in FRAGMENTS:
            return Request(tuple(headers))
        headers.append((Header.CONTENT_RANGE, str(Range(self._offset, self._stop - 1, self.total))))
        if self._offset == 0:
            headers.append((Header.CONTENT_NAME, self._name))
        return Request(tuple(headers), self._offset, self._stop)

    def cancellation(self) -> Request | None:
        """Return the packet that ends the session early; None where there is no session to end."""
        if not self._id or self.is_done:
            return None
        return Request(((Header.PACKET_TYPE, Packet.CANCEL_SESSION), (Header.SESSION_ID, self._id)))

    def answered(self, ack: Ack, seconds: float) -> JobError | None:
        """Take the Ack that came after ``seconds``; return the error that ends this attempt, if one does."""
        step, reading = self.step, self._read(ack)
        if step is Step.LAST_FRAGMENT and ack.is_of_the_application(step):
            self.progress = self.total  # it is asked once all bytes are there
        if reading in (Reading.TRANSIENT, Reading.FATAL):
            return error_of(step, ack, Outcome(reading))
        if reading is Reading.NEW_SESSION:
            return self._start_over(ack)
        if reading is Reading.RESYNC:
            return self._resynchronise(ack)
        if reading is Reading.SMALLER:
            return self._shrink(ack)
        if step is Step.CREATE:
            return self._created(ack)
        if step in FRAGMENTS:
            return self._fragment_accepted(ack, seconds)
        self._must_ping, self.is_done = False, step is Step.CLOSE
        return None

    def _read(self, ack: Ack) -> Reading:
        step, reading = self.step, read(self.step, ack)
        is_of_the_server = step in FRAGMENTS and not ack.is_of_the_application(step)
        if reading is Reading.FATAL and self._is_resumed and is_of_the_server:
            # A server that keeps sessions on their connections has forgotten this one.
            return Reading.NEW_SESSION
        return reading

    def lost(self) -> None:
        """Note that there was no answer: smaller fragments may get through."""
        self._size = max(LEAST_FRAGMENT, self._size // 2)

    def reconnect(self) -> None:
        """Begin another attempt: Ping, then what was to be sent."""
        self._stalls = self._restarts = 0
        self._must_ping = self._is_resumed = bool(self._id)

    def _created(self, ack: Ack) -> JobError | None:
        self._id = ack.header(Header.SESSION_ID)
        protocol = ack.header(Header.PROTOCOL)
        if not ack.is_one or not self._id:
            return _fails("BG_E_INVALID_SERVER_RESPONSE", ack, Outcome.FATAL)
        if protocol and not supports(protocol):
            return _fails("BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH", ack, Outcome.FATAL)
        return None

    def _fragment_accepted(self, ack: Ack, seconds: float) -> JobError | None:
        if not ack.is_one:  # something between here and the server
            return _fails("BG_E_INVALID_SERVER_RESPONSE", ack, Outcome.TRANSIENT)
        self._is_resumed = False
        start, stop = self._offset, self._stop
        wanted = stop if ack.wanted is None or ack.wanted > self.total else ack.wanted
        self._adapt(stop - start, seconds)
        if wanted <= start:
            self._stalls += 1
        if wanted == stop == self.total:
            self._is_taken = True
        return self._go_to(wanted, ack)

    def _resynchronise(self, ack: Ack) -> JobError | None:
        wanted, is_last = ack.wanted, self.step is Step.LAST_FRAGMENT
        # Without an offset nobody knows where the server is. One that has all bytes and refuses the last ones
        # would never ask the server application.
        if wanted is None or wanted > self.total or (wanted == self.total and is_last):
            return self._start_over(ack)
        self._stalls += 1
        return self._go_to(wanted, ack)

    def _go_to(self, wanted: int, ack: Ack) -> JobError | None:
        """Go on with the byte that the server wants; with the last Fragment where it has them all already."""
        self._offset = wanted if wanted < self.total else max(0, self.total - self._size)
        if wanted > self._received:
            self._received, self._stalls = wanted, 0
        if wanted > self.progress:
            self.progress, self._restarts = wanted, 0
        if self._stalls > PATIENCE:
            return _fails("BG_E_INVALID_SERVER_RESPONSE", ack, Outcome.TRANSIENT)
        return None

    def _start_over(self, ack: Ack) -> JobError | None:
        self._forget()
        self._is_resumed = False
        self._restarts += 1
        if self._restarts > PATIENCE:
            return _fails("BG_E_SESSION_NOT_FOUND", ack, Outcome.TRANSIENT)
        return None

    def _shrink(self, ack: Ack) -> JobError | None:
        length = self._stop - self._offset
        if length <= LEAST_FRAGMENT:
            return error_of(self.step, ack, Outcome.FATAL)
        self._size = self._most = max(LEAST_FRAGMENT, length // 2)
        return None

    def _adapt(self, length: int, seconds: float) -> None:
        if seconds > SLOW_S:
            self._size = max(LEAST_FRAGMENT, self._size // 2)
        elif seconds < QUICK_S and length == self._size:
            self._size = min(self._most, self._size * 2)


def _fails(name: str, ack: Ack, outcome: Outcome) -> JobError:
    return JobError(outcome, ErrorContext.REMOTE_FILE, named(name) or 0, ack.status)
