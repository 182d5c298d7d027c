"""What real clients do on the wire: where they differ most, and wherever the page has them change."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.spec import Capability
from examples.clients import CLIENTS, RealClient
from tests.support import landscape
from tests.support.tools import need, need_distribution, need_node_packages
from tools.landscape import CLAIMS, GLANCE, SHOWN, held_against, version_of

ROOT = Path(__file__).parents[2]
CLIENT_BY_NAME = {client.name: client for client in CLIENTS}
EVERYWHERE = " ".join(map(str, GLANCE))
BELOW_400 = "201 204 302 304 308"
EXPECTED = {
    "curl": (EVERYWHERE, ""),
    "curl -f --retry 1": (BELOW_400, "408 429 500 503"),
    "curl -f --retry 1 --retry-all-errors": (BELOW_400, "403 408 409 429 500 503 501 505 599 999"),
    "wget": ("201 204", "429 500 503"),
    "HTTPie": ("201 204 999", ""),
    "urllib3": ("201 204", ""),
    "requests": (f"{BELOW_400} 999", "429 500 503"),
    "httpx-retries": ("201 204", "429 503"),
    "aiohttp-retry": (BELOW_400, "500 503 501 505 599 999"),
    "tenacity": (f"{BELOW_400} 999", "403 408 409 429 500 503 501 505 599"),
    "boto3": ("201 204", "429 500 503"),
    "google-resumable-media": ("", "408 429 500 503"),
    "Node.js fetch": ("201 204", ""),
    "undici RetryAgent": ("201 204", "429 500 503"),
    "got": ("201 204 304", "408 429 500 503"),
    "ky": ("201 204", "408 429 500 503"),
    "axios-retry": ("201 204", "429 500 503 501 505 599"),
    "fetch-retry": ("201 204", "403 408 409 429 500 503 501 505 599 999"),
}
"""At which codes of the first table a client is content, and at which it posts again. Else it stops."""

each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def watched(client: RealClient, codes: Iterable[int]) -> dict[int, str]:
    """Return what a client does at some codes; skip the test where it is not here."""
    if client.command:
        need(client.command)
    if client.packages:
        need_node_packages()
    for distribution in client.distributions:
        need_distribution(distribution)
    candidate = open_candidate(client.target, jobs=client.jobs)
    try:
        asked = list(codes)
        answers = candidate.ask(Capability.CLASSIFY, asked)
    finally:
        candidate.close()
    return dict(zip(asked, map(str, answers), strict=True))


def test_every_client_is_expected_to_do_something() -> None:
    assert EXPECTED.keys() == CLIENT_BY_NAME.keys()


@each_client
def test_a_client_is_content_posts_again_or_stops_as_expected(client: RealClient) -> None:
    content, again = ([int(code) for code in codes.split()] for codes in EXPECTED[client.name])
    expected = dict.fromkeys(GLANCE, "fatal")
    expected |= dict.fromkeys(content, "success") | dict.fromkeys(again, "transient")
    assert watched(client, GLANCE) == expected


@each_client
def test_a_client_changes_its_mind_where_the_page_says(client: RealClient) -> None:
    if client.command and not client.packages:
        need(client.command)
        here, on_the_page = version_of(client), landscape.rows("Versions and settings")[client.name][0]
        if here != on_the_page:
            pytest.skip(f"the page is about {on_the_page}, and here is {here}")
    edges = {code: word for *codes, word in landscape.ranges(client.name) for code in codes}
    assert watched(client, edges) == edges, "run: python -m tools.landscape"


@pytest.mark.parametrize("name", CLAIMS)
def test_what_a_library_claims_is_what_it_does_but_where_the_page_says_so(name: str) -> None:
    does = watched(CLIENT_BY_NAME[name], SHOWN)
    both, claim_alone, content = held_against(name, does)
    again, named_as_content = landscape.rows("What libraries say of themselves")[name]
    assert again == f"both at {both or 'none'}" + (
        f"; the claim alone at {claim_alone}" if claim_alone else ""
    )
    assert named_as_content == content
