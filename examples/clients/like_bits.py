"""A client over plain HTTP that does what BITS does, by http.client and the reference."""

import http.client
import time
from urllib.parse import urlsplit

from bitsspec import Outcome, classify

DELAY_S = 0.001
"""Seconds between two posts; BITS waits for ten minutes."""


def upload(url: str, data: bytes) -> None:
    """Upload by PUT until it is a success or a fatal error."""
    parts = urlsplit(url)
    while True:
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        connection.request("PUT", parts.path, data)
        status = connection.getresponse().status
        connection.close()
        outcome = classify(status)
        if outcome is Outcome.SUCCESS:
            return
        if outcome is Outcome.FATAL:
            raise OSError(f"HTTP {status}")
        time.sleep(DELAY_S)
