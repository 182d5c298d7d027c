"""When all departures of a clause have one cause: what it is, and the remedy, in one line."""

import re
from collections.abc import Sequence

from bitsspec.report.model import ClauseResult
from bitsspec.spec.clauses import BITS_POSTS, OUTCOME_CLAUSES

WORDS = "success, transient or fatal"
BY_OUTCOMES: Sequence[tuple[str, str]] = (
    ("True|False", "the answers are True and False: name the predicate as retry:PACKAGE.MODULE:FUNCTION"),
    ("None", f"the answers are None: return one of the words {WORDS}"),
    (r"-?[\d.]+", f"the answers are numbers: return one of the words {WORDS}"),
    (
        "<coroutine .*",
        "the answers are coroutines: name a function that is not async",
    ),
    (r"<\w+[.:].*>|<enum .*", f"the answers are members of an enum: give them the values {WORDS}"),
    (r"'.*'", f"the answers are other words: write {WORDS}"),
)
BY_ANY_CLAUSE: Sequence[tuple[str, str]] = (
    (
        r"raised TypeError: .*(positional argument|required keyword|unexpected keyword).*",
        "it is called with other arguments than it takes: each function gets one, the status code",
    ),
    (
        r"raised AttributeError: 'int' object has no attribute .*(status|code|headers|reason|response|ok).*",
        "it wants a response: take the status code itself, an int",
    ),
    (
        r"raised (AttributeError: 'int' object has no attribute '(strip|split|startswith|isdigit|lower)'"
        r"|TypeError: .*('int' object is not (subscriptable|iterable)|has no len|string or bytes-like).*)",
        "it wants text: take the status code as a number, an int",
    ),
    (
        r"raised NotImplementedError.*",
        "it is not written yet: fill it in",
    ),
)
BY_POSTS: Sequence[tuple[str, str]] = (
    (
        r"(?!-?\d|raised ).+",
        "the answers to posts are not numbers: a program that does not count posts answers unsupported",
    ),
)


def cause(result: ClauseResult) -> str | None:
    """Return the one cause of all open departures and its remedy, None where there is no such cause."""
    answers = {departure.got for departure in result.open if departure.seen is None}
    known = list(BY_ANY_CLAUSE)
    known += BY_OUTCOMES if result.clause in OUTCOME_CLAUSES else ()
    known += BY_POSTS if result.clause is BITS_POSTS else ()
    for pattern, remedy in known if answers else ():
        if all(re.fullmatch(pattern, answer) for answer in answers):
            return remedy
    return None
