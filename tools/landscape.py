"""Write docs/landscape.md and .html: what real HTTP clients do at each status code, beside BITS.

From the root of the checkout, with the extra ``examples`` and examples/clients/package.json installed:

    python -m tools.landscape

Each client uploads to bitsspec's server on loopback, which answers with each code; that takes some minutes.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bitsspec.comparison import as_html, as_markdown
from bitsspec.comparison.files import compare_all
from bitsspec.comparison.model import Column, Comparison
from bitsspec.ranges import show_codes
from bitsspec.reference import classify
from bitsspec.report.model import Report
from bitsspec.run import run
from bitsspec.settings import Settings
from bitsspec.spec import OUTCOME_CLAUSES
from examples.clients import CLIENTS, RealClient

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "landscape.md"
HTML = PAGE.with_suffix(".html")
SHOWN = range(200, 1000)
"""The codes that a client can be shown."""
GLANCE = (201, 204, 302, 304, 308, 403, 408, 409, 429, 500, 503, 501, 505, 599, 999)
"""The codes of the first table, at which BITS or the clients differ."""
WORDS = {"success": "content", "transient": "**again**", "fatal": "stops"}
Outcomes = Mapping[int, str]
"""What a client does at each code that it was shown, in the words of a report."""

ADAPTERS = {
    "aiohttp_retry_client": "aiohttp-retry",
    "azure_core_retry": "azure-core",
    "botocore_transient": "botocore",
    "google_api_core_retry": "google-api-core",
    "httpx_retry": "httpx-retries",
    "urllib3_retry": "urllib3",
}
"""Each adapter in ``examples/adapters``, and the distribution it asks."""
CLAIMS = {
    "aiohttp-retry": "aiohttp_retry_client",
    "httpx-retries": "httpx_retry",
    "urllib3": "urllib3_retry",
}
"""Each client that is watched and has an adapter as well: what it claims can be held against what it does."""

INTRODUCTION = """\
# What real HTTP clients do at each status code

<!-- Made by: python -m tools.landscape -->

You upload a file, and the server answers with a status code. Is the client content, does it post the file
again by itself, or does it stop? {clients} clients were watched at 200-999: each code was the answer to a PUT
or POST of 1 KB, with an empty body, no `Retry-After` and no `Location`; a second post was answered 200.
Nothing here is taken from documentation: it is what the client did, as `bitsspec check "client:..."` sees it.
[clients.md](clients.md) says how to have yours judged, and why 000-199 cannot be shown to a client.

They do {different} different things. BITS, the first row, is what Windows' Background Intelligent Transfer
Service does by [Microsoft's page][page]. None of the others claims to follow it, and to follow other rules is
not wrong; this page says what changes for somebody who replaces BITS by one of them.
[The same as maps, side by side](landscape.html).

[page]: https://learn.microsoft.com/en-us/windows/win32/bits/handling-server-application-errors

## At a glance

content: it reports success after one post; **again**: it posts the file again by itself; stops: it reports a
failure after one post. Codes that all clients treat alike share a column.

"""
STANDS_OUT = """
What stands out:

- **2xx is one thing to most.** BITS is content with 200 only: after 201 or 204 it posts the file again.
- **429 is the other way round.** BITS stops; {again_429} of the clients go on sending to a server application
  that meant "no".
- **408 and 409** are the only 4xx codes at which BITS posts again. {again_409} of the clients do at 409.
- **501 and 505** stop BITS; {again_501} of the clients repeat them as they repeat every 5xx.
- **A redirect without `Location`** is a success to {content_302} of the clients: nothing was taken, and none
  of them says so.
- **600-999**, which are no codes of HTTP, are a success to {content_999} of the clients.

## Every code

"""
CLAIMED = """
## What libraries say of themselves

A retry library can also be asked: each adapter in [examples/adapters](../examples/README.md) calls the
library's own code, for all 1,000 codes, whether it would repeat a PUT. 200 counts as success, "would repeat"
as transient and "would not" as fatal. That is a claim; the tables above are facts. Where there are both, the
project's tests hold one against the other at the 800 codes that a client can be shown:

| library | posts again | the claim: stops; the fact: content |
| --- | --- | --- |
"""


def main() -> int:
    """Measure, and write both pages."""
    columns: list[Column] = []
    found: dict[str, Outcomes] = {}
    for client in (None, *CLIENTS):
        print(client.name if client else "BITS", file=sys.stderr, flush=True)
        report = watched(client)
        if client is not None:
            found[client.name] = outcomes(report)
        columns.append(Column(f"{client.name} ({version_of(client)})" if client else "BITS", report))
    PAGE.write_text(page(found, versions()), encoding="utf-8", newline="\n")
    HTML.write_text(as_html.render(Comparison(columns, strict=False, seed=0)), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE} and {HTML}")
    return 0


def watched(client: RealClient | None) -> Report:
    """Return the report of a client, judged by what it does; of one that does what BITS does for None."""
    target = "client:python:examples.clients.conforming:upload" if client is None else client.target
    clauses = tuple(clause.id for clause in OUTCOME_CLAUSES)
    return run(target, Settings(only=clauses, jobs=8 if client is None else client.jobs))


def outcomes(report: Report) -> dict[int, str]:
    """Return what came back at each code: what was expected, where it does not depart."""
    departing = {code: found[0][1].got for code, found in report.departing_codes().items()}
    return {code: departing.get(code, str(classify(code))) for code in SHOWN}


def page(of_clients: Mapping[str, Outcomes], version_of: Mapping[str, str]) -> str:
    """Return the page for what clients do and their versions, both by name."""
    bits = {code: str(classify(code)) for code in SHOWN}

    def count(word: str, code: int) -> int:
        return sum(does[code] == word for does in of_clients.values())

    introduction = INTRODUCTION.format(
        clients=len(of_clients),
        different=len({tuple(does.items()) for does in of_clients.values()}),
    )
    groups = _alike_in_all([bits, *of_clients.values()])
    glance = [_row("client", *(" ".join(map(str, group)) for group in groups)), _rule(1 + len(groups))]
    for name, does in {"BITS": bits, **of_clients}.items():
        glance.append(_row(_bold(name), *(WORDS.get(does[group[0]], does[group[0]]) for group in groups)))
    stands_out = STANDS_OUT.format(
        again_429=count("transient", 429),
        again_409=count("transient", 409),
        again_501=count("transient", 501),
        content_302=count("success", 302),
        content_999=count("success", 999),
    )
    every = [_row("client", "content", "posts again", "stops", "as BITS, of 800"), _rule(5)]
    for name, does in {"BITS": bits, **of_clients}.items():
        cells = [_codes(does, word) for word in WORDS]
        other = sorted({got for got in does.values() if got not in WORDS})
        cells[2] += "".join(f"; {got}: {_codes(does, got)}" for got in other)
        same = sum(does[code] == bits[code] for code in SHOWN)
        every.append(_row(_bold(name), *cells, str(same)))
    made = ["\n## Versions and settings\n", _row("client", "version", "settings; reports by"), _rule(3)]
    made += [_row(client.name, version_of[client.name], client.settings) for client in CLIENTS]
    return "\n".join(
        [introduction + "\n".join(glance), stands_out + "\n".join(every), *made, claimed(of_clients)]
    )


def claimed(of_clients: Mapping[str, Outcomes]) -> str:
    """Return what adapters say, beside what clients do where both are known."""
    lines = [CLAIMED.rstrip("\n")]
    for name in CLAIMS:
        both, claim_only, content = held_against(name, of_clients[name])
        again = f"both at {both or 'none'}" + (f"; the claim alone at {claim_only}" if claim_only else "")
        lines.append(_row(name, again, content))
    lines += [
        "",
        "Without a list of codes, urllib3 repeats only what carries `Retry-After`: its adapter supposes the",
        "header, and the server here sends none.",
        "",
        _row("", "distribution", "version", "configuration"),
        _rule(4),
    ]
    for number, (adapter, distribution) in enumerate(ADAPTERS.items(), 1):
        lines.append(_row(str(number), distribution, version(distribution), _configuration(adapter)))
    targets = [f"python:examples.adapters.{adapter}" for adapter in ADAPTERS]
    return "\n".join([*lines, "", as_markdown.render(compare_all(targets, Settings()))])


def held_against(name: str, does: Outcomes) -> tuple[str, str, str]:
    """Return where both post again, where only the adapter would, and where only the client is content.

    Raises ValueError where they differ in another way, as then the page would have to say so.
    """
    classify_by_claim = import_module(f"examples.adapters.{CLAIMS[name]}").classify
    claim = {code: str(classify_by_claim(code)) for code in SHOWN}
    pairs: dict[tuple[str, str], list[int]] = {}
    for code in SHOWN:
        pairs.setdefault((claim[code], does[code]), []).append(code)
    same = {("success", "success"), ("fatal", "fatal"), ("transient", "transient")}
    named = {("transient", "fatal"), ("fatal", "success")}
    if not pairs.keys() <= same | named:
        raise ValueError(
            f"{name}: the adapter says what the client does not do: {pairs.keys() - same - named}"
        )
    return (
        show_codes(pairs.get(("transient", "transient"), ())),
        show_codes(pairs.get(("transient", "fatal"), ())),
        show_codes(pairs.get(("fatal", "success"), ())),
    )


def versions() -> dict[str, str]:
    """Return the version of each client that is installed here, and of what carries it."""
    return {client.name: version_of(client) for client in CLIENTS}


def version_of(client: RealClient) -> str:
    """Return the versions that make a client what it is: ``requests 2.34.2, urllib3 2.8.0``."""
    wanted = json.loads((ROOT / "examples/clients/package.json").read_text(encoding="utf-8"))["dependencies"]
    found = [f"{name} {version(name)}" for name in client.distributions]
    found += [f"{name} {wanted[name]}" for name in client.packages]
    if client.command:
        told = subprocess.run(
            [client.command, "--version"], capture_output=True, encoding="utf-8", check=True
        )
        number = re.search(r"\d+\.\d[\d.]*", told.stdout)
        found.append(f"{'Node.js' if client.command == 'node' else client.command} {number and number[0]}")
    return ", ".join(found)


def _alike_in_all(of_all: Iterable[Outcomes]) -> list[tuple[int, ...]]:
    """Return the codes of the first table, together where everybody does the same at them."""
    groups: dict[tuple[str, ...], list[int]] = {}
    everybody = list(of_all)
    for code in GLANCE:
        groups.setdefault(tuple(does[code] for does in everybody), []).append(code)
    return [tuple(group) for group in groups.values()]


def _codes(does: Outcomes, word: str) -> str:
    return show_codes(code for code in SHOWN if does[code] == word)


def _configuration(adapter: str) -> str:
    documentation = import_module(f"examples.adapters.{adapter}").__doc__ or ""
    return documentation.splitlines()[0].partition(": ")[2].rstrip(".")


def _bold(name: str) -> str:
    return f"**{name}**" if name == "BITS" else name


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row(*["---"] * columns)


if __name__ == "__main__":
    sys.exit(main())
