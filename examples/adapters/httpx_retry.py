"""httpx-retries: the defaults of Retry().

The default of `status_forcelist` in the documentation of `Retry` decides: 429, 502, 503 and 504.
"""

from httpx_retries import Retry

_retry = Retry()


def classify(status: int) -> str:
    """Say what `Retry.is_retryable_status_code`, which the transport asks, makes of an answer."""
    if status == 200:
        return "success"
    return "transient" if _retry.is_retryable_status_code(status) else "fatal"
