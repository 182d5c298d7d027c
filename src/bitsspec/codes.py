"""Reading status codes: as users write them, as Windows names them, and as logs print them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from bitsspec import windows_errors
from bitsspec.errors import CannotRun
from bitsspec.ranges import show_range
from bitsspec.settings import clause_id
from bitsspec.spec.clauses import CLAUSE_BY_ID, Clause
from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE, STATUS_CODES
from bitsspec.text import show, show_hresult

_FROM = {
    300: "AMBIGUOUS MOVED REDIRECT REDIRECT_METHOD NOT_MODIFIED USE_PROXY",
    307: "REDIRECT_KEEP_VERB",
    400: "BAD_REQUEST DENIED PAYMENT_REQ FORBIDDEN NOT_FOUND BAD_METHOD NONE_ACCEPTABLE PROXY_AUTH_REQ",
    408: "REQUEST_TIMEOUT CONFLICT GONE LENGTH_REQUIRED PRECOND_FAILED REQUEST_TOO_LARGE URI_TOO_LONG",
    415: "UNSUPPORTED_MEDIA RANGE_NOT_SATISFIABLE EXPECTATION_FAILED",
    500: "SERVER_ERROR NOT_SUPPORTED BAD_GATEWAY SERVICE_UNAVAIL GATEWAY_TIMEOUT VERSION_NOT_SUP",
}
_STATUS_BY_NAME = {
    name: status for first, names in _FROM.items() for status, name in enumerate(names.split(), first)
}
"""What follows ``HTTP_E_STATUS_`` (winerror.h), and mostly ``HTTP_STATUS_`` (winhttp.h), for which status."""

_AROUND = " \t\r\n'\"`()[]{}<>.,;:!?*\u2018\u2019\u201c\u201d"
_SUFFIX = r"(?:u?l{0,2})"
_DECIMAL = re.compile(rf"(0n)?(-?[0-9]{{1,20}}){_SUFFIX}", re.IGNORECASE | re.ASCII)
_HEX = re.compile(
    rf"(-?)0x([0-9a-f]{{1,16}}){_SUFFIX}|((?:f{{8}}`?)?[89a-f][0-9a-f]{{7}})(?:h|{_SUFFIX})",
    re.IGNORECASE | re.ASCII,
)
_RANGE = re.compile(r"([0-9]{1,3})(?:-|\u2013|\.\.)([0-9]{1,3})", re.ASCII)
_CLASS = re.compile(r"([0-9])([0-9x])x", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"BG_E_HTTP_ERROR_([0-9]{3})|HTTP_(?:E_)?STATUS_([A-Z_]+)", re.IGNORECASE | re.ASCII)

_WININET = range(12_000, 12_200)
"""Windows' errors that are told by their decimal number."""

_BEFORE = r"(?:http(?:/[0-9.]+)?|(?:sc-)?status|code|error|response|answer(?:ed|s)?|return(?:ed|s)?|got)"
_PHRASES = "|".join(sorted({re.escape(status.phrase) for status in HTTPStatus}))
_IN_A_LINE = re.compile(
    r"(?P<hresult>(?<![\w.-])(?:-?0x[0-9a-f]{8,16}|(?:f{8}`?)?80[0-9a-f]{6}|0n-?[0-9]{10}|-?2[0-9]{9})u?l{0,2}(?!\w))"
    r"|(?P<name>\b(?:BG_E|HTTP_E|HTTP_STATUS|ERROR_WINHTTP|ERROR_INTERNET)_\w+)"
    rf"|\b{_BEFORE}(?:[ _-]?code)?[\"'\])]*[\s:=>(\"'\[-]{{0,4}}(?:is |was |with |of )?"
    r"(?P<status>[0-9]{3})(?![\w%/-]|[.:][0-9]|\s*(?:ms|s|bytes|kb|mb)\b)"
    r"|\((?P<bracketed>[1-5][0-9]{2})\)"
    rf"|(?<![\w.-])(?P<phrased>[1-5][0-9]{{2}}) (?:{_PHRASES}|Client Error|Server Error)\b",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Asked:
    """What somebody asks about: some status codes, or a clause and the codes that it governs."""

    codes: tuple[int, ...]
    clause: Clause | None = None


def read(text: str) -> Asked:
    """Return what ``text`` asks about.

    It is a code, a range, a class, a clause, an HRESULT, a name, or a line in which a code stands.
    Raises `CannotRun`, which says of an error without a status what it is.
    """
    bare = text.strip(_AROUND)
    status = _status(bare)
    if status is not None:
        return Asked((status,))
    if found := _RANGE.fullmatch(bare):
        first, last = int(found[1]), int(found[2])
        if first > last:
            raise CannotRun(f"{show(text)} is an empty range: write {show_range(last, first)}")
        return Asked(tuple(range(first, last + 1)))
    if found := _CLASS.fullmatch(bare):
        ten = found[2].lower() != "x"
        first = int(found[1]) * 100 + (int(found[2]) * 10 if ten else 0)
        return Asked(tuple(range(first, first + (10 if ten else 100))))
    if clause := _clause(bare):
        return Asked(tuple(clause.governs), clause)
    if (hresult := _error(bare)) is not None:
        raise CannotRun(no_status(text, hresult))
    if codes := tuple(dict.fromkeys(code for code in in_line(text) if code in STATUS_CODES)):
        return Asked(codes)
    raise CannotRun(
        f"{show(text)} is neither a status code nor the HRESULT of one\n"
        f"write 000 to 999, 300-399, 4xx, BITS-3XX, {show_hresult(HTTP_HRESULT_BASE)} to "
        f"{show_hresult(HTTP_HRESULT_BASE + STATUS_CODES[-1])}, or BG_E_HTTP_ERROR_403"
    )


def no_status(text: str, hresult: int) -> str:
    """Return what is to be said of the HRESULT of an error, written as ``text``, without a status."""
    number = show_hresult(hresult)
    shown = number if text.upper() == number.upper() else f"{show(text)} ({number})"
    return f"{shown} is {windows_errors.describe(hresult)}\nno HTTP status stands behind it"


def in_line(line: str) -> Iterator[int]:
    """Yield the status codes that a line of a log speaks of, and the HRESULTs of errors without one."""
    for found in _IN_A_LINE.finditer(line):
        word = next(filter(None, found.groups()))
        status = _status(word)
        value = _error(word) if status is None else status
        if value is not None:
            yield value


def in_log(lines: Iterable[str]) -> dict[int, list[int]]:
    """Return the numbers of the lines that speak of each code or HRESULT, in order of appearance.

    A line of nothing but codes speaks of them, and so does the column ``sc-status`` of an IIS log.
    """
    found: dict[int, list[int]] = {}
    column = None
    for number, line in enumerate(lines, 1):
        words = line.split()
        if words[:1] == ["#Fields:"]:
            column = words.index("sc-status") - 1 if "sc-status" in words else None
            continue
        values = _nothing_but_codes(words)
        if values is None:
            values = list(in_line(line))
            if column is not None and not line.startswith("#") and column < len(words):
                values += _nothing_but_codes(words[column : column + 1]) or []
        for value in dict.fromkeys(values):
            found.setdefault(value, []).append(number)
    return found


def _nothing_but_codes(words: Iterable[str]) -> list[int] | None:
    """Return the status codes that the words are; None where one of them is something else."""
    found = []
    for word in words:
        status = _status(word.strip(_AROUND))
        if status is None:
            return None
        found.append(status)
    return found


def _status(text: str) -> int | None:
    """Return the status code that stands in ``text`` alone: itself, by its HRESULT or by its name."""
    if found := _NAME.fullmatch(text):
        return int(found[1]) if found[1] else _STATUS_BY_NAME.get(found[2].upper())
    for value in _numbers(text):
        status = value % 2**32 - HTTP_HRESULT_BASE
        if status in STATUS_CODES:
            return status
    return int(text) if len(text) <= 3 and text.isascii() and text.isdigit() else None


def _error(text: str) -> int | None:
    """Return the HRESULT of an error without a status that stands in ``text`` alone."""
    named = windows_errors.named(text)
    if named is not None:
        return named
    for value in _numbers(text):
        value += 0x8007_0000 if value in _WININET else 0
        if windows_errors.describe(value % 2**32):
            return value % 2**32
    return None


def _numbers(text: str) -> Iterator[int]:
    """Yield the 32-bit numbers that ``text`` may be, as logs print HRESULTs."""
    values = []
    if found := _DECIMAL.fullmatch(text):
        values.append(int(found[2]))
    if found := _HEX.fullmatch(text):
        values.append(int((found[1] or "") + (found[2] or found[3].replace("`", "")), 16))
    for value in values:
        extended = value - 2**64 if 2**64 - 2**31 <= value < 2**64 else value  # from 32 to 64 bits
        if -(2**31) <= extended < 2**32:
            yield extended


def _clause(text: str) -> Clause | None:
    try:
        return CLAUSE_BY_ID[clause_id(text)]
    except CannotRun:
        return None
