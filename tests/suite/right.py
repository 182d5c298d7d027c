"""Candidates that are right, however oddly they are written: the suite must never accuse one."""

import asyncio
import bisect
import ctypes
import dataclasses
import enum
import functools
import json
import operator
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import types
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np

import bitsspec
from bitsspec import Outcome
from bitsspec.spec import ErrorContext
from tests.support.candidates import Conforming

FATAL = frozenset({*range(300, 306), 307, *range(400, 408), *range(410, 500), 501, 505})


def checked(status: Any) -> int:
    """Return a status code; raises ValueError for what is none."""
    if isinstance(status, bool) or not isinstance(status, int) or not 0 <= status <= 999:
        raise ValueError(f"{status!r} is no status code")
    return int(status)


def text(status: Any) -> str:
    code = checked(status)
    return "success" if code == 200 else "fatal" if code in FATAL else "transient"


TABLE = [text(code) for code in range(1000)]


def if_chain(status: Any) -> str:
    code = checked(status)
    if code == 200:
        return "success"
    if code < 300 or code > 599:
        return "transient"
    if code < 400:
        return "fatal" if code <= 305 or code == 307 else "transient"
    if code < 500:
        return "transient" if code in (408, 409) else "fatal"
    return "fatal" if code in (501, 505) else "transient"


def match_statement(status: Any) -> str:
    match checked(status):
        case 200:
            return "success"
        case 408 | 409:
            return "transient"
        case 307 | 501 | 505:
            return "fatal"
        case code if 300 <= code <= 305 or code // 100 == 4:
            return "fatal"
        case _:
            return "transient"


class Kind(enum.Enum):
    """An enumeration of one's own, whose members have the outcome as their value."""

    STOP = "fatal"
    AGAIN = "transient"
    DONE = "success"


def own_enum(status: Any) -> Kind:
    return Kind(text(status))


class Word(str):
    """Text of one's own kind, which shows itself in another way."""

    def __str__(self) -> str:
        return f"<{super().__str__()}>"

    def __repr__(self) -> str:
        return "a word"


def text_subclass(status: Any) -> str:
    return Word(text(status))


BITS = sum(("transient", "fatal", "success").index(word) << 2 * code for code, word in enumerate(TABLE))


def two_bits_each(status: Any) -> str:
    return ("transient", "fatal", "success")[BITS >> 2 * checked(status) & 3]


LETTERS = bytes(ord(word[0]) for word in TABLE)


def letters(status: Any) -> str:
    return {"s": "success", "t": "transient", "f": "fatal"}[chr(LETTERS[checked(status)])]


EDGES = (200, 201, 300, 306, 307, 308, 400, 408, 410, 500, 501, 502, 505, 506)


def bisection(status: Any) -> str:
    place = bisect.bisect_right(EDGES, checked(status))
    return "success" if place == 1 else "fatal" if place in (3, 5, 7, 9, 11, 13) else "transient"


PATTERN = re.compile(r"(?P<success>200)|(?P<fatal>30[0-57]|40[0-7]|4[1-9]\d|50[15])|(?P<transient>\d{3})")


def regular_expression(status: Any) -> str:
    found = PATTERN.fullmatch(f"{checked(status):03}")
    assert found is not None
    return str(found.lastgroup)


def by_exception(status: Any) -> str:
    try:
        raise {"success": StopIteration, "transient": TimeoutError, "fatal": LookupError}[text(status)]
    except TimeoutError:
        return "transient"
    except LookupError:
        return "fatal"
    except StopIteration:
        return "success"


def recursion(status: Any) -> str:
    code = checked(status)
    return TABLE[code] if code % 2 or code == 0 else _down(code, 7)


def _down(code: int, depth: int) -> str:
    return _down(code, depth - 1) if depth else TABLE[code]


@functools.lru_cache(maxsize=16)
def small_cache(status: Any) -> str:
    return text(status)


def fractions(status: Any) -> str:
    hundred = Fraction(checked(status), 100)
    if hundred == 2:
        return "success"
    if hundred in (Fraction(102, 25), Fraction(409, 100)) or hundred < 3 or hundred >= 6:
        return "transient"
    if hundred < 4:
        return "fatal" if hundred <= Fraction(61, 20) or hundred == Fraction(307, 100) else "transient"
    return "fatal" if hundred < 5 or hundred in (Fraction(501, 100), Fraction(101, 20)) else "transient"


def picks_an_equal_table(status: Any) -> str:
    return random.choice((TABLE, list(TABLE), tuple(TABLE)))[checked(status)]


def slow(status: Any) -> str:
    until = time.perf_counter() + 2e-5
    while time.perf_counter() < until:
        pass
    return text(status)


def _adder(codes: range, outcome: str, otherwise: Callable[[int], str]) -> Callable[[int], str]:
    return lambda code: outcome if code in codes else otherwise(code)


def _closures() -> Callable[[int], str]:
    rule: Callable[[int], str] = lambda code: "transient"  # noqa: E731
    for codes in (
        range(300, 306),
        range(307, 308),
        range(400, 408),
        range(410, 500),
        range(501, 502),
        range(505, 506),
    ):
        rule = _adder(codes, "fatal", rule)
    return _adder(range(200, 201), "success", rule)


class Closures:
    """A closure around a closure for each range."""

    def __init__(self) -> None:
        self.rule = _closures()

    def classify(self, status: int) -> object:
        return self.rule(checked(status))


class SendsToAGenerator:
    """A generator answers; a lock keeps it to one caller at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answers = self.run()
        next(self.answers)

    @staticmethod
    def run() -> Generator[str, int, None]:
        code = yield ""
        while True:
            code = yield text(code)

    def classify(self, status: int) -> object:
        code = checked(status)
        with self.lock:
            return self.answers.send(code)


class Cache:
    """Keeps each answer in a dictionary."""

    def __init__(self) -> None:
        self.cache: dict[int, str] = {}

    def classify(self, status: int) -> object:
        code = checked(status)
        if code not in self.cache:
            self.cache[code] = text(code)
        return self.cache[code]


class CacheThatEvicts:
    """Keeps the last 100 answers, and the order in which they were used."""

    def __init__(self) -> None:
        self.cache: OrderedDict[int, str] = OrderedDict()
        self.lock = threading.RLock()

    def classify(self, status: int) -> object:
        code = checked(status)
        with self.lock:
            if code not in self.cache:
                self.cache[code] = text(code)
            self.cache.move_to_end(code)
            while len(self.cache) > 100:
                self.cache.popitem(last=False)
            return self.cache[code]


class CacheByOutcome:
    """Learns which codes are fatal; forgets all of it from time to time."""

    def __init__(self) -> None:
        self.fatal: set[int] = set()
        self.calls = 0

    def classify(self, status: int) -> object:
        code = checked(status)
        self.calls += 1
        if self.calls % 97 == 0:
            self.fatal = set()
        outcome = text(code)
        if outcome == "fatal":
            self.fatal.add(code)
        return outcome


class NumpyNumbers(Conforming):
    """NumPy's kinds of number wherever a number or truth value comes back."""

    words = np.array(["transient", "fatal", "success"])
    numbers = np.array([("transient", "fatal", "success").index(word) for word in TABLE], dtype=np.int8)

    def classify(self, status: int) -> object:
        return str(self.words[self.numbers[checked(status)]])

    def may_repost(self, status: int) -> object:
        return np.bool_(bitsspec.may_repost(status))

    def get_error(self, status: int) -> object:
        context, hresult = bitsspec.get_error(status)
        return np.int64(context), None if hresult is None else np.uint32(hresult)

    def count_posts(self, events: list[int | str]) -> object:
        return np.int16(bitsspec.count_posts(events))


class Number(int):
    """An integer of one's own kind."""


class NumbersOfItsOwn(Conforming):
    """Subclasses of int, and things that only have an index."""

    class Indexed:
        def __init__(self, number: int) -> None:
            self.number = number

        def __index__(self) -> int:
            return self.number

    def get_error(self, status: int) -> object:
        context, hresult = bitsspec.get_error(status)
        return Number(context), None if hresult is None else self.Indexed(hresult)

    def count_posts(self, events: list[int | str]) -> object:
        return Number(bitsspec.count_posts(events))


class NoHresult(Conforming):
    """Knows error contexts but no HRESULT."""

    def get_error(self, status: int) -> object:
        return bitsspec.get_error(status)[0], None


class ErrorsAsPairs(Conforming):
    """A named tuple for the error, and members of an IntEnum in it."""

    def get_error(self, status: int) -> object:
        context, hresult = bitsspec.get_error(status)
        return (ErrorContext(context), hresult)


class TakesTheEventsAway(Conforming):
    """Counts posts by emptying the list that it was handed, which is its own affair."""

    def count_posts(self, events: list[int | str]) -> object:
        waiting = list(events)
        posts = bitsspec.count_posts(waiting)
        while events:
            events.pop()
        return posts


class StaticMethods:
    """Nothing but static and class methods."""

    @staticmethod
    def classify(status: int) -> str:
        return text(status)

    @classmethod
    def may_repost(cls, status: int) -> bool:
        return checked(status) not in (200, 403)


class Called:
    """An object that is called, and says so in no other way."""

    def __call__(self, status: int) -> str:
        return text(status)


class Lazy:
    """Finds its methods when they are asked for."""

    def __getattr__(self, name: str) -> Any:
        found = {"classify": text, "may_repost": bitsspec.may_repost}.get(name)
        if found is None:
            raise AttributeError(name)
        return found


class OnTheClass(type):
    """A class whose instances find ``classify`` through a descriptor."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        return super().__new__(
            cls, name, bases, {**body, "classify": property(lambda self: functools.partial(text))}
        )


class Described(metaclass=OnTheClass):
    """Its ``classify`` is a property that returns a partial function."""


@dataclasses.dataclass(frozen=True)
class Rule:
    codes: range
    outcome: Outcome
    but: tuple[int, ...] = ()


class ListOfRules:
    """The first rule that fits decides."""

    rules = (
        Rule(range(200, 201), Outcome.SUCCESS),
        Rule(range(300, 308), Outcome.FATAL, but=(306,)),
        Rule(range(400, 500), Outcome.FATAL, but=(408, 409)),
        Rule(range(501, 506, 4), Outcome.FATAL),
        Rule(range(1000), Outcome.TRANSIENT),
    )

    def classify(self, status: int) -> object:
        code = checked(status)
        return next(rule.outcome for rule in self.rules if code in rule.codes and code not in rule.but)


class Json:
    """Its table is JSON, its answers are dug out of it by name."""

    table = json.loads(json.dumps({f"{code:03}": {"outcome": word} for code, word in enumerate(TABLE)}))

    def classify(self, status: int) -> object:
        return operator.itemgetter("outcome")(self.table[f"{checked(status):03}"])


class StandardLibrary:
    """Compares with the members of http.HTTPStatus where there are some."""

    def classify(self, status: int) -> object:
        code = checked(status)
        if code == HTTPStatus.OK:
            return Outcome.SUCCESS
        exceptions = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT)
        if HTTPStatus.BAD_REQUEST <= code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Outcome.TRANSIENT if code in exceptions else Outcome.FATAL
        others = (
            HTTPStatus.NOT_IMPLEMENTED,
            HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
            HTTPStatus.TEMPORARY_REDIRECT,
        )
        if code in others or HTTPStatus.MULTIPLE_CHOICES <= code <= HTTPStatus.USE_PROXY:
            return Outcome.FATAL
        return Outcome.TRANSIENT


class Database:
    """Asks a table in SQLite; one connection, one caller at a time."""

    lock = threading.Lock()
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("create table answers (code integer primary key, outcome text)")
    connection.executemany("insert into answers values (?, ?)", enumerate(TABLE))

    def classify(self, status: int) -> object:
        code = checked(status)
        with self.lock:
            (found,) = self.connection.execute(
                "select outcome from answers where code = ?", (code,)
            ).fetchone()
        return found


class AnotherThread:
    """Every answer is found by a thread of a pool."""

    pool = ThreadPoolExecutor(1)

    def classify(self, status: int) -> object:
        return self.pool.submit(text, status).result()


class Asynchronous:
    """A wrapper around a coroutine, which runs on the event loop of a thread of its own."""

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)

    async def decide(self, status: int) -> str:
        await asyncio.sleep(0)
        return text(status)

    def classify(self, status: int) -> object:
        if self.thread.ident is None:
            self.thread.start()
        return asyncio.run_coroutine_threadsafe(self.decide(status), self.loop).result()


C_SOURCE = """
int outcome(int code) {
    if (code == 200) return 2;
    if (code >= 300 && code <= 399) return code <= 305 || code == 307;
    if (code >= 400 && code <= 499) return code != 408 && code != 409;
    return code == 501 || code == 505;
}
"""


class ThroughCtypes:
    """A function in C, built when it is needed and called through ctypes."""

    def __init__(self) -> None:
        self.function = _built()

    def classify(self, status: int) -> object:
        return ("transient", "fatal", "success")[self.function(checked(status))]


@functools.cache
def _built() -> Any:
    # Loaded libraries cannot be deleted on Windows, and the folder of a test run is emptied by the system.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "outcome.c")
        source.write_text(C_SOURCE, encoding="utf-8")
        library = source.with_suffix(".so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        return ctypes.CDLL(str(library)).outcome


def _module() -> types.ModuleType:
    module = types.ModuleType("made_by_hand", "A module that no file holds.")
    module.classify = text  # type: ignore[attr-defined]
    module.may_repost = bitsspec.may_repost  # type: ignore[attr-defined]
    return module


def _sources() -> Iterator[tuple[str, object]]:
    functions = (
        *(if_chain, match_statement, own_enum, text_subclass, two_bits_each, letters, bisection),
        *(regular_expression, by_exception, recursion, small_cache, fractions, picks_an_equal_table, slow),
    )
    for function in functions:
        yield function.__name__.replace("_", " "), function
    yield "a partial function", functools.partial(text)
    yield "a bound method", Cache().classify
    yield "a module made by hand", _module()
    yield "a callable object", Called()
    yield "methods found when asked for", Lazy()
    yield "a property of a metaclass", Described()
    yield "static methods", StaticMethods
    classes: dict[str, type] = {
        "closures around closures": Closures,
        "a generator": SendsToAGenerator,
        "a cache": Cache,
        "a cache that evicts": CacheThatEvicts,
        "a memory that it clears": CacheByOutcome,
        "NumPy numbers": NumpyNumbers,
        "integers of its own": NumbersOfItsOwn,
        "no HRESULT": NoHresult,
        "members of an IntEnum": ErrorsAsPairs,
        "empties the list of events": TakesTheEventsAway,
        "a list of rules": ListOfRules,
        "JSON": Json,
        "http.HTTPStatus": StandardLibrary,
        "a database": Database,
        "a thread of a pool": AnotherThread,
        "a coroutine": Asynchronous,
    }
    yield from classes.items()
    if shutil.which("cc"):
        yield "C through ctypes", ThroughCtypes


RIGHT = dict(_sources())
"""Each right candidate by the way it is written."""
