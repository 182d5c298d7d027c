"""Values that are no status code, taken for the success that they are not."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bitsspec import Outcome, classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate

TABLE = tuple(str(classify(code)) for code in range(1000))


class Reads:
    """Makes a code of whatever it is asked; what it cannot read, it rejects."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def classify(self, status: Any) -> object:
        return classify(status if type(status) is int and 0 <= status < 1000 else self.read(status))


class Answers:
    """Answers with one outcome where its function says so, and rejects all else that is no code."""

    def __init__(self, success: Callable[[Any], object]) -> None:
        self.success = success

    def classify(self, status: Any) -> object:
        if not (type(status) is int and 0 <= status < 1000) and self.success(status):
            return Outcome.SUCCESS
        return classify(status)


class ByIndex:
    """Negative numbers count from the end of its table."""

    def classify(self, status: Any) -> object:
        return TABLE[status]


class ByDictionary:
    """What equals 200 is found like 200."""

    def classify(self, status: Any) -> object:
        return dict(enumerate(TABLE))[status]


class WithADefault:
    """What its table does not hold is a success."""

    def classify(self, status: Any) -> object:
        try:
            return dict(enumerate(TABLE)).get(status, "success")
        except TypeError:
            raise ValueError(status) from None


class ByComparison:
    """Has no upper end: what is over 999 takes the last branch, a success."""

    def classify(self, status: Any) -> object:
        return TABLE[status] if status < 1000 else "success"


class ByTruth:
    """Nothing is wrong where nothing came."""

    def classify(self, status: Any) -> object:
        return classify(status) if status or (status == 0 and type(status) is int) else "success"


def _only(kind: type, read: Callable[[Any], Any] = int) -> Callable[[Any], Any]:
    def reading(value: Any) -> Any:
        return read(value) if isinstance(value, kind) else value

    return reading


READ: dict[str, Callable[[Any], Any]] = {
    "absolute numbers": _only(int, abs),
    "numbers modulo 1,000": _only(int, lambda number: number % 1000),
    "the last ten bits": _only(int, lambda number: number & 0x3FF),
    "the last 16 bits": _only(int, lambda number: number & 0xFFFF),
    "the last 32 bits": _only(int, lambda number: number & 0xFFFFFFFF),
    "the last 64 bits": _only(int, lambda number: number & 0xFFFFFFFFFFFFFFFF),
    "floats cut off": _only(float),
    "floats rounded": _only(float, round),
    "whole floats": _only(float, lambda number: int(number) if number.is_integer() else number),
    "digits in text": _only(str),
    "digits in bytes": _only(bytes),
    "any number cut off": lambda value: int(value) if not isinstance(value, (str, bytes)) else value,
    "the first of a list": _only(list, lambda values: values[0]),
    "the first of a tuple": _only(tuple, lambda values: values[0]),
    "the only one of a set": _only(set, lambda values: next(iter(values))),
    "the status of a dictionary": _only(dict, lambda values: values["status"]),
    "the real part": _only(complex, lambda number: int(abs(number))),
}
SUCCESS: dict[str, Callable[[Any], object]] = {
    "True": lambda value: value is True,
    "False": lambda value: value is False,
    "None": lambda value: value is None,
    "what equals 200": lambda value: value == 200,
    "the word success": lambda value: value == "success",
    "empty text": lambda value: value == "",
    "all text": lambda value: isinstance(value, str),
    "all bytes": lambda value: isinstance(value, bytes),
    "all floats": lambda value: isinstance(value, float),
    "not a number": lambda value: value != value,
    "infinity": lambda value: value == float("inf"),
    "all negative numbers": lambda value: isinstance(value, int) and value < 0,
    "-1": lambda value: value == -1,
    "1000": lambda value: value == 1000,
    "all numbers from 1,000 on": lambda value: isinstance(value, int) and value >= 1000,
    "what cannot be hashed": lambda value: getattr(value, "__hash__", None) is None,
    "what is false": lambda value: not value,
    "whatever it is": lambda value: True,
}
OTHERS: dict[str, type] = {
    "negative numbers count from the end": ByIndex,
    "a dictionary of numbers": ByDictionary,
    "what its table does not hold": WithADefault,
    "no upper end": ByComparison,
    "nothing": ByTruth,
}


def mutants() -> list[WrongCandidate]:
    """Return every mutant that takes what is no status code for a success."""
    owners = frozenset({"BITS-DOMAIN"})
    return [
        *(WrongCandidate(f"reads {name}", partial(Reads, read), owners) for name, read in READ.items()),
        *(
            WrongCandidate(f"takes {name} for success", partial(Answers, says), owners)
            for name, says in SUCCESS.items()
        ),
        *(WrongCandidate(name, source, owners) for name, source in OTHERS.items()),
    ]


FAMILY = Family(
    "domain",
    "a value that is no status code",
    (*OUTCOME_CLAUSES, "BITS-DOMAIN"),
    mutants,
)
