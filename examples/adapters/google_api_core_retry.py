"""google-api-core: if_transient_error, the default predicate of Retry().

The documentation of `if_transient_error` decides: 429, 500 and 503.
"""

from google.api_core.exceptions import from_http_status
from google.api_core.retry import if_transient_error


def classify(status: int) -> str:
    """Say what `if_transient_error` makes of the exception for an answer to an upload."""
    if status == 200:
        return "success"
    error: Exception = from_http_status(status, "")  # type: ignore[no-untyped-call]
    return "transient" if if_transient_error(error) else "fatal"
