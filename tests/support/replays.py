"""Candidates in files whose answers depend on earlier calls, and asking a fresh import of one by hand."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from bitsspec.candidates import open_candidate
from bitsspec.history import Call
from bitsspec.spec import Capability

HEAD = "from bitsspec import reference as right\n"
LAST_ERROR = f"""{HEAD}
left = []
def classify(status):
    left[:] = [right.get_error(status)] if status != 200 else []
    return right.classify(status)
def get_error(status):
    return left.pop() if left else right.get_error(status)
"""
TWO_QUESTIONS = f"""{HEAD}
forbidden = set()
def classify(status):
    return "transient" if status in forbidden else right.classify(status)
def may_repost(status):
    if not right.may_repost(status):
        forbidden.add(status)
    return right.may_repost(status)
"""
ATTEMPTS = f"""{HEAD}
attempts = 0
def classify(status):
    global attempts
    outcome = right.classify(status)
    attempts += outcome == "transient"
    return "fatal" if outcome == "transient" and attempts > 40 else outcome
"""
BREAKER = f"""{HEAD}
in_a_row = 0
def classify(status):
    global in_a_row
    outcome = right.classify(status)
    is_open = in_a_row >= 3
    in_a_row = in_a_row + 1 if status in (500, 502, 503, 504) else 0
    return "fatal" if is_open and outcome == "transient" else outcome
"""
CACHE = f"""{HEAD}
import functools
class Code(int):
    def __eq__(self, other):
        return self % 256 == other % 256
    def __hash__(self):
        return self % 256
known = functools.cache(lambda code: right.classify(int(code)))
def classify(status):
    right.classify(status)
    return known(Code(status))
"""
REMEMBERING = {
    "an error that is left behind": LAST_ERROR,
    "two questions": TWO_QUESTIONS,
    "an attempt counter": ATTEMPTS,
    "a circuit breaker": BREAKER,
}


def replayed_here(target: str, calls: Sequence[Call], hash_seed: int | None = None) -> list[Any]:
    """Import a target anew and ask it, in this process."""
    del hash_seed
    name = target.removeprefix("python:").partition(":")[0]
    with patch.dict(sys.modules):
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return open_candidate(target).ask_each(calls)


def calls_of(shown: int | str | Sequence[int | str]) -> list[Call]:
    """Return the calls that a departure of BITS-STABLE shows: ``503``, ``"repost 403"``, ``[503, 404]``."""
    calls = []
    for each in [shown] if isinstance(shown, int | str) else shown:
        about, *given = str(each).split() if isinstance(each, str) else ("classify", str(each))
        words: list[Any] = [int(word) if word.isdecimal() else word for word in given]
        calls.append(Call(Capability(about), words if about == "posts" else words[0]))
    return calls
