"""Every wrong answer to one question about one code: outcome, posting again, error context, HRESULT."""

from collections.abc import Callable, Iterator

import bitsspec
from bitsspec import Outcome, classify, get_error, may_repost
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate, owner
from tests.support.candidates import Conforming

Mistakes = Iterator[tuple[str, object]]
"""The wrong answers for one code, each with a name."""

ERROR_CODES = tuple(code for code in range(1000) if code != 200)
WRONG_BASE = 0x80070000  # facility Win32 in place of HTTP


class WrongAtOneCode(Conforming):
    """Answers one question about one code wrongly; a value that merely equals the code is not a code."""

    def __init__(self, question: str, code: int, answer: object) -> None:
        right = getattr(bitsspec, question)
        setattr(
            self, question, lambda status: answer if status == code and type(status) is int else right(status)
        )


def outcomes(code: int) -> Mistakes:
    return ((str(outcome), str(outcome)) for outcome in Outcome if outcome is not classify(code))


def reposts(code: int) -> Mistakes:
    yield "flipped", not may_repost(code)


def contexts(code: int) -> Mistakes:
    return ((f"context {context}", (context, get_error(code)[1])) for context in (0, 1, 2, 3, 4, 5, 6, 8))


def hresults(code: int) -> Mistakes:
    yield "HRESULT", (7, WRONG_BASE + code)


def at_each_code(question: str, clause: str, mistakes: Callable[[int], Mistakes]) -> list[WrongCandidate]:
    """Return a wrong candidate for each mistake at each code that ``clause`` (or any, if empty) governs."""
    return [
        WrongCandidate(
            f"{code:03} {name}", WrongAtOneCode(question, code, answer), frozenset({clause or owner(code)})
        )
        for code in (ERROR_CODES if clause else range(1000))
        for name, answer in mistakes(code)
    ]


OUTCOMES = Family(
    "outcomes", "the outcome of one code", OUTCOME_CLAUSES, lambda: at_each_code("classify", "", outcomes)
)
ERRORS = (
    Family(
        "reposts",
        "whether the file may be posted again after one code",
        ("BITS-REPOST",),
        lambda: at_each_code("may_repost", "BITS-REPOST", reposts),
    ),
    Family(
        "contexts",
        "the error context of one code",
        ("BITS-CONTEXT",),
        lambda: at_each_code("get_error", "BITS-CONTEXT", contexts),
    ),
    Family(
        "hresults",
        "the HRESULT of one code",
        ("BITS-HRESULT",),
        lambda: at_each_code("get_error", "BITS-HRESULT", hresults),
    ),
)
