"""Write docs/landscape.md: where well-known HTTP retry classifiers differ from BITS.

From the root of the checkout, with the extra ``examples`` installed: python -m tools.landscape
"""

from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bitsspec.comparison import as_markdown
from bitsspec.comparison.files import compare_all
from bitsspec.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "landscape.md"
ADAPTERS = {
    "aiohttp_retry_client": "aiohttp-retry",
    "azure_core_retry": "azure-core",
    "botocore_transient": "botocore",
    "google_api_core_retry": "google-api-core",
    "httpx_retry": "httpx-retries",
    "urllib3_retry": "urllib3",
}
"""Each adapter in ``examples/adapters``, and the distribution it asks."""

INTRODUCTION = """\
# Where HTTP retry libraries differ from BITS

<!-- Made by: python -m tools.landscape -->

Read this before you replace BITS by an upload client of your own that leans on one of these libraries.
Each was asked, through its own code, whether it would repeat an upload (a PUT) after each of the 1,000
status codes. 200 counts as success, "would repeat" as a transient error and "would not" as a fatal one;
where that is not what BITS does, the library departs.

What stands out:

- **BITS repeats far more than they do.** Every code that BITS has no list for is transient, 2xx other than
  200 included. A library takes 201 for success and is content; BITS sends the file again.
- **429 is the other way round.** BITS stops; a library that repeats it goes on sending to a server
  application that meant "no".
- **408 and 409** are the only 4xx codes that BITS repeats. Few libraries repeat 408, and none of these
  repeats both by default.
- **501 and 505** stop BITS. A library that repeats every 5xx does not stop.

None of this makes a library wrong: they follow other rules. To follow these, give the library BITS' list
where it takes one, and check the result with `bitsspec check`.

## Libraries and configurations

| | distribution | version | configuration |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page for the installed versions of the libraries."""
    lines = [INTRODUCTION]
    for number, (adapter, distribution) in enumerate(ADAPTERS.items(), 1):
        lines.append(f"| {number} | {distribution} | {version(distribution)} | {_configuration(adapter)} |\n")
    lines.append("\n## Departures\n\n")
    targets = [f"python:examples.adapters.{adapter}" for adapter in ADAPTERS]
    lines.append(as_markdown.render(compare_all(targets, Settings())))
    return "".join(lines)


def _configuration(adapter: str) -> str:
    documentation = import_module(f"examples.adapters.{adapter}").__doc__ or ""
    return documentation.splitlines()[0].partition(": ")[2].rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")
