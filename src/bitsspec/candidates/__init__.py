"""Candidates: the implementations under test, by the name of their target.

A kind is one module with one function from the rest of the target to a `Candidate`;
`KINDS` is where it is named.
"""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from bitsspec.candidates.base import NO_ANSWER, Candidate, Failure
from bitsspec.errors import CannotRun
from bitsspec.settings import Settings
from bitsspec.text import encodable

__all__ = ["KINDS", "NO_ANSWER", "Candidate", "Failure", "open_candidate"]

KINDS = {
    "bits-client": "bitsspec.candidates.bits_client",
    "client": "bitsspec.candidates.client",
    "exec": "bitsspec.candidates.program",
    "python": "bitsspec.candidates.python",
    "retry": "bitsspec.candidates.retry",
    "table": "bitsspec.candidates.table",
}

LIVE = ("bits-client", "client")
"""The kinds that are watched while they upload."""
REFERENCE = "python:bitsspec.reference"
HOW_TO_NAME_ONE = (
    "write python:PACKAGE.MODULE[:ATTRIBUTE], retry:PACKAGE.MODULE:FUNCTION, exec:COMMAND LINE, table:PATH, "
    "client:COMMAND LINE WITH {url} or reference"
)


def open_candidate(
    target: object = None, *, timeout: float = Settings.timeout, jobs: int | None = None
) -> Candidate:
    """Return the candidate that ``target`` names: a target string, or a Python candidate itself.

    ``timeout`` is the time in seconds that a program has for one answer, and a live client for one upload,
    of which it makes ``jobs`` at once. None and ``reference`` name the built-in reference. Raises `CannotRun`
    when there is no such target or it cannot be used.
    """
    target = REFERENCE if target is None else target
    if not issubclass(type(target), str):  # isinstance runs code of the object's, which may raise
        from bitsspec.candidates.python import from_object

        return from_object(target)
    name = cast("str", target)
    name = REFERENCE if name.strip() == "reference" else name
    kind, colon, rest = name.partition(":")
    if not colon or kind not in KINDS:
        kind, rest = "python", name
    if not rest.strip():
        raise CannotRun(f"the target {name!r} names no candidate\n{HOW_TO_NAME_ONE}")
    opener: Callable[..., Candidate] = import_module(KINDS[kind]).open_target
    try:
        candidate = opener(rest, timeout, *([jobs] if kind in LIVE else []))
    except CannotRun as error:
        raise _with_hint(kind, rest, error) from error
    candidate.target = encodable(candidate.target)
    return candidate


def _with_hint(kind: str, rest: str, error: CannotRun) -> CannotRun:
    """Return the error of a program, with what was meant where that can be told from its command line."""
    from bitsspec.candidates import hints

    hint = hints.of_command(rest, kind) if kind == "exec" or kind in LIVE else None
    return CannotRun(f"{str(error).splitlines()[0]}\n{hint}") if hint else error
