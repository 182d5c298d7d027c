"""The words of the BITS upload protocol, for both ends: packets, headers, errors, ranges.

From "BITS Upload Protocol" (Win32) and [MC-BUP], sections 2.2 and 3.1.5. Nothing here does I/O.
"""

import re
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VERB: Final = "BITS_POST"
OVERRIDE: Final = "X-HTTP-Method-Override"
"""Beside the verb POST, this header with the value `VERB` makes an older dialect of it."""
PROTOCOL: Final = "{7df0354d-249b-430f-820d-3d2a9bef4931}"
"""The one version of the protocol that is published."""
LONGEST_VALUE: Final = 4_096
"""Bytes of a header's value."""
LARGEST_SINGLE: Final = 5 * 1024
"""Bytes of the largest file that Windows' client always sends as one fragment ([MC-BUP], note 10)."""


class Packet(StrEnum):
    """The value of ``BITS-Packet-Type``; sent in this spelling, and recognized in any case."""

    PING = "Ping"
    CREATE_SESSION = "Create-Session"
    FRAGMENT = "Fragment"
    CLOSE_SESSION = "Close-Session"
    CANCEL_SESSION = "Cancel-Session"
    ACK = "Ack"


class Header(StrEnum):
    """The headers; their names too are recognized in any case."""

    PACKET_TYPE = "BITS-Packet-Type"
    SUPPORTED_PROTOCOLS = "BITS-Supported-Protocols"
    PROTOCOL = "BITS-Protocol"
    SESSION_ID = "BITS-Session-Id"
    RECEIVED_RANGE = "BITS-Received-Content-Range"
    ERROR_CODE = "BITS-Error-Code"
    """The name of the error in "BITS Upload Protocol"."""
    ERROR = "BITS-Error"
    """Its name in [MC-BUP]; a server sends both."""
    ERROR_CONTEXT = "BITS-Error-Context"
    ORIGINAL_URL = "BITS-Original-Request-URL"
    """What a server application is told of the URL that was uploaded to."""
    CONTENT_NAME = "Content-Name"
    CONTENT_RANGE = "Content-Range"
    CONTENT_LENGTH = "Content-Length"
    CONTENT_ENCODING = "Content-Encoding"
    ACCEPT_ENCODING = "Accept-Encoding"


BY_THE_SERVER: Final = 0x5
"""The error context of the BITS server itself."""
BY_THE_APPLICATION: Final = 0x7
"""The error context of the server application, whose status the Ack then has."""

S_OK: Final = 0
E_ACCESSDENIED: Final = 0x8007_0005
E_INVALIDARG: Final = 0x8007_0057
E_FAIL: Final = 0x8000_4005
BG_E_SESSION_NOT_FOUND: Final = 0x8020_001F
BG_E_TOO_LARGE: Final = 0x8020_0020

_PACKETS = {packet.lower(): packet for packet in Packet if packet is not Packet.ACK}
_RANGE = re.compile(r"bytes[ \t]+([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19})", re.IGNORECASE | re.ASCII)
_HRESULT = re.compile(r"(?:0x)?([0-9a-f]{1,8})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """Which bytes of a file a fragment has: ``first`` to ``last``, both included, of ``total``."""

    first: int
    last: int
    total: int

    def __str__(self) -> str:
        return f"bytes {self.first}-{self.last}/{self.total}"

    def __len__(self) -> int:
        return self.last - self.first + 1

    @classmethod
    def read(cls, text: str) -> "Range | None":
        """Return the range that a ``Content-Range`` names; None where it names no bytes of a file."""
        found = _RANGE.fullmatch(text.strip())
        if found is None:
            return None
        first, last, total = map(int, found.groups())
        return cls(first, last, total) if first <= last < total else None


def read_packet(text: str | None) -> Packet | None:
    """Return the type of a request; None for an unknown one, and for an Ack, which is an answer."""
    return _PACKETS.get((text or "").strip().lower())


def supports(protocols: str) -> bool:
    """Say whether `PROTOCOL` is in a list with spaces or commas between the GUIDs."""
    return uuid.UUID(PROTOCOL) in map(read_guid, re.split(r"[\s,]+", protocols))


def read_guid(text: str) -> uuid.UUID | None:
    """Return the GUID that is written with or without braces, in any case; None for anything else."""
    bare = text.strip()
    bare = bare[1:-1] if bare[:1] == "{" and bare[-1:] == "}" else bare
    try:
        guid = uuid.UUID(bare)
    except ValueError:
        return None
    return guid if str(guid) == bare.lower() else None


def show_guid(guid: uuid.UUID) -> str:
    """Return a GUID as headers have it, in braces."""
    return f"{{{guid}}}"


def read_number(text: str | None) -> int | None:
    """Return an error or a context, hexadecimal with or without ``0x``; None for anything else."""
    found = _HRESULT.fullmatch((text or "").strip())
    return int(found[1], 16) if found else None


def show_number(number: int) -> str:
    """Return the number of an error or a context as headers have it."""
    return f"0x{number:X}"
