"""Whether the examples do what their page says, by the commands that stand on it."""

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.support.documented import blocks, departures, follow

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = EXAMPLES / "README.md"
EVERY_FIELD = ["classify", "repost", "context", "hresult"]


@dataclass
class Library:
    """What a library's documentation says it sends again, and where BITS does something else."""

    distribution: str
    sends_again: str
    departs_3xx: str
    departs_4xx: str
    departs_5xx: str
    departs_other: str

    def departures(self) -> dict[str, dict[int, tuple[str, str]]]:
        """Return, for each clause, what is expected at the departing codes and what comes back."""
        again = codes(self.sends_again)
        ranges = {
            "BITS-3XX": self.departs_3xx,
            "BITS-4XX": self.departs_4xx,
            "BITS-5XX": self.departs_5xx,
            "BITS-OTHER": self.departs_other,
        }
        return {
            clause: {
                code: ("fatal", "transient") if code in again else ("transient", "fatal")
                for code in codes(departing)
            }
            for clause, departing in ranges.items()
            if departing
        }


LIBRARIES = {
    "aiohttp_retry_client": Library(
        "aiohttp-retry", "500-999", "306 308-399", "408-409", "501 505", "0-199 201-299"
    ),
    "azure_core_retry": Library(
        "azure-core", "408 429 500 502-504 506-998", "306 308-399", "409 429", "", "0-199 201-299 999"
    ),
    "botocore_transient": Library(
        "botocore", "500 502-504", "306 308-399", "408-409", "506-599", "0-199 201-299 600-999"
    ),
    "google_api_core_retry": Library(
        "google-api-core",
        "429 500 503",
        "306 308-399",
        "408-409 429",
        "502 504 506-599",
        "0-199 201-299 600-999",
    ),
    "httpx_retry": Library(
        "httpx-retries",
        "429 502-504",
        "306 308-399",
        "408-409 429",
        "500 506-599",
        "0-199 201-299 600-999",
    ),
    "urllib3_retry": Library(
        "urllib3",
        "413 429 503",
        "306 308-399",
        "408-409 413 429",
        "500 502 504 506-599",
        "0-199 201-299 600-999",
    ),
}


def codes(ranges: str) -> list[int]:
    """Return the codes of ``408 500-504``."""
    bounds = [part.split("-") for part in ranges.split()]
    return [code for bound in bounds for code in range(int(bound[0]), int(bound[-1]) + 1)]


def need_distribution(name: str) -> None:
    """Skip the test where a library is not installed; fail it in CI."""
    try:
        version(name)
    except PackageNotFoundError:
        missing = f"needs {name}: pip install bitsspec[examples]"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a directory like the root of a checkout, in which programs may be built."""
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_every_adapter_is_tried_and_stands_on_the_page() -> None:
    modules = {path.stem for path in (EXAMPLES / "adapters").glob("*.py")} - {"__init__"}
    assert modules == set(LIBRARIES)
    page = PAGE.read_text(encoding="utf-8")
    assert [module for module in modules if f"`python:examples.adapters.{module}`" not in page] == []


@pytest.mark.parametrize("module", LIBRARIES)
def test_a_library_departs_exactly_where_its_documented_list_differs(module: str, checkout: Path) -> None:
    library = LIBRARIES[module]
    need_distribution(library.distribution)
    report = follow(f"bitsspec check python:examples.adapters.{module}", checkout)
    found = {
        clause: {each["input"]: (each["expected"], each["got"]) for each in departing}
        for clause, departing in departures(report).items()
    }
    assert found == library.departures()
    assert report["capabilities"] == ["classify"]


@pytest.mark.parametrize(
    ("heading", "capabilities"),
    [
        ("C", [*EVERY_FIELD, "posts"]),
        ("JavaScript", [*EVERY_FIELD, "posts"]),
        ("awk", EVERY_FIELD),
        ("PowerShell", [*EVERY_FIELD, "posts"]),
        ("Table", ["classify", "repost"]),
    ],
)
def test_a_program_or_table_conforms_by_the_command_on_the_page(
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
