"""The settings of a run: what each is called, its default and its limits, stated once.

The options of the command line (``--timeout``), those of pytest (``--bits-timeout``) and the keys of its ini
file (``bits_timeout``) are all made from the fields of `Settings`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bitsspec.errors import CannotRun
from bitsspec.spec.clauses import CLAUSE_BY_ID
from bitsspec.spec.vocabulary import Capability
from bitsspec.text import show


@dataclass(frozen=True)
class Setting:
    """What there is to know about one setting."""

    name: str
    help: str
    metavar: str
    """What stands for its value in help texts; empty for one that is on or off."""
    read: Callable[[str], Any]
    """From text to the value; raises `CannotRun` for text that is not one."""
    default: Any

    @property
    def is_flag(self) -> bool:
        """Whether it is only on or off."""
        return not self.metavar

    @property
    def is_number(self) -> bool:
        """Whether its value is a number."""
        return self.metavar in ("N", "S")

    @property
    def repeats(self) -> bool:
        """Whether it may be given more than once."""
        return isinstance(self.default, tuple)


def clause_id(name: str) -> str:
    """Return the id of the clause that ``name`` means, in any letter case, with or without ``BITS-``.

    Raises `CannotRun`, listing the clauses, where there is none.
    """
    for wanted in (name.upper(), f"BITS-{name.upper()}"):
        if wanted in CLAUSE_BY_ID:
            return wanted
    raise CannotRun(f"there is no clause {show(name)}; the clauses are {', '.join(CLAUSE_BY_ID)}")


def capability(name: str) -> str:
    """Return the capability of that name, in any letter case; raises `CannotRun` where there is none."""
    if name.lower() not in list(Capability):
        raise CannotRun(f"there is no capability {show(name)}; the capabilities are {', '.join(Capability)}")
    return name.lower()


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], Any]:
    """Return what reads a number between two limits, both of them allowed."""
    what = "a whole number" if kind is int else "a number"

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = kind(-1)
        if not least <= value <= most:
            raise CannotRun(f"{show(text)} is not {what} from {least:,g} to {most:,}")
        return value

    return read


def _setting(default: Any, text: str, metavar: str = "", read: Callable[[str], Any] = str) -> Any:
    return field(default=default, metadata={"help": text, "metavar": metavar, "read": read})


@dataclass(frozen=True)
class Settings:
    """How a run is made."""

    strict: bool = _setting(False, "Check the clauses of level 'should' as well.")
    only: tuple[str, ...] = _setting((), "Check this clause; repeatable.", "CLAUSE", clause_id)
    require: tuple[str, ...] = _setting(
        (), "Fail where the candidate does not offer this; repeatable.", "CAPABILITY", capability
    )
    report: tuple[Path, ...] = _setting((), "Write a report; repeatable.", "PATH", Path)
    baseline: Path | None = _setting(
        None, "A TOML file of accepted departures; it must match exactly.", "PATH", Path
    )
    timeout: float = _setting(
        10.0,
        "Seconds that a program has for one answer, a client for one upload.",
        "S",
        _number(float, 0.001, 86_400),
    )
    jobs: int | None = _setting(
        None,
        "Uploads of a client at once (8; 1 for a Python function that is not async).",
        "N",
        _number(int, 1, 1_000),
    )
    examples: int = _setting(50, "How many sequences and values to draw.", "N", _number(int, 1, 100_000))
    seed: int = _setting(
        0, "Seed of what is drawn; the same seed makes the same run.", "N", _number(int, 0, 2**64 - 1)
    )


SETTINGS = {each.name: Setting(each.name, **each.metadata, default=each.default) for each in fields(Settings)}
"""What there is to know about each field of `Settings`, by its name."""
