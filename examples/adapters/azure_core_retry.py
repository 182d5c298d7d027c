"""azure-core: the defaults of RetryPolicy().

The documentation of `RetryPolicy.is_retry` decides: nothing below 400, then 408, 429, 500, 502, 503
and 504. The policy's code adds every status from 506 to 998.
"""

from azure.core.pipeline import PipelineContext, PipelineResponse
from azure.core.pipeline.policies import RetryPolicy
from azure.core.pipeline.transport import HttpRequest, HttpResponse

_policy = RetryPolicy()
_request = HttpRequest("PUT", "https://server.example/upload")


def classify(status: int) -> str:
    """Say what `RetryPolicy.is_retry` makes of an answer to an upload."""
    if status == 200:
        return "success"
    response = HttpResponse(_request, None)
    response.status_code = status
    answered = PipelineResponse(_request, response, PipelineContext(None))
    return "transient" if _policy.is_retry(_policy.configure_retries({}), answered) else "fatal"
