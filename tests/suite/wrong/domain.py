"""Values that are not a status code, taken for the success that they are not."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from bitsspec import classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate

TABLE = dict(enumerate(str(classify(code)) for code in range(1000)))
OWNERS = frozenset({"BITS-DOMAIN"})


def is_code(value: object) -> bool:
    return type(value) is int and 0 <= value < 1000


def reads(read: Callable[[Any], Any], value: Any) -> object:
    """Make a code of whatever it is asked; reject what cannot be read."""
    return classify(value if is_code(value) else read(value))


def takes(success: Callable[[Any], object], value: Any) -> object:
    """Answer success where ``success`` says so, and reject all else that is not a code."""
    return "success" if not is_code(value) and success(value) else classify(value)


def only(kind: type, read: Callable[[Any], Any] = int) -> Callable[[Any], Any]:
    return lambda value: read(value) if isinstance(value, kind) else value


READS: dict[str, Callable[[Any], Any]] = {
    "absolute numbers": only(int, abs),
    "numbers modulo 1,000": only(int, lambda number: number % 1000),
    "the last ten bits": only(int, lambda number: number & 0x3FF),
    "the last 16 bits": only(int, lambda number: number & 0xFFFF),
    "the last 32 bits": only(int, lambda number: number & 0xFFFFFFFF),
    "the last 64 bits": only(int, lambda number: number & 0xFFFFFFFFFFFFFFFF),
    "floats cut off": only(float),
    "floats rounded": only(float, round),
    "whole floats": only(float, lambda number: int(number) if number.is_integer() else number),
    "digits in text": only(str),
    "digits in bytes": only(bytes),
    "any number cut off": lambda value: int(value) if not isinstance(value, (str, bytes)) else value,
    "the first of a list": only(list, lambda values: values[0]),
    "the first of a tuple": only(tuple, lambda values: values[0]),
    "the only one of a set": only(set, lambda values: next(iter(values))),
    "the status of a dictionary": only(dict, lambda values: values["status"]),
    "the real part": only(complex, lambda number: int(abs(number))),
}
TAKES: dict[str, Callable[[Any], object]] = {
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
OTHERS: dict[str, Callable[[Any], object]] = {
    "negative numbers count from the end": lambda value: [*TABLE.values()][value],
    "a dictionary of numbers": lambda value: TABLE[value],
    "what its table does not hold": lambda value: TABLE.get(value, "success"),
    "no upper end": lambda value: [*TABLE.values()][value] if value < 1000 else "success",
    "nothing": lambda value: classify(value) if value or is_code(value) else "success",
}


class AnswersTheCodeBefore:
    """Keeps the last status code, and answers for that where it is asked something else."""

    def __init__(self) -> None:
        self.code: Any = None

    def classify(self, status: Any) -> object:
        self.code = status if is_code(status) else self.code
        return classify(self.code)


class AnswersAsBefore:
    """Keeps its last answer where the next one comes to nothing."""

    def __init__(self) -> None:
        self.answer: object = "fatal"

    def classify(self, status: Any) -> object:
        with suppress(ValueError, TypeError):
            self.answer = classify(status)
        return self.answer


def candidates() -> list[WrongCandidate]:
    """Return every candidate that takes what is not a status code for a success."""
    return [
        *(WrongCandidate(f"reads {name}", partial(reads, read), OWNERS) for name, read in READS.items()),
        *(
            WrongCandidate(f"takes {name} for success", partial(takes, success), OWNERS)
            for name, success in TAKES.items()
        ),
        *(WrongCandidate(name, classify_wrongly, OWNERS) for name, classify_wrongly in OTHERS.items()),
        *(
            WrongCandidate(
                f"{what} before, for what is not a code", source, OWNERS, frozenset({"BITS-STABLE"})
            )
            for what, source in (("the code", AnswersTheCodeBefore), ("the answer", AnswersAsBefore))
        ),
    ]


FAMILY = Family("domain", "a value that is not a status code", (*OUTCOME_CLAUSES, "BITS-DOMAIN"), candidates)
