"""Putting a measured table where a page keeps it."""

from collections.abc import Sequence
from pathlib import Path


def replace_between(path: Path, begin: str, end: str, table: Sequence[str]) -> None:
    """Replace what stands between the lines ``begin`` and ``end`` of a page with the lines of ``table``."""
    text = path.read_text(encoding="utf-8")
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        raise SystemExit(f"{path} has no lines {begin} and {end}: nothing was written")
    filled = "\n".join([begin, "", *table, "", end])
    path.write_text(f"{before}{filled}{after}", encoding="utf-8", newline="\n")
