"""Sending packets and taking their Acks, over one connection that is kept while the server keeps it.

h11 builds and reads the messages. What fails is a `Lost`, with the error that Windows' own HTTP client has
for it ("Error Messages (Winhttp.h)").
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlsplit

import h11

from bitsspec import __version__
from bitsspec.spec.vocabulary import ErrorContext, Outcome
from bitsspec.upload.acks import Ack
from bitsspec.upload.vocabulary import JobError
from bitsspec.windows_errors import named
from bitsspec.wire.packets import VERB, Header

REQUEST_S = 120.0
"""For connecting, and for sending one packet ([MC-BUP] 3.1.2)."""
RESPONSE_S = 300.0
"""For the whole of an Ack ([MC-BUP] 3.1.2)."""
LINGER_S = 1.0
"""For an answer to what could not be sent whole, and for what follows the head of an Ack."""
MOST_BODY = 65_536
"""Bytes of what follows the head of an Ack that are read, to keep the connection."""
_PIECE = 65_536


class Lost(Exception):
    """There was no answer, or none that can be read; ``error`` is what a job says of it."""

    def __init__(self, name: str, outcome: Outcome = Outcome.TRANSIENT) -> None:
        super().__init__(name)
        self.error = JobError(outcome, ErrorContext.REMOTE_FILE, named(name) or 0)


class Transport(Protocol):
    """What a job sends packets by; the tests have one that follows a script."""

    def exchange(self, headers: Sequence[tuple[str, str]], body: bytes) -> Ack:
        """Send one packet and return the answer; raises `Lost` where there is none."""

    def close(self, patience: float | None = None) -> None:
        """Drop the connection; the next packet has another, and no more than ``patience`` seconds."""


@dataclass(frozen=True)
class Address:
    """Where to upload to."""

    secure: bool
    host: str
    port: int
    authority: str
    target: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Read a URL; raises ValueError unless it is of http or https, with a host and without a password."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is not a URL that begins with http:// or https:// and a host")
        if "@" in parts.netloc:
            raise ValueError("a URL with a user and a password is not supported")
        host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode()
        port = parts.port or (443 if secure else 80)
        shown = f"[{host}]" if ":" in host else host
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
        if parts.query:
            target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?")
        return cls(secure, host, port, f"{shown}:{parts.port}" if parts.port else shown, target)


_FAILURES: tuple[tuple[type[Exception], str, Outcome], ...] = (
    (socket.gaierror, "ERROR_WINHTTP_NAME_NOT_RESOLVED", Outcome.TRANSIENT),
    (ssl.SSLCertVerificationError, "ERROR_WINHTTP_SECURE_FAILURE", Outcome.FATAL),
    (ssl.SSLError, "ERROR_WINHTTP_SECURE_FAILURE", Outcome.TRANSIENT),
    (TimeoutError, "ERROR_WINHTTP_TIMEOUT", Outcome.TRANSIENT),
    (h11.RemoteProtocolError, "ERROR_WINHTTP_INVALID_SERVER_RESPONSE", Outcome.TRANSIENT),
    (ConnectionError, "ERROR_WINHTTP_CONNECTION_ERROR", Outcome.TRANSIENT),
    (OSError, "ERROR_WINHTTP_CANNOT_CONNECT", Outcome.TRANSIENT),
)
"""What an exception is to a job: the first row that fits."""


def _lost(error: Exception, *, connecting: bool = False) -> Lost:
    if connecting and isinstance(error, ConnectionError):
        return Lost("ERROR_WINHTTP_CANNOT_CONNECT")
    return next(Lost(name, outcome) for kind, name, outcome in _FAILURES if isinstance(error, kind))


class Http:
    """Sends packets by HTTP/1.1; proxies are not used."""

    def __init__(
        self,
        url: str,
        *,
        request_s: float = REQUEST_S,
        response_s: float = RESPONSE_S,
        linger_s: float = LINGER_S,
        clock: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``tls`` is the context of https; without one the system's authorities are trusted.

        Raises ValueError for a URL that `Address.of` does not take.
        """
        self._address = Address.of(url)
        self._request_s, self._response_s, self._linger_s = request_s, response_s, linger_s
        self._clock = clock
        self._tls = (tls or ssl.create_default_context()) if self._address.secure else None
        self._socket: socket.socket | None = None

    def close(self, patience: float | None = None) -> None:
        """Drop the connection; the next packet has another, and no more than ``patience`` seconds."""
        if patience is not None:
            self._request_s, self._response_s = patience, patience
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def exchange(self, headers: Sequence[tuple[str, str]], body: bytes) -> Ack:
        """Send one packet and return the answer; raises `Lost` where there is none."""
        if self._socket is not None and _has_ended(self._socket):
            self.close()
        if self._socket is None:
            try:
                self._socket = self._connect()
            except OSError as error:
                raise _lost(error, connecting=True) from error
        http = h11.Connection(h11.CLIENT)
        response, is_reusable = None, False
        try:
            was_sent = self._send(self._socket, http, headers, body)
            # A server that takes no more may have said why.
            response = self._receive(self._socket, http, self._response_s if was_sent else self._linger_s)
            is_reusable = self._drain(self._socket, http, response) and was_sent
        except (OSError, h11.RemoteProtocolError) as error:
            if response is None:
                raise _lost(error) from error
        finally:
            if not is_reusable:
                self.close()
        return Ack(response.status_code, _by_name(response))

    def _connect(self) -> socket.socket:
        address = self._address
        plain = socket.create_connection((address.host, address.port), self._request_s)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=address.host)
        except BaseException:
            plain.close()
            raise

    def _send(
        self, connection: socket.socket, http: h11.Connection, headers: Sequence[tuple[str, str]], body: bytes
    ) -> bool:
        """Send a request; return whether that succeeded."""
        every = [
            ("Host", self._address.authority),
            ("User-Agent", f"bitsspec/{__version__}"),
            ("Accept", "*/*"),
            *headers,
            (Header.CONTENT_LENGTH, str(len(body))),
        ]
        request = h11.Request(method=VERB, target=self._address.target, headers=every)
        data = b"".join(
            http.send(event) or b"" for event in (request, h11.Data(data=body), h11.EndOfMessage())
        )
        connection.settimeout(self._request_s)
        try:
            connection.sendall(data)
        except OSError:
            return False
        return True

    def _receive(self, connection: socket.socket, http: h11.Connection, patience: float) -> h11.Response:
        """Return the head of the answer, whatever interim answers come before it."""
        until = self._clock() + patience
        while True:
            event = self._event(connection, http, until)
            if isinstance(event, h11.Response):
                return event

    def _drain(self, connection: socket.socket, http: h11.Connection, response: h11.Response) -> bool:
        """Read what follows the head; return whether the connection can be kept.

        Where no length is given it lasts until the server closes, which some never do: that is not awaited.
        """
        framed = {b"content-length", b"transfer-encoding"} & {name for name, _ in response.headers}
        if not framed and response.status_code not in (204, 304):
            return False
        until, read = self._clock() + self._linger_s, 0
        while read <= MOST_BODY:
            event = self._event(connection, http, until)
            if isinstance(event, h11.Data):
                read += len(event.data)
            else:
                is_at_its_end = not http.trailing_data[0]  # and not in what answers no request
                return is_at_its_end and http.our_state is h11.DONE and http.their_state is h11.DONE
        return False

    def _event(self, connection: socket.socket, http: h11.Connection, until: float) -> object:
        while (event := http.next_event()) is h11.NEED_DATA:
            left = until - self._clock()
            if left <= 0:
                raise TimeoutError("no answer in time, though something came")
            connection.settimeout(left)
            data = connection.recv(_PIECE)
            if not data:
                raise ConnectionResetError("closed before the answer was whole")
            http.receive_data(data)
        return event


def _has_ended(connection: socket.socket) -> bool:
    """Say whether the server closed a connection since its last answer, or sent what nobody asked for."""
    connection.settimeout(0)
    try:
        connection.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        pass
    return True


def _by_name(response: h11.Response) -> dict[str, str]:
    """Return the headers by their names in lower case; of several with one name the first."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        found.setdefault(name.decode("ascii"), value.decode("latin-1"))
    return found
