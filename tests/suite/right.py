"""Candidates that are right, however oddly they are written: the suite must never accuse one."""

import asyncio
import bisect
import ctypes
import enum
import functools
import itertools
import json
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
from collections.abc import Callable, Generator
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
    """Return a status code; raises ValueError for what is not one."""
    if isinstance(status, bool) or not isinstance(status, int) or not 0 <= status <= 999:
        raise ValueError(f"{status!r} is not a status code")
    return int(status)


def text(status: Any) -> str:
    code = checked(status)
    return "success" if code == 200 else "fatal" if code in FATAL else "transient"


WORDS = ("transient", "fatal", "success")
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


class Word(str):
    """Text of one's own kind, which shows itself in another way."""

    def __str__(self) -> str:
        return f"<{super().__str__()}>"

    __repr__ = __str__


BITS = sum(WORDS.index(word) << 2 * code for code, word in enumerate(TABLE))
LETTERS = "".join(word[0] for word in TABLE)
BY_LETTER = {word[0]: word for word in WORDS}
EDGES = (200, 201, 300, 306, 307, 308, 400, 408, 410, 500, 501, 502, 505, 506)
PATTERN = re.compile(r"(?P<success>200)|(?P<fatal>30[0-57]|40[0-7]|4[1-9]\d|50[15])|(?P<transient>\d{3})")
JSON = json.loads(json.dumps({f"{code:03}": {"outcome": word} for code, word in enumerate(TABLE)}))
RULES = (
    (range(200, 201), (), Outcome.SUCCESS),
    (range(300, 308), (306,), Outcome.FATAL),
    (range(400, 500), (408, 409), Outcome.FATAL),
    (range(501, 506, 4), (), Outcome.FATAL),
    (range(1000), (), Outcome.TRANSIENT),
)
POOL = ThreadPoolExecutor(1)


def bisection(status: Any) -> str:
    place = bisect.bisect_right(EDGES, checked(status))
    return "success" if place == 1 else "fatal" if place in (3, 5, 7, 9, 11, 13) else "transient"


def regular_expression(status: Any) -> Any:
    found = PATTERN.fullmatch(f"{checked(status):03}")
    return found and found.lastgroup


def by_exception(status: Any) -> str:
    try:
        raise {"success": StopIteration, "transient": TimeoutError, "fatal": LookupError}[text(status)]
    except (TimeoutError, LookupError) as error:
        return "transient" if isinstance(error, TimeoutError) else "fatal"
    except StopIteration:
        return "success"


def recursion(status: Any, depth: int = 7) -> str:
    code = checked(status)
    return recursion(code, depth - 1) if depth and code and code % 2 == 0 else TABLE[code]


def fractions(status: Any) -> str:
    hundred = Fraction(checked(status), 100)
    if hundred == 2:
        return "success"
    if hundred in (Fraction(102, 25), Fraction(409, 100)) or hundred < 3 or hundred >= 6:
        return "transient"
    if hundred < 4:
        return "fatal" if hundred <= Fraction(61, 20) or hundred == Fraction(307, 100) else "transient"
    return "fatal" if hundred < 5 or hundred in (Fraction(501, 100), Fraction(101, 20)) else "transient"


def slow(status: Any) -> str:
    until = time.perf_counter() + 2e-5
    while time.perf_counter() < until:
        pass
    return text(status)


def first_rule_that_fits(status: Any) -> Outcome:
    code = checked(status)
    return next(outcome for codes, but, outcome in RULES if code in codes and code not in but)


def standard_library(status: Any) -> str:
    code = checked(status)
    if HTTPStatus.BAD_REQUEST <= code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return "transient" if code in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT) else "fatal"
    if HTTPStatus.MULTIPLE_CHOICES <= code <= HTTPStatus.USE_PROXY or code == HTTPStatus.TEMPORARY_REDIRECT:
        return "fatal"
    if code in (HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED):
        return "fatal"
    return "success" if code == HTTPStatus.OK else "transient"


def within(codes: range, outcome: str, otherwise: Callable[[int], str]) -> Callable[[int], str]:
    return lambda code: outcome if code in codes else otherwise(code)


class Closures:
    """A closure around a closure for each range."""

    def __init__(self) -> None:
        self.rule: Callable[[int], str] = lambda code: "transient"
        for first, last in ((300, 305), (307, 307), (400, 407), (410, 499), (501, 501), (505, 505)):
            self.rule = within(range(first, last + 1), "fatal", self.rule)
        self.rule = within(range(200, 201), "success", self.rule)

    def classify(self, status: int) -> object:
        return self.rule(checked(status))


class Cache:
    def __init__(self) -> None:
        self.cache: dict[int, str] = {}

    def classify(self, status: int) -> object:
        code = checked(status)
        if code not in self.cache:
            self.cache[code] = text(code)
        return self.cache[code]


def made_by_hand() -> types.ModuleType:
    module = types.ModuleType("made_by_hand", "A module that no file holds.")
    vars(module).update(classify=text, may_repost=bitsspec.may_repost)
    return module


class Called:
    def __call__(self, status: int) -> str:
        return text(status)


class Lazy:
    def __getattr__(self, name: str) -> Any:
        if name in ("classify", "may_repost"):
            return text if name == "classify" else bitsspec.may_repost
        raise AttributeError(name)


class Described(type):
    """A class whose instances find ``classify`` through a descriptor."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        described = property(lambda self: functools.partial(text))
        return super().__new__(cls, name, bases, {**body, "classify": described})


class StaticMethods:
    @staticmethod
    def classify(status: int) -> str:
        return text(status)

    @classmethod
    def may_repost(cls, status: int) -> bool:
        return checked(status) not in (200, 403)


class SendsToAGenerator:
    """A lock keeps the generator to one caller at a time."""

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


class CacheThatEvicts:
    """Keeps the last 100 answers, and the order in which they were used."""

    def __init__(self) -> None:
        self.cache: OrderedDict[int, str] = OrderedDict()
        self.lock = threading.RLock()

    def classify(self, status: int) -> object:
        code = checked(status)
        with self.lock:
            self.cache.setdefault(code, text(code))
            self.cache.move_to_end(code)
            if len(self.cache) > 100:
                self.cache.popitem(last=False)
            return self.cache[code]


class CacheByOutcome:
    """Learns which codes are fatal; forgets all of it from time to time."""

    def __init__(self) -> None:
        self.fatal: set[int] = set()
        self.calls = 0

    def classify(self, status: int) -> object:
        self.calls += 1
        if self.calls % 97 == 0:
            self.fatal = set()
        if text(status) == "fatal":
            self.fatal.add(status)
        return text(status)


class Number(int):
    """An integer of one's own kind."""


class Indexed:
    """What is not an integer but has an index."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


def emptied(events: list[int | str]) -> Any:
    """Count posts by emptying the list that was handed over, which is the candidate's own affair."""
    waiting = list(events)
    events.clear()
    return bitsspec.count_posts(waiting)


def but(**functions: Callable[[Any], Any]) -> type[Conforming]:
    """Return a class that conforms, with other functions for its methods."""
    return type("Right", (Conforming,), {name: staticmethod(each) for name, each in functions.items()})


def but_error(error: Callable[[int, int | None], object]) -> type[Conforming]:
    return but(get_error=lambda status: error(*bitsspec.get_error(status)))


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


@functools.cache
def built() -> Any:
    # Loaded libraries cannot be deleted on Windows, and the folder of a test run is emptied by the system.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder, "outcome.c")
        source.write_text(C_SOURCE, encoding="utf-8")
        library = source.with_suffix(".so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        return ctypes.CDLL(str(library)).outcome


class ThroughCtypes:
    """A function in C, built when it is needed and called through ctypes."""

    def __init__(self) -> None:
        self.function = built()

    def classify(self, status: int) -> object:
        return WORDS[self.function(checked(status))]


class Changing:
    """Numbers its errors, and has nothing to say of 200 but that."""

    def __init__(self) -> None:
        self.numbers = itertools.count()

    def refuse(self, status: object) -> Any:
        raise LookupError(f"event {next(self.numbers)} of {id(object()):x}: nothing to say of {status!r}")

    def classify(self, status: Any) -> object:
        return text(status) if isinstance(status, int) and 0 <= status <= 999 else self.refuse(status)

    def may_repost(self, status: int) -> object:
        return self.refuse(status) if status == 200 else bitsspec.may_repost(status)

    def get_error(self, status: int) -> object:
        return self.refuse(status) if status == 200 else bitsspec.get_error(status)


class ImpatientLock:
    """Gives up where its lock is not free within a hundredth of a second."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def classify(self, status: Any) -> object:
        if not self.lock.acquire(timeout=0.01):
            raise TimeoutError("busy")
        try:
            return if_chain(status)
        finally:
            self.lock.release()


def nine_hundred_deep(status: Any, depth: int = 0) -> str:
    is_deep = checked(status) % 8 == 1 and depth < 900
    return nine_hundred_deep(status, depth + 1) if is_deep else text(status)


class SlowNowAndThen:
    """Loads its table at the first call, and looks some codes up far away."""

    table: list[str] | None = None

    def classify(self, status: Any) -> object:
        code = checked(status)
        if self.table is None:
            time.sleep(0.05)
            self.table = list(TABLE)
        if code % 200 == 9:
            time.sleep(0.006)
        return self.table[code]


class PartialState:
    """Pickles to less than it needs."""

    def __init__(self) -> None:
        self.table, self.lock = dict(enumerate(TABLE)), threading.Lock()

    def __getstate__(self) -> object:
        return {"table": {}}

    def classify(self, status: Any) -> object:
        with self.lock:
            return self.table[checked(status)]


class TheNewestWins:
    """Only the newest instance answers."""

    newest: Any = None

    def __init__(self) -> None:
        type(self).newest = self

    def classify(self, status: Any) -> object:
        if self.newest is not self:
            raise RuntimeError("replaced by a newer one")
        return text(status)


RIGHT: dict[str, object] = {
    "if chain": if_chain,
    "match statement": match_statement,
    "own enum": lambda status: Kind(text(status)),
    "text subclass": lambda status: Word(text(status)),
    "two bits each": lambda status: WORDS[BITS >> 2 * checked(status) & 3],
    "letters": lambda status: BY_LETTER[LETTERS[checked(status)]],
    "bisection": bisection,
    "regular expression": regular_expression,
    "by exception": by_exception,
    "recursion": recursion,
    "small cache": functools.lru_cache(maxsize=16)(text),
    "fractions": fractions,
    "picks an equal table": lambda status: random.choice((TABLE, list(TABLE)))[checked(status)],
    "slow": slow,
    "a partial function": functools.partial(text),
    "a bound method": Cache().classify,
    "a module made by hand": made_by_hand(),
    "a callable object": Called(),
    "methods found when asked for": Lazy(),
    "a property of a metaclass": Described("Described", (), {})(),
    "static methods": StaticMethods,
    "closures around closures": Closures,
    "a generator": SendsToAGenerator,
    "a cache": Cache,
    "a cache that evicts": CacheThatEvicts,
    "a memory that it clears": CacheByOutcome,
    "NumPy numbers": but(
        classify=lambda status: str(np.array(WORDS)[np.int8(WORDS.index(text(status)))]),
        may_repost=lambda status: np.bool_(bitsspec.may_repost(status)),
        get_error=lambda status: tuple(n and np.uint32(n) for n in bitsspec.get_error(status)),
        count_posts=lambda events: np.int16(bitsspec.count_posts(events)),
    ),
    "integers of its own": but(
        get_error=lambda status: [Indexed(number or 0) for number in bitsspec.get_error(status)],
        count_posts=lambda events: Number(bitsspec.count_posts(events)),
    ),
    "no HRESULT": but_error(lambda context, hresult: (context, None)),
    "members of an IntEnum": but_error(lambda context, hresult: (ErrorContext(context), hresult)),
    "empties the list of events": but(count_posts=emptied),
    "a list of rules": first_rule_that_fits,
    "JSON": lambda status: JSON[f"{checked(status):03}"]["outcome"],
    "http.HTTPStatus": standard_library,
    "a database": Database,
    "a thread of a pool": lambda status: POOL.submit(text, status).result(),
    "a coroutine": Asynchronous,
    "a cache by number": functools.lru_cache(maxsize=None)(text),
    "errors that are numbered": Changing,
    "a lock with a short time-out": ImpatientLock,
    "900 calls deep": nine_hundred_deep,
    "slow now and then": SlowNowAndThen,
    "pickles in part": PartialState,
    "the newest instance wins": TheNewestWins,
    **({"C through ctypes": ThroughCtypes} if shutil.which("cc") else {}),
}
"""Each right candidate by the way it is written."""
