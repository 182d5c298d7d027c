"""Candidates as a table: a ``.csv`` or ``.json`` file of rows, each for a status, a range, or all others."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bitsspec.candidates.base import NO_ANSWER, Candidate, Failure, in_order
from bitsspec.candidates.fields import COLUMNS, read_field
from bitsspec.errors import CannotRun
from bitsspec.files import read_text
from bitsspec.spec.vocabulary import STATUS_CODES, Capability
from bitsspec.text import show

HEADER = ("status", "outcome", "repost", "context", "hresult")
DEFAULT = "*"
"""The status of the row that answers for every code that no other row is about."""
Row = dict[str, str]


class TableCandidate(Candidate):
    """A table, read whole; what it does not list has no answer."""

    def __init__(self, target: str, answers: dict[Capability, dict[int, Any]]) -> None:
        self.target = target
        self._answers = answers

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The columns in which a code other than 200 has a value, and ``classify``."""
        offered = {Capability.CLASSIFY}
        offered |= {column for column in COLUMNS if any(code != 200 for code in self._answers[column])}
        return in_order(offered)

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        """Look each input up."""
        listed = self._answers[capability]
        return [listed.get(value, NO_ANSWER) if type(value) is int else NO_ANSWER for value in inputs]


def open_target(rest: str, timeout: float) -> Candidate:
    """Read the table at the path ``rest``; a row that cannot be read ends the run."""
    del timeout  # a table answers at once
    path = Path(rest)
    readers = {".csv": _csv_rows, ".json": _json_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise CannotRun(f"{rest}: a table ends in .csv or .json")
    answers: dict[Capability, dict[int, Any]] = {column: {} for column in COLUMNS}
    first_line: dict[int, int] = {}
    default: tuple[int, Row] | None = None
    for line, row in reader(rest, read_text(path)):
        if row.get("status") == DEFAULT:
            if default is not None:
                raise _malformed(rest, line, f"the default row {DEFAULT} stands on line {default[0]} already")
            default = line, row
            continue
        codes = _codes(rest, line, row)
        for status in codes:
            if status in first_line:
                raise _malformed(rest, line, f"status {status} stands on line {first_line[status]} already")
            first_line[status] = line
        _fill(answers, rest, line, row, codes)
    if default is not None:
        _fill(answers, rest, *default, [status for status in STATUS_CODES if status not in first_line])
    return TableCandidate(f"table:{rest}", answers)


def _fill(
    answers: dict[Capability, dict[int, Any]], path: str, line: int, row: Row, codes: Sequence[int]
) -> None:
    """Let a row answer for the codes that it is about."""
    for column, name in zip(COLUMNS, HEADER[1:], strict=True):
        answer = read_field(column, row.get(name, ""))
        if answer == NO_ANSWER and column is not Capability.CLASSIFY:
            continue
        if isinstance(answer, Failure):
            raise _malformed(path, line, f"{answer} is not {_EXPECTED[name]}")
        answers[column].update(dict.fromkeys(codes, answer))


_EXPECTED = {
    "outcome": "an outcome: write success, transient or fatal",
    "repost": "an answer to repost: write yes or no",
    "context": "a context: write a number",
    "hresult": "an hresult: write a number such as 0x80190193",
}


def _malformed(path: str, line: int, what: str) -> CannotRun:
    return CannotRun(f"{path}, line {line}: {what}")


def _codes(path: str, line: int, row: Row) -> range:
    """Return the status codes that a row is about: one, or those of a range."""
    text = row.get("status", "")
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not (_is_code(first) and (_is_code(last) if dash else not last)):
        raise _malformed(
            path, line, f"{show(text)} is not a status code: write 0 to 999, a range 400-407, or {DEFAULT}"
        )
    if dash and int(first) > int(last):
        raise _malformed(path, line, f"{show(text)} is an empty range: write {last}-{first}")
    return range(int(first), int(last or first) + 1)


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _csv_rows(path: str, text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(text.splitlines(), strict=True)
    columns: list[str] | None = None
    try:
        for fields in reader:
            cells = [field.strip() for field in fields]
            if not any(cells):
                continue
            if columns is None:
                columns = [cell.lower() for cell in cells]
                if len(columns) < 2 or tuple(columns) != HEADER[: len(columns)]:
                    raise _malformed(path, reader.line_num, f"the header must be {_HEADER_TEXT}")
            elif len(cells) != len(columns):
                fields_text = f"{len(cells)} fields where the header has {len(columns)}"
                raise _malformed(path, reader.line_num, fields_text)
            else:
                yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise _malformed(path, reader.line_num, f"is not CSV: {error}") from error
    if columns is None:
        raise _malformed(path, 1, f"the file is empty; the header must be {_HEADER_TEXT}")


_HEADER_TEXT = "status,outcome[,repost[,context[,hresult]]]"


def _json_rows(path: str, text: str) -> Iterator[tuple[int, Row]]:
    """Yield the objects of a list, each with the line it starts on.

    The list may be the ``vectors`` of an object, which is what ``bitsspec vectors`` prints.
    """
    position = _skip(text, 0)
    is_object = text[position : position + 1] == "{"
    if is_object:
        position = _list_of_object(path, text, position)
    elif text[position : position + 1] != "[":
        raise _malformed(path, _line(text, position), f"a table in JSON is {_JSON_TABLE}")
    position = _skip(text, position + 1)
    while text[position : position + 1] != "]":
        line = _line(text, position)
        entry, position = _decode(path, text, position)
        yield line, _json_row(path, line, entry)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != "]":
            raise _malformed(path, _line(text, position), "is not JSON: a comma or ] is missing")
    position = _skip(text, position + 1)
    if position < len(text) and not is_object:
        raise _malformed(path, _line(text, position), "is not JSON: there is more after the list")


_JSON_TABLE = 'a list of objects, or an object with such a list as its "vectors"'


def _list_of_object(path: str, text: str, position: int) -> int:
    """Return where the list begins that is the ``vectors`` of the object at ``position``."""
    whole, end = _decode(path, text, position)
    if text[end:].strip():
        raise _malformed(path, _line(text, _skip(text, end)), "is not JSON: there is more after the object")
    rows = whole.get("vectors")
    if isinstance(rows, list):
        for key in re.finditer(r'"vectors"\s*:\s*(?=\[)', text):
            if _decode(path, text, key.end())[0] == rows:
                return key.end()
    raise _malformed(path, _line(text, position), f"a table in JSON is {_JSON_TABLE}")


def _decode(path: str, text: str, position: int) -> tuple[Any, int]:
    """Return the value at ``position``, and where it ends."""
    try:
        return json.JSONDecoder().raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise _malformed(path, error.lineno, f"is not JSON: {error.msg}") from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number too long
        raise _malformed(path, _line(text, position), f"cannot be read: {error}") from error


def _json_row(path: str, line: int, entry: object) -> Row:
    if not isinstance(entry, dict):
        raise _malformed(path, line, "an entry of the list is not an object")
    unknown = sorted(set(entry) - set(HEADER))
    if unknown:
        raise _malformed(path, line, f"unknown key {show(unknown[0])}: the keys are {', '.join(HEADER)}")
    row = {}
    for key, value in entry.items():
        if isinstance(value, bool):
            row[key] = "yes" if value else "no"
        elif isinstance(value, int | str):
            row[key] = str(value).strip()
        elif value is not None:
            raise _malformed(path, line, f"{key} is neither text nor a whole number")
    return row


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
