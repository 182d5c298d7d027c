"""Programs that read numbers leniently: ``0200``, ``+200``, ``2_00`` or other digits are 200 to them."""

import ast
import sys
from collections.abc import Callable

from bitsspec import classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate
from tests.support.command import exec_target

READS: dict[str, Callable[[str], object]] = {
    "int": int,
    "leading-zeros": lambda line: int(line) if line.isascii() and line.isdigit() else None,
    "sign": lambda line: int(line.removeprefix("+")) if line.removeprefix("+").isdecimal() else None,
    "underscores": lambda line: int(line) if line.replace("_", "").isalnum() and line.isascii() else None,
    "blanks": lambda line: int(line.replace(" ", "")),
    "other-digits": lambda line: int(line) if len(line) == 3 and line.isdecimal() else None,
    "decimals": lambda line: float(line) if line.isascii() else None,
    "hexadecimal": lambda line: int(line, 0 if line.startswith("0x") else 10) if "_" not in line else None,
    "literals": lambda line: ast.literal_eval(line.lstrip("0") or "0"),
    "last-digits": lambda line: int(line[-3:]),
    "last-32-bits": lambda line: int(line) & 0xFFFFFFFF if line.isascii() and line.isdigit() else None,
}


def answer(reads: Callable[[str], object], line: str) -> str:
    """Return a program's line for a line."""
    if line.startswith("posts "):
        return "unsupported"
    try:
        number = reads(line)
    except (ValueError, SyntaxError):
        number = None
    return str(classify(int(number))) if isinstance(number, int | float) and 0 <= number <= 999 else "refused"


def candidates() -> list[WrongCandidate]:
    """Return every program, each a process of this module."""
    owners = frozenset({"BITS-DOMAIN"})
    return [WrongCandidate(name, exec_target(sys.executable, "-m", __name__, name), owners) for name in READS]


FAMILY = Family(
    "lenient",
    "a program that reads numbers leniently",
    (*OUTCOME_CLAUSES, "BITS-STABLE", "BITS-DOMAIN"),
    candidates,
    in_process=False,
)

if __name__ == "__main__":
    for asked in sys.stdin:
        print(answer(READS[sys.argv[1]], asked.rstrip("\r\n")), flush=True)
