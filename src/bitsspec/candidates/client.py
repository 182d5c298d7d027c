"""Candidates as a live client over plain HTTP: it uploads by PUT, POST or PATCH, and is watched."""

from bitsspec.candidates.base import Candidate
from bitsspec.candidates.live import open_live


def open_target(rest: str, timeout: float, jobs: int | None = None) -> Candidate:
    """Open a command line, or ``python:PACKAGE.MODULE:FUNCTION``, which has ``timeout`` s for one upload."""
    return open_live("client", rest, timeout, jobs)
