"""urllib3: the defaults of Retry(), for an answer that carries Retry-After.

`Retry.RETRY_AFTER_STATUS_CODES` decides: 413, 429 and 503. Without that header, and without a
`status_forcelist`, urllib3 retries no status at all.
"""

from urllib3 import Retry

_retry = Retry()


def classify(status: int) -> str:
    """Say what `Retry.is_retry` makes of an answer to an upload."""
    if status == 200:
        return "success"
    return "transient" if _retry.is_retry("PUT", status, has_retry_after=True) else "fatal"
