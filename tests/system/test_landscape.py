"""docs/landscape.md is what its tool makes."""

import re
from pathlib import Path

import pytest

from tools import landscape


def test_the_page_is_what_the_tool_makes_of_the_installed_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("aiohttp_retry", "azure.core", "botocore", "google.api_core", "httpx_retries", "urllib3"):
        pytest.importorskip(package, reason="needs the extra examples")
    monkeypatch.chdir(Path(__file__).parents[2])
    page = landscape.PAGE.read_text(encoding="utf-8")
    assert without_versions(landscape.page()) == without_versions(page), "run: python -m tools.landscape"


def without_versions(page: str) -> str:
    """Return the page as it would be had no library changed anything but its version."""
    rows = r"^(\| \d \| [a-z0-9-]+ \|) ([0-9][^ ]*) \|"
    assert re.search(rows, page, re.MULTILINE), "the page records no versions"
    return re.sub(rows, r"\1 |", page, flags=re.MULTILINE)
