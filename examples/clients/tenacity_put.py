"""tenacity around requests: whatever raise_for_status raises is tried again."""

import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_none


@retry(
    retry=retry_if_exception_type(requests.HTTPError),
    stop=stop_after_attempt(2),
    wait=wait_none(),
    reraise=True,
)
def upload(url: str, data: bytes) -> None:
    """Upload by PUT."""
    requests.put(url, data=data, timeout=10).raise_for_status()
