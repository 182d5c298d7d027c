"""aiohttp with the defaults of aiohttp-retry's ExponentialRetry() but for the delay."""

from aiohttp_retry import ExponentialRetry, RetryClient

_options = ExponentialRetry(attempts=2, start_timeout=0.001)


async def upload(url: str, data: bytes) -> None:
    """Upload by PUT."""
    async with RetryClient(retry_options=_options) as client, client.put(url, data=data) as answer:
        answer.raise_for_status()
