"""What a connection and a face of the server say to each other: a request, its exchange, the answer."""

from collections.abc import Awaitable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from bitsspec.wire.cases import Case
from bitsspec.wire.packets import OVERRIDE, VERB

LONGEST_HOST = 260
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_NO_LENGTH = frozenset((*range(200), 204, 304))
"""Answers that have no Content-Length (RFC 9110, section 8.6), and those that are not final."""


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    """Names as they came, and values."""

    @property
    def path(self) -> str:
        """The path and the query, also where the target is a whole URL."""
        before, separator, rest = self.target.partition("://")
        if separator and before.isalpha():
            return "/" + rest.partition("/")[2]
        return self.target

    @property
    def url(self) -> str:
        """The whole URL, as far as the client told it."""
        return f"http://{(self.get('host') or 'localhost')[:LONGEST_HOST]}{self.path}"

    @property
    def is_packet(self) -> bool:
        """Whether it is one of the BITS upload protocol, also in the older dialect."""
        return VERB in (self.method, (self.get(OVERRIDE.lower()) or "").upper())

    def get(self, name: str) -> str | None:
        """Return the value of the first header of that name, in lower case; None where there is none."""
        return next((value for header, value in self.headers if header.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status code from 0 to 999, headers, and never a body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    then: str = ""
    """What the client must do now; it is not sent."""
    posted: bool = False
    """Whether it is the server application's answer to a post, asked for this time."""

    def encode(self, *, close: bool) -> bytes:
        """Return the answer's bytes; h11 would refuse to send one that is not final."""
        lines = [f"HTTP/1.1 {self.status:03d} {_PHRASES.get(self.status, 'Unassigned')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.status not in _NO_LENGTH:
            lines.append("Content-Length: 0")
        if close:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Exchange(Protocol):
    """One request and its answer, from when its head is there."""

    def receive(self, data: bytes) -> None:
        """Take a part of the body."""

    def end(self) -> Answer | Awaitable[Answer]:
        """Return the answer, now that the request is whole."""

    def give_up(self) -> None:
        """Note that the connection ended before the request was whole, or before the answer was taken."""


class Face(Protocol):
    """What a server is to its clients: plain HTTP, or BITS."""

    keeps_alive: bool
    """Whether a connection stays open after an answer."""

    def begin(self, request: Request) -> Exchange:
        """Return the exchange that a request begins."""

    def refuse(self, status: int, why: str) -> Answer:
        """Return the answer to what is not a request, or too large."""

    def close(self) -> None:
        """End what outlives a connection."""


class Kindly:
    """A request that posts nothing: it is counted apart and answered 200."""

    def __init__(self, case: Case, then: str = "nothing: it is not an upload") -> None:
        self._case = case
        self._then = then

    def receive(self, data: bytes) -> None:
        """Drop it."""

    def end(self) -> Answer:
        """Count it."""
        self._case.others += 1
        return Answer(200, then=self._then)

    def give_up(self) -> None:
        """Do nothing: it is not a post."""
