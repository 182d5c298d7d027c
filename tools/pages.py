"""Putting a measured table where a page keeps it."""

from collections.abc import Sequence
from pathlib import Path


def replace_between(path: Path, begin: str, end: str, table: Sequence[str]) -> None:
    """Replace what stands between the lines ``begin`` and ``end`` of a page with the lines of ``table``."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    filled = "\n".join([begin, "", *table, "", end])
    path.write_text(f"{before}{filled}{after}", encoding="utf-8", newline="\n")
