"""Values of a candidate's as text: one line, of bounded length, the same in every run."""

import re

LONGEST = 200
MOST_READ = 10 * LONGEST
"""How much of a text is looked at before it is shortened."""
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_COMMAND = re.compile(r"#(?=#\w*\[)")
_FIRST_COLONS = re.compile("^( *)::")
_ANY_COLONS = re.compile("()::")
_TOLD = re.compile(r"^raised |; stderr: ")


def printable(text: str) -> str:
    """Return ``text`` as one line in which whatever is not printable is an escape, such as ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def inert(text: str, *, wrapped: bool = False) -> str:
    """Return lines that no terminal and no CI service takes for more than text.

    What is not printable is an escape, and so is a sign of what GitHub Actions or Azure Pipelines takes for
    a command in a log: ``##[`` and ``##vso[``, and ``::`` where a line begins (anywhere if ``wrapped``).
    """
    begins = _ANY_COLONS if wrapped else _FIRST_COLONS
    return "\n".join(
        re.sub(begins, r"\1:\\x3a", _COMMAND.sub(r"\\x23", printable(line))) for line in text.split("\n")
    )


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` as one printable line of at most ``longest`` characters."""
    if len(text) <= longest and text.isprintable():
        return text
    line = printable(text[: longest + 1])
    return line if len(line) <= longest else line[: longest - 1] + "…"


def encodable(text: str) -> str:
    """Return ``text`` with what no encoding can write (a file name's stray bytes) as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def show(value: object) -> str:
    """Return the ``repr`` of ``value`` without memory addresses; whatever that raises is part of it."""
    try:
        text = _digits(value) if type(value) is int else _plain(repr(value))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        text = f"<{name_of(value)} whose repr raised {name_of(error)}>"
    return shorten(_ADDRESS.sub("", text[:MOST_READ]))


def show_raised(error: BaseException) -> str:
    """Return what a candidate raised, such as ``raised KeyError: 429``."""
    message, name = message_of(error), name_of(error)
    return shorten(_ADDRESS.sub("", f"raised {name}: {message[:MOST_READ]}" if message else f"raised {name}"))


def message_of(error: BaseException) -> str:
    """Return the message of an exception; none where that raises one itself."""
    try:
        return _plain(str(error))
    except KeyboardInterrupt:
        raise
    except BaseException:
        return ""


def _plain(text: str) -> str:
    """Return the characters of ``text``, whose class may be the candidate's, as a plain ``str``."""
    return str.__str__(text)


def name_of(value: object) -> str:
    """Return the name of the class of ``value``, which a class of classes cannot falsify."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def show_answer(answer: object) -> str:
    """Return an answer as reports write it: ``fatal``, ``yes``, ``7``, ``no answer``."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return shorten(_digits(answer)) if isinstance(answer, int) else str(answer)


def show_hresult(hresult: int) -> str:
    """Return an HRESULT as eight hexadecimal digits, ``0x80190193``."""
    return shorten(f"0x{hresult:08X}")


def _digits(number: int) -> str:
    """Return a number in decimal; in hexadecimal where it has more digits than Python writes."""
    try:
        return format(number, "d")
    except ValueError:
        return hex(number)


def without_code(text: str, code: int) -> str:
    """Return the text of an exception, or of a program's stderr, with ``code`` in it as ``CODE``.

    So that departures which differ by the status code alone are alike: ``raised KeyError: CODE``.
    """
    begins = _TOLD.search(text)
    if begins is None:
        return text
    head, told = text[: begins.end()], text[begins.end() :]
    return head + re.sub(rf"(?<![\w.])(?:{code}|{code:03d})(?!\w|\.\w)", "CODE", told)
