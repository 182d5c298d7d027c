"""Real clients that upload by HTTP, each a command or a short file beside this one, and how to judge it.

From the root of a checkout, after pip install "bitsspec[examples]" and npm install --prefix examples/clients.
None of them claims to follow BITS.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RealClient:
    """One client, in one configuration."""

    name: str
    target: str
    settings: str
    """What is not as it comes."""
    commands: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    """What it needs from PyPI, what is judged first."""
    packages: tuple[str, ...] = ()
    """Likewise from npm."""
    jobs: int = 8
    """Uploads at once, as it waits between two posts."""


def _curl(name: str, options: str, settings: str, jobs: int = 8) -> RealClient:
    return RealClient(name, f"client:curl {options}-sS -T {{file}} {{url}}", settings, ("curl",), jobs=jobs)


def _python(name: str, module: str, settings: str, *distributions: str, jobs: int = 1) -> RealClient:
    target = f"client:python:examples.clients.{module}:upload"
    return RealClient(name, target, settings, (), distributions, jobs=jobs)


def _node(name: str, module: str, settings: str, *packages: str) -> RealClient:
    target = f"client:node examples/clients/{module}.mjs"
    return RealClient(name, target, settings, ("node",), (), packages)


_WGET = "client:wget -q -O - --method=PUT --body-file={file} --waitretry=0 --tries=3"
_LIST = "429,500,502,503,504"

CLIENTS = (
    _curl("curl", "", "no -f, so that the exit code says nothing of the status"),
    _curl("curl -f --retry", "-f --retry 1 ", "-f --retry 1", 64),
    _curl(
        "curl --retry-all-errors", "-f --retry 1 --retry-all-errors ", "-f --retry 1 --retry-all-errors", 64
    ),
    RealClient(
        "wget",
        f"{_WGET} --retry-on-http-error={_LIST} {{url}}",
        f"--tries=3 --waitretry=0 --retry-on-http-error={_LIST}",
        ("wget",),
    ),
    _python("HTTPie", "httpie_put", "--check-status", "httpie"),
    _python("urllib3", "urllib3_put", "Retry(); 200-299 is success", "urllib3"),
    _python(
        "requests",
        "requests_urllib3",
        f"urllib3's Retry(2, backoff_factor=0, allowed_methods=None, status_forcelist=[{_LIST}]), raise_for_status",
        "requests",
        "urllib3",
    ),
    _python(
        "httpx-retries",
        "httpx_retries_put",
        "Retry(total=2, backoff_factor=0), raise_for_status",
        "httpx-retries",
        "httpx",
    ),
    _python(
        "aiohttp-retry",
        "aiohttp_retry_put",
        "ExponentialRetry(2, 0.001), raise_for_status",
        "aiohttp-retry",
        "aiohttp",
        jobs=8,
    ),
    _python(
        "tenacity",
        "tenacity_put",
        "stop_after_attempt(2), wait_none(), raise_for_status of requests",
        "tenacity",
        "requests",
    ),
    _python("boto3", "boto3_put", "put_object, retry mode standard, 2 attempts", "boto3", jobs=8),
    _python(
        "google-resumable-media",
        "google_media",
        "SimpleUpload, 1 retry",
        "google-resumable-media",
        "requests",
        jobs=8,
    ),
    _node("Node.js fetch", "node_fetch", "response.ok"),
    _node("undici RetryAgent", "undici_retry", "maxRetries 2, minTimeout 1; response.ok", "undici"),
    _node("got", "got_put", "retry.limit 2, calculateDelay of 1 ms", "got"),
    _node("ky", "ky_put", "retry.limit 2, delay of 1 ms", "ky"),
    _node("axios-retry", "axios_retry", "retries 2, retryDelay of 1 ms", "axios-retry", "axios"),
    _node("fetch-retry", "fetch_retry", "retryOn status >= 400; response.ok", "fetch-retry"),
)
