"""A client over plain HTTP that reacts to every status code as BITS does."""

import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bitsspec import classify, get_error

RETRY_DELAY_S = 0.0  # BITS waits 600 s


class UploadFailed(Exception):
    """Posting the file again would not help; ``context`` and ``hresult`` are what GetError returns."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered {status:03d}")
        self.context, self.hresult = get_error(status)


def upload(url: str, data: bytes) -> None:
    """Post ``data`` until the server application has taken it; raises `UploadFailed` after a fatal error."""
    while (outcome := classify(status := put(url, data))) == "transient":
        time.sleep(RETRY_DELAY_S)
    if outcome == "fatal":
        raise UploadFailed(status)


def put(url: str, data: bytes) -> int:
    """Post ``data`` once and return the status code of the answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request("PUT", parts.path, body=data)
        return connection.getresponse().status
    finally:
        connection.close()
