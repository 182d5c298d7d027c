"""Status codes as ranges: neighbours that are alike stand together."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

Likeness = TypeVar("Likeness", bound=Hashable)


def by_likeness(codes: Iterable[tuple[int, Likeness]]) -> dict[Likeness, list[int]]:
    """Return the codes, ascending, that each likeness stands beside, in order of appearance."""
    found: dict[Likeness, list[int]] = {}
    for code, likeness in codes:
        found.setdefault(likeness, []).append(code)
    return {likeness: sorted(alike) for likeness, alike in found.items()}


def alike(codes: Iterable[tuple[int, Likeness]]) -> list[tuple[int, int, Likeness]]:
    """Return the first and last code of every run of codes that stand beside the same, ascending."""
    found = [
        (first, last, likeness)
        for likeness, together in by_likeness(codes).items()
        for first, last in runs(together)
    ]
    return sorted(found, key=lambda run: run[:2])


def runs(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last code of every run of consecutive codes in ``codes`` (ascending)."""
    found: list[tuple[int, int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1] = found[-1][0], code
        else:
            found.append((code, code))
    return found


def show_range(first: int, last: int) -> str:
    """Return ``429`` or ``600-699``."""
    return f"{first:03d}" if first == last else f"{first:03d}-{last:03d}"


def show_codes(codes: Iterable[int]) -> str:
    """Return ascending status codes as ranges, ``200, 408-409``."""
    return ", ".join(show_range(first, last) for first, last in runs(codes))
