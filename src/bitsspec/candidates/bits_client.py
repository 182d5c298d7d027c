"""Candidates as a live client of the BITS upload protocol ([MC-BUP]), which is watched.

A post is the moment at which the server has all bytes of the file and asks the server application.
"""

from collections.abc import Mapping
from typing import Final

from bitsspec.candidates.base import Candidate
from bitsspec.candidates.live import open_live

CONTESTED: Final[Mapping[int, str]] = {
    201: "the pages about the protocol's acknowledgements treat it as 200",
    401: "[MC-BUP] has a client authenticate",
    407: "[MC-BUP] has a client authenticate to the proxy",
    413: "[MC-BUP] has a client send smaller fragments",
    416: "[MC-BUP] has a client go on from the range that the server wants",
}
"""To these the client of the protocol reacts by itself; Microsoft's page makes no exception of them."""


def open_target(rest: str, timeout: float, jobs: int | None = None) -> Candidate:
    """Open a command line, or ``python:PACKAGE.MODULE:FUNCTION``, which has ``timeout`` s for one upload."""
    return open_live("bits-client", rest, timeout, jobs, bits=True, contested=CONTESTED)
