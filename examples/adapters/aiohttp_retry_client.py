"""aiohttp-retry: the defaults of ExponentialRetry(), but for the delay.

The parameter `retry_all_server_errors` in the README, true by default, decides: every status from 500
upwards. The client takes the decision in the midst of a request, so one is made, through a session that
answers from memory; nothing but the wait for the next attempt suspends it.
"""

from types import SimpleNamespace
from typing import Any

from aiohttp_retry import ExponentialRetry, RetryClient

_options = ExponentialRetry(start_timeout=0)


def classify(status: int) -> str:
    """Say whether a `RetryClient` makes a second attempt after an answer to an upload."""
    if status == 200:
        return "success"
    client = RetryClient(client_session=_Session(status), retry_options=_options)  # type: ignore[arg-type]
    request = client.put("https://server.example/upload").__await__()
    try:
        next(request)
    except StopIteration:
        return "fatal"
    request.close()
    return "transient"


class _Session:
    """What the client needs of an aiohttp session."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def request(self, method: str, url: str, **options: Any) -> SimpleNamespace:
        """Answer at once."""
        del url, options
        return SimpleNamespace(method=method, status=self._status)
