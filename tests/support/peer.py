"""A BITS server of a few lines in place of a connection, for jobs: it does as it should, or as it is told."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from bitsspec.upload.acks import Ack
from bitsspec.upload.http import Lost

SESSION = "{0E2B1F5C-0000-0000-0000-000000000001}"


def ack(status: int = 200, wanted: object = None, code: object = None, context: object = None) -> Ack:
    """Return an Ack with these headers."""
    values = (wanted, code, context)
    names = ("bits-received-content-range", "bits-error-code", "bits-error-context")
    named = {name: str(value) for name, value in zip(names, values, strict=True) if value is not None}
    return Ack(status, {"bits-packet-type": "ACK", "bits-session-id": SESSION, **named})


def of_application(status: int) -> Ack:
    """Return the Ack that carries what the server application answered."""
    return ack(status, 0 if status == 416 else None, f"0x8019{status:04X}", "0x7")


LOST = Lost("ERROR_WINHTTP_CONNECTION_ERROR")


class Peer:
    """Notes each packet, such as ``Fragment 0-4/5``, and answers it."""

    def __init__(self, told: Mapping[int, Ack | BaseException] | None = None) -> None:
        """``told`` says what it answers to which packet, counted from 0; the others it accepts."""
        self.told = dict(told or {})
        self.packets: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.closed: list[float | None] = []

    def exchange(self, headers: Sequence[tuple[str, str]], body: bytes) -> Ack:
        """Answer a packet."""
        sent = dict(headers)
        span = sent.get("Content-Range", "").removeprefix("bytes ")
        first, last = map(int, span.partition("/")[0].split("-")) if span else (0, -1)
        assert len(body) == last - first + 1
        self.packets.append(f"{sent['BITS-Packet-Type']} {span}".strip())
        self.headers.append(sent)
        answer = self.told.get(len(self.packets) - 1, ack(wanted=last + 1) if span else ack())
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self, patience: float | None = None) -> None:
        """Note that the connection is dropped."""
        self.closed.append(patience)

    @property
    def lengths(self) -> list[int]:
        """How many bytes each Fragment had, where one began at the end of that before."""
        spans = [each.split()[1].partition("/")[0] for each in self.packets if each.startswith("Fragment")]
        starts = [int(span.partition("-")[0]) for span in spans]
        return [after - before for before, after in pairwise(starts)]


class Clock:
    """Time that passes only when somebody sleeps, or a packet is sent."""

    def __init__(self, per_reading: float = 0.0) -> None:
        self.now, self.per_reading = 1_000.0, per_reading
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += self.per_reading
        return self.now

    def sleep(self, seconds: float) -> Any:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds
