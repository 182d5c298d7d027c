"""Classifiers to measure beside: the flat ones, and the ways in which a classifier is not flat.

All of them are right for every status code. Each ``build_…`` makes one with as many rules as wanted.
"""

import bisect
import ctypes
from collections.abc import Callable, Mapping
from itertools import pairwise

from bitsspec.reference import classify as reference
from bitsspec.spec.vocabulary import STATUS_CODES, Outcome

Classify = Callable[[int], str]

SUCCESS, TRANSIENT, FATAL = Outcome.SUCCESS, Outcome.TRANSIENT, Outcome.FATAL
NAMES = (SUCCESS, TRANSIENT, FATAL)

OUTCOMES = tuple(reference(status) for status in STATUS_CODES)
BY_STATUS = dict(enumerate(OUTCOMES))
AS_BYTES = bytes(NAMES.index(outcome) for outcome in OUTCOMES)
AS_C_ARRAY = (ctypes.c_ubyte * len(AS_BYTES))(*AS_BYTES)
EDGES = [new for old, new in pairwise(STATUS_CODES) if OUTCOMES[new] is not OUTCOMES[old]]
AFTER_EDGE = [OUTCOMES[0], *(OUTCOMES[edge] for edge in EDGES)]
RANGES = list(zip([0, *EDGES], [*EDGES, len(OUTCOMES)], AFTER_EDGE, strict=True))
CODES = list(STATUS_CODES)
FATAL_CODES = [status for status in CODES if OUTCOMES[status] is FATAL]
SUCCESS_CODES = [status for status in CODES if OUTCOMES[status] is SUCCESS]


def tuple_table(status: int) -> str:
    """One item of a tuple: the floor."""
    return OUTCOMES[status]


def dict_table(status: int) -> str:
    """One value of a dict."""
    return BY_STATUS[status]


def bytes_table(status: int) -> str:
    """One byte, then one name of three."""
    return NAMES[AS_BYTES[status]]


def c_table(status: int) -> str:
    """One item of an array in C, reached through ctypes."""
    return NAMES[AS_C_ARRAY[status]]


def match_statement(status: int) -> str:
    """The rules as a match statement."""
    match status:
        case 200:
            return SUCCESS
        case 300 | 301 | 302 | 303 | 304 | 305 | 307:
            return FATAL
        case 408 | 409:
            return TRANSIENT
        case code if 400 <= code <= 499:
            return FATAL
        case 501 | 505:
            return FATAL
        case _:
            return TRANSIENT


def if_chain(status: int) -> str:
    """The rules one after the other."""
    if status == 200:
        return SUCCESS
    if 300 <= status <= 305 or status == 307:
        return FATAL
    if 400 <= status <= 499 and status not in (408, 409):
        return FATAL
    if status == 501 or status == 505:
        return FATAL
    return TRANSIENT


def python_bisect(status: int) -> str:
    """A bisection of the ranges in Python, done as soon as a range holds the code."""
    low, high = 0, len(RANGES) - 1
    while True:
        middle = (low + high) // 2
        first, end, outcome = RANGES[middle]
        if status < first:
            high = middle - 1
        elif status >= end:
            low = middle + 1
        else:
            return outcome


def list_scan(status: int) -> str:
    """A search of a list, which C does: the instructions are flat, the time is not."""
    return OUTCOMES[CODES.index(status)]


def in_list(status: int) -> str:
    """``if x in list``, twice, without a branch."""
    return NAMES[1 + (status in FATAL_CODES) - (status in SUCCESS_CODES)]


def c_bisect(status: int) -> str:
    """``bisect.bisect`` over the edges of the ranges: flat over the codes, log n in the rules."""
    return AFTER_EDGE[bisect.bisect(EDGES, status)]


FLAT: Mapping[str, Classify] = {
    "tuple table": tuple_table,
    "dict table": dict_table,
    "bytes table": bytes_table,
    "reference": reference,
    "C table": c_table,
}
NOT_FLAT: Mapping[str, Classify] = {
    "match statement": match_statement,
    "if-chain": if_chain,
    "bisection in Python": python_bisect,
    "list scan": list_scan,
}


def build_tuple_table(rules: int) -> Classify:
    """Return a tuple table of so many codes."""
    outcomes = tuple(OUTCOMES[code % 1000] for code in range(rules))
    return lambda code: outcomes[code]


def build_dict_table(rules: int) -> Classify:
    """Return a dict table of so many codes."""
    by_code = {code: OUTCOMES[code % 1000] for code in range(rules)}
    return lambda code: by_code[code]


def build_bytes_table(rules: int) -> Classify:
    """Return a bytes table of so many codes."""
    as_bytes = bytes(AS_BYTES[code % 1000] for code in range(rules))
    return lambda code: NAMES[as_bytes[code]]


def build_c_table(rules: int) -> Classify:
    """Return an array in C of so many codes."""
    as_bytes = bytes(AS_BYTES[code % 1000] for code in range(rules))
    array = (ctypes.c_ubyte * rules).from_buffer_copy(as_bytes)
    return lambda code: NAMES[array[code]]


def build_c_bisect(rules: int) -> Classify:
    """Return a ``bisect.bisect`` over so many edges."""
    edges = list(range(rules))
    after = [OUTCOMES[code % 1000] for code in range(rules)]
    return lambda code: after[bisect.bisect(edges, code) - 1]


def build_list_scan(rules: int) -> Classify:
    """Return a search of a list of so many codes."""
    codes = list(range(rules))
    return lambda code: OUTCOMES[codes.index(code) % 1000]


BUILDERS: Mapping[str, Callable[[int], Classify]] = {
    "tuple table": build_tuple_table,
    "dict table": build_dict_table,
    "bytes table": build_bytes_table,
    "C table": build_c_table,
    "bisect.bisect": build_c_bisect,
    "list scan": build_list_scan,
}
