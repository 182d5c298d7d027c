"""Values of a candidate's as text: one line, of bounded length, the same in every run."""

import re

LONGEST = 200
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` as one printable line of at most ``longest`` characters."""
    if len(text) <= longest and text.isprintable():
        return text
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: longest + 1])
    return line if len(line) <= longest else line[: longest - 1] + "…"


def encodable(text: str) -> str:
    """Return ``text`` with what no encoding can write (a file name's stray bytes) as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def show(value: object) -> str:
    """Return the ``repr`` of ``value`` without memory addresses; never raises."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    return shorten(_ADDRESS.sub("", text))


def show_raised(error: BaseException) -> str:
    """Return what a candidate raised, such as ``raised KeyError: 429``."""
    try:
        message = str(error)
    except Exception:
        message = ""
    name = type(error).__name__
    return shorten(_ADDRESS.sub("", f"raised {name}: {message}" if message else f"raised {name}"))


def show_answer(answer: object) -> str:
    """Return an answer as reports write it: ``fatal``, ``yes``, ``7``, ``no answer``."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer) if not isinstance(answer, int) else format(answer, "d")


def show_hresult(hresult: int) -> str:
    """Return an HRESULT as eight hexadecimal digits, ``0x80190193``."""
    return f"0x{hresult:08X}"


def show_codes(codes: list[int]) -> str:
    """Return ascending status codes as ranges, ``200, 408-409``."""
    return ", ".join(f"{a:03d}" if a == b else f"{a:03d}-{b:03d}" for a, b in runs(codes))


def runs(codes: list[int]) -> list[tuple[int, int]]:
    """Return the first and last code of every run of consecutive codes in ``codes`` (ascending)."""
    found: list[tuple[int, int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1] = found[-1][0], code
        else:
            found.append((code, code))
    return found
