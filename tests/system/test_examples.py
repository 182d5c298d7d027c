"""Whether the examples do what their page says, by the commands that stand on it."""

import shutil
from pathlib import Path

import pytest

from bitsspec import classify
from bitsspec.spec import STATUS_CODES
from tests.support.documented import blocks, departures, follow
from tests.support.tools import need_distribution

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = EXAMPLES / "README.md"
EVERY_FIELD = ["classify", "repost", "context", "hresult"]


LIBRARIES = {
    "aiohttp_retry_client": ("aiohttp-retry", "500-999"),
    "azure_core_retry": ("azure-core", "408 429 500 502-504 506-998"),
    "botocore_transient": ("botocore", "500 502-504"),
    "google_api_core_retry": ("google-api-core", "429 500 503"),
    "httpx_retry": ("httpx-retries", "429 502-504"),
    "urllib3_retry": ("urllib3", "413 429 503"),
}
"""The adapters of libraries, and what a library's documentation says it sends again."""


def codes(ranges: str) -> list[int]:
    """Return the codes of ``408 500-504``."""
    bounds = [part.split("-") for part in ranges.split()]
    return [code for bound in bounds for code in range(int(bound[0]), int(bound[-1]) + 1)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a directory like the root of a checkout, in which programs may be built."""
    shutil.copytree(
        EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__", "node_modules")
    )
    (tmp_path / "spec").mkdir()
    shutil.copy(EXAMPLES.parent / "spec" / "vectors.csv", tmp_path / "spec")
    return tmp_path


def test_every_adapter_is_tried_and_stands_on_the_page() -> None:
    modules = {path.stem for path in (EXAMPLES / "adapters").glob("*.py")} - {"__init__"}
    assert modules == set(LIBRARIES)
    page = PAGE.read_text(encoding="utf-8")
    assert [module for module in modules if f"`python:examples.adapters.{module}`" not in page] == []


@pytest.mark.parametrize("module", LIBRARIES)
def test_a_library_departs_exactly_where_its_documented_list_differs(module: str, checkout: Path) -> None:
    distribution, sends_again = LIBRARIES[module]
    need_distribution(distribution)
    report = follow(f"bitsspec check python:examples.adapters.{module}", checkout)
    again = codes(sends_again)
    found = {each["input"]: each["got"] for clause in departures(report).values() for each in clause}
    expected = {
        status: "transient" if status in again else "fatal" for status in STATUS_CODES if status != 200
    }
    assert found == {status: got for status, got in expected.items() if got != classify(status)}
    assert report["capabilities"] == ["classify"]


@pytest.mark.parametrize(
    ("heading", "capabilities"),
    [
        ("Clients", ["classify", "context", "hresult", "posts"]),
        ("C", [*EVERY_FIELD, "posts"]),
        ("JavaScript", [*EVERY_FIELD, "posts"]),
        ("awk", EVERY_FIELD),
        ("PowerShell", [*EVERY_FIELD, "posts"]),
        ("Table", EVERY_FIELD),
    ],
)
def test_a_client_program_or_table_conforms_by_the_command_on_the_page(
    heading: str, capabilities: list[str], checkout: Path
) -> None:
    report = follow(blocks(PAGE, heading)["sh"], checkout)
    assert departures(report) == {}
    assert report["strict"]
    assert report["capabilities"] == capabilities


def test_the_command_for_adapters_names_one_that_is_there(checkout: Path) -> None:
    need_distribution("urllib3")
    install, check = blocks(PAGE, "Adapters")["sh"].splitlines()
    assert install == 'pip install "bitsspec[examples]"'
    assert departures(follow(check, checkout))
