"""httpx with the defaults of httpx-retries but for the delay."""

import httpx
from httpx_retries import Retry, RetryTransport

_client = httpx.Client(transport=RetryTransport(retry=Retry(total=1, backoff_factor=0)))


def upload(url: str, data: bytes) -> None:
    """Upload by PUT."""
    _client.put(url, content=data).raise_for_status()
