"""google-resumable-media, by which Google's libraries for Python upload, with its own lists."""

import requests
from google.resumable_media.common import RetryStrategy
from google.resumable_media.requests import SimpleUpload


def upload(url: str, data: bytes) -> None:
    """Upload by POST."""
    simple = SimpleUpload(url)
    simple._retry_strategy = RetryStrategy(max_retries=1, initial_delay=0.001)  # where Google's own put it
    with requests.Session() as session:
        simple.transmit(session, data, "application/octet-stream")
