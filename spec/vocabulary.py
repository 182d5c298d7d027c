"""The words the rules are written in."""

from enum import IntEnum, StrEnum
from typing import Final


class Outcome(StrEnum):
    """What a BITS client makes of the server application's answer to an upload.

    Each member equals its plain text: ``Outcome.FATAL == "fatal"``.
    """

    SUCCESS = "success"
    """The server application took the file; nothing is posted again."""
    TRANSIENT = "transient"
    """An error; the client posts the file again by itself after the retry delay."""
    FATAL = "fatal"
    """An error; the client posts nothing more until the application calls ``Resume``."""


class ErrorContext(IntEnum):
    """``BG_ERROR_CONTEXT`` of ``bits.h``: where a job's error arose."""

    NONE = 0
    UNKNOWN = 1
    GENERAL_QUEUE_MANAGER = 2
    QUEUE_MANAGER_NOTIFICATION = 3
    LOCAL_FILE = 4
    REMOTE_FILE = 5
    GENERAL_TRANSPORT = 6
    REMOTE_APPLICATION = 7
    SERVER_CERTIFICATE_CALLBACK = 8


class Capability(StrEnum):
    """What a candidate can be asked; only ``CLASSIFY`` is required of it."""

    CLASSIFY = "classify"
    REPOST = "repost"
    CONTEXT = "context"
    HRESULT = "hresult"
    POSTS = "posts"


class Level(StrEnum):
    """``MUST`` clauses always run, ``SHOULD`` clauses in a strict run only."""

    MUST = "must"
    SHOULD = "should"


STATUS_CODES: Final = range(1000)
"""000-999: what three digits on a status line can say (RFC 9112, section 4)."""

HTTP_HRESULT_BASE: Final = 0x8019_0000
"""The HRESULT of an HTTP status is this plus the status ("BITS Return Values")."""

RETRY: Final = "retry"
"""The event that the retry delay has run out."""
RESUME: Final = "resume"
"""The event that the application calls ``Resume``."""
REJECTED: Final = "rejected"
"""What a candidate does with a value it refuses to classify."""
