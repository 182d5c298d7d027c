"""Wrong answers to what follows from an error: posting again, error context and HRESULT, at every code."""

from functools import partial

from bitsspec import get_error, may_repost
from tests.suite.wrong.base import Family, WrongCandidate
from tests.support.candidates import Conforming

ERROR_CODES = tuple(code for code in range(1000) if code != 200)
WRONG_CONTEXTS = (0, 1, 2, 3, 4, 5, 6, 8)
WRONG_BASE = 0x80070000  # facility Win32 in place of HTTP


class MayRepostFlipped(Conforming):
    """Says the opposite at one code."""

    def __init__(self, code: int) -> None:
        self.code = code

    def may_repost(self, status: int) -> object:
        return may_repost(status) != (status == self.code)


class WrongContext(Conforming):
    """Names another error context at one code."""

    def __init__(self, code: int, context: int) -> None:
        self.code = code
        self.context = context

    def get_error(self, status: int) -> object:
        context, hresult = get_error(status)
        return (self.context if status == self.code else context), hresult


class WrongHresult(Conforming):
    """Builds the HRESULT of one code on another base."""

    def __init__(self, code: int) -> None:
        self.code = code

    def get_error(self, status: int) -> object:
        context, hresult = get_error(status)
        return context, (WRONG_BASE + status if status == self.code else hresult)


def reposts() -> list[WrongCandidate]:
    """Return the 999 flips."""
    return [
        WrongCandidate(f"{code:03} flipped", partial(MayRepostFlipped, code), frozenset({"BITS-REPOST"}))
        for code in ERROR_CODES
    ]


def contexts() -> list[WrongCandidate]:
    """Return every wrong context at every code that answers one."""
    return [
        WrongCandidate(
            f"{code:03} context {context}", partial(WrongContext, code, context), frozenset({"BITS-CONTEXT"})
        )
        for code in ERROR_CODES
        for context in WRONG_CONTEXTS
    ]


def hresults() -> list[WrongCandidate]:
    """Return a wrong HRESULT at every code that answers one."""
    return [
        WrongCandidate(f"{code:03} HRESULT", partial(WrongHresult, code), frozenset({"BITS-HRESULT"}))
        for code in ERROR_CODES
    ]


FAMILIES = (
    Family("reposts", "whether the file may be posted again after one code", ("BITS-REPOST",), reposts),
    Family("contexts", "the error context of one code", ("BITS-CONTEXT",), contexts),
    Family("hresults", "the HRESULT of one code", ("BITS-HRESULT",), hresults),
)
