"""urllib3 with the defaults of Retry(), which has no list of codes: it goes by Retry-After alone."""

import urllib3

_pool = urllib3.PoolManager(retries=urllib3.Retry())


def upload(url: str, data: bytes) -> None:
    """Upload by PUT; urllib3 leaves it to its user what an error is."""
    answer = _pool.request("PUT", url, body=data)
    if not 200 <= answer.status <= 299:
        raise urllib3.exceptions.HTTPError(f"HTTP {answer.status}")
