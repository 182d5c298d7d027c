"""docs/landscape.md is what its command makes."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.command import clean_environment

ROOT = Path(__file__).parents[2]
PRINT = "import sys; from tools.landscape import page; sys.stdout.buffer.write(page().encode())"


def test_the_page_is_what_the_command_makes_of_the_installed_libraries() -> None:
    for package in ("aiohttp_retry", "azure.core", "botocore", "google.api_core", "httpx_retries", "urllib3"):
        try:
            found = find_spec(package)
        except ModuleNotFoundError:
            found = None
        if found is None:
            pytest.skip(f"needs {package}: pip install bitsspec[examples]")
    made = subprocess.run(
        [sys.executable, "-c", PRINT], cwd=ROOT, env=clean_environment(), capture_output=True, check=True
    )
    stands = (ROOT / "docs" / "landscape.md").read_text(encoding="utf-8")
    assert without_versions(made.stdout.decode()) == without_versions(stands), (
        "run: python -m tools.landscape"
    )


def without_versions(page: str) -> str:
    """Return the page as it would be had no library changed anything but its version."""
    rows = r"^(\| \d \| [a-z0-9-]+ \|) ([0-9][^ ]*) \|"
    assert re.search(rows, page, re.MULTILINE), "the page records no versions"
    return re.sub(rows, r"\1 |", page, flags=re.MULTILINE)
