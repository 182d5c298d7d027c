"""docs/landscape.md and its maps are what their tool makes of what it has measured."""

import re
from pathlib import Path

import pytest

from tests.support import landscape as page
from tests.support.tools import need_distribution
from tools import landscape


def test_the_page_is_what_the_tool_makes_of_its_own_figures_and_the_installed_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for distribution in landscape.ADAPTERS.values():
        need_distribution(distribution)
    monkeypatch.chdir(Path(__file__).parents[2])
    versions = {name: cells[0] for name, cells in page.rows("Versions and settings").items()}
    made = landscape.page({name: page.outcomes(name) for name in versions}, versions)
    written = landscape.PAGE.read_text(encoding="utf-8")
    assert without_versions(made) == without_versions(written), "run: python -m tools.landscape"


def test_the_maps_are_of_the_same_figures() -> None:
    maps = landscape.HTML.read_text(encoding="utf-8")
    drawn = re.findall(r"<code>([^<(]+?)(?: \([^<]*)?</code> <span[^>]*>(\d+) of 800 codes depart", maps)
    as_bits = {name: int(cells[-1]) for name, cells in page.rows("Every code").items()}
    assert {**dict(drawn), "BITS": "0"} == {name: str(800 - same) for name, same in as_bits.items()}


def without_versions(text: str) -> str:
    """Return the page as it would be had no library changed anything but its version."""
    rows = r"^(\| \d \| [a-z0-9-]+ \|) ([0-9][^ ]*) \|"
    assert re.search(rows, text, re.MULTILINE), "the page records no versions"
    return re.sub(rows, r"\1 |", text, flags=re.MULTILINE)
