"""Candidates as a table: a ``.csv`` or ``.json`` file with a row for each status code."""

import csv
import json
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
    for line, row in reader(rest, read_text(path)):
        status = _status(rest, line, row)
        if status in first_line:
            raise _malformed(rest, line, f"status {status} stands on line {first_line[status]} already")
        first_line[status] = line
        for column, name in zip(COLUMNS, HEADER[1:], strict=True):
            answer = read_field(column, row.get(name, ""))
            if answer == NO_ANSWER and column is not Capability.CLASSIFY:
                continue
            if isinstance(answer, Failure):
                raise _malformed(rest, line, f"{answer} is not {_EXPECTED[name]}")
            answers[column][status] = answer
    return TableCandidate(f"table:{rest}", answers)


_EXPECTED = {
    "outcome": "an outcome: write success, transient or fatal",
    "repost": "an answer to repost: write yes or no",
    "context": "a context: write a number",
    "hresult": "an hresult: write a number such as 0x80190193",
}


def _malformed(path: str, line: int, what: str) -> CannotRun:
    return CannotRun(f"{path}, line {line}: {what}")


def _status(path: str, line: int, row: Row) -> int:
    text = row.get("status", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) in STATUS_CODES):
        raise _malformed(path, line, f"{show(text)} is not a status code: write a number from 0 to 999")
    return int(text)


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
    """Yield the objects of a list, each with the line it starts on."""
    decoder = json.JSONDecoder()
    position = _skip(text, 0)
    if text[position : position + 1] != "[":
        raise _malformed(path, _line(text, position), "a table in JSON is a list of objects")
    position = _skip(text, position + 1)
    while text[position : position + 1] != "]":
        line = _line(text, position)
        try:
            entry, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise _malformed(path, error.lineno, f"is not JSON: {error.msg}") from error
        except (RecursionError, ValueError) as error:  # nested too deeply, or a number too long
            raise _malformed(path, line, f"cannot be read: {error}") from error
        yield line, _json_row(path, line, entry)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != "]":
            raise _malformed(path, _line(text, position), "is not JSON: a comma or ] is missing")
    position = _skip(text, position + 1)
    if position < len(text):
        raise _malformed(path, _line(text, position), "is not JSON: there is more after the list")


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
