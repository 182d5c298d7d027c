"""botocore: the defaults of TransientRetryableChecker(), which the retry mode "standard" uses.

The list of transient status codes in "Retries" of the Boto3 guide decides: 500, 502, 503 and 504.
"""

from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]
from botocore.retries.standard import RetryContext, TransientRetryableChecker  # type: ignore[import-untyped]

_checker = TransientRetryableChecker()


def classify(status: int) -> str:
    """Say what `TransientRetryableChecker.is_retryable` makes of an answer to an upload."""
    if status == 200:
        return "success"
    response = AWSResponse("https://server.example/upload", status, {}, None)
    context = RetryContext(attempt_number=1, http_response=response)
    return "transient" if _checker.is_retryable(context) else "fatal"
