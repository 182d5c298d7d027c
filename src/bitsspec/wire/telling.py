"""What a server is seen doing: a line for people, a record for programs, and a summary."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bitsspec.text import shorten
from bitsspec.wire.connection import Seen
from bitsspec.wire.exchanges import Answer
from bitsspec.wire.packets import Header, Packet, read_packet

SECRET = ("authorization", "proxy-authorization", "cookie")
"""Headers whose values are nobody's business."""
LONGEST_PATH = 60


def line_of(seen: Seen) -> str:
    """Return what came, what was answered, and what the client must do now, as one printable line."""
    came = f"#{seen.connection} {_came(seen)}"
    if seen.answer is None:
        return f"{came}: lost before it was whole; go on in another connection"
    return f"{came}: {_answered(seen.answer)}; {shorten(seen.answer.then)}"


def record_of(seen: Seen, at: float) -> dict[str, Any]:
    """Return all of an exchange but its body and secrets, ``at`` being the time in seconds since 1970."""
    time = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    request, answer = seen.request, seen.answer
    return {
        "time": time,
        "connection": seen.connection,
        "request": request
        and {"method": request.method, "target": request.target, "headers": _shown(request.headers)},
        "size": seen.size,
        "answer": answer and {"status": answer.status, "headers": _shown(answer.headers)},
        "posted": answer is not None and answer.posted,
        "then": answer and answer.then,
    }


@dataclass
class Summary:
    """What came in all."""

    requests: int = 0
    lost: int = 0
    size: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    """How often each status answered a post."""

    def add(self, seen: Seen) -> None:
        """Count an exchange."""
        self.size += seen.size
        if seen.answer is None:
            self.lost += 1
        else:
            self.requests += 1
            self.answers.update([seen.answer.status] if seen.answer.posted else [])

    def __str__(self) -> str:
        answers = ", ".join(f"{status:03} to {times:,}" for status, times in sorted(self.answers.items()))
        lines = [
            f"{_many(self.requests, 'request')} with {_many(self.size, 'byte')}, "
            f"{_many(self.answers.total(), 'post')}" + (f", answered {answers}" if answers else "")
        ]
        if self.lost:
            lines.append(f"{_many(self.lost, 'request')} lost before it was whole")
        return "; ".join(lines)


def _came(seen: Seen) -> str:
    request = seen.request
    if request is None:
        return "what is no HTTP request"
    path = shorten(request.path, LONGEST_PATH)
    if not request.is_packet:
        return f"{shorten(request.method)} {path}, {_many(seen.size, 'byte')}"
    packet = read_packet(request.get(Header.PACKET_TYPE.lower()))
    if packet is None:
        return f"an unknown packet to {path}"
    span = request.get(Header.CONTENT_RANGE.lower()) if packet is Packet.FRAGMENT else None
    return f"{packet} {path}" + (f", {shorten(span, LONGEST_PATH)}" if span else "")


def _answered(answer: Answer) -> str:
    headers = dict(answer.headers)
    error = headers.get(Header.ERROR_CODE)
    shown = f"{answer.status:03}"
    return f"{shown} ({error}, context {headers[Header.ERROR_CONTEXT]})" if error else shown


def _shown(headers: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[str(name), "(left out)" if name.lower() in SECRET else value] for name, value in headers]


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
