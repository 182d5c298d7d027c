"""Real clients that upload over HTTP, each a command or a short file beside this one, and what they need.

None of them claims to follow BITS; `conforming` does, and is not among them. From the root of a checkout:

    pip install "bitsspec[examples]"
    npm install --prefix examples/clients
    bitsspec check "client:node examples/clients/got_put.mjs"
"""

from dataclasses import dataclass

LIST = "429,500,502,503,504"
"""The status codes that many people have repeated, where a client takes a list."""


@dataclass(frozen=True)
class RealClient:
    """A client in one configuration."""

    name: str
    target: str
    settings: str
    """What is not as it comes, and by what it reports."""
    command: str = ""
    distributions: tuple[str, ...] = ()
    """What it needs from PyPI, what is judged first."""
    packages: tuple[str, ...] = ()
    """Likewise from npm."""
    jobs: int = 8
    """Uploads at once."""


def _curl(options: str, settings: str, jobs: int = 8) -> RealClient:
    name = f"curl {options}".strip()
    return RealClient(name, f"client:{name} -sS -T {{file}} {{url}}", settings, "curl", jobs=jobs)


def _python(name: str, module: str, settings: str, *distributions: str, jobs: int = 1) -> RealClient:
    target = f"client:python:examples.clients.{module}:upload"
    return RealClient(name, target, settings, distributions=distributions, jobs=jobs)


def _node(name: str, module: str, settings: str, *packages: str) -> RealClient:
    return RealClient(name, f"client:node examples/clients/{module}.mjs", settings, "node", (), packages)


CLIENTS = (
    _curl("", "exit code, which without `-f` says nothing of the status"),
    _curl("-f --retry 1", "exit code; waits 1 s", jobs=64),
    _curl("-f --retry 1 --retry-all-errors", "exit code; waits 1 s", jobs=64),
    RealClient(
        "wget",
        f"client:wget -q -O - --tries=2 --waitretry=0 --retry-on-http-error={LIST} --method=PUT "
        "--body-file={file} {url}",
        f"`--tries=2 --waitretry=0 --retry-on-http-error={LIST}`; exit code",
        "wget",
    ),
    _python("HTTPie", "httpie_put", "`--check-status`; exit code", "httpie"),
    _python("urllib3", "urllib3_put", "`Retry()`; a status from 200 to 299 is success", "urllib3"),
    _python(
        "requests",
        "requests_urllib3",
        f"urllib3's `Retry(1, backoff_factor=0, allowed_methods=None, status_forcelist=[{LIST}])`; "
        "`raise_for_status()`",
        *("requests", "urllib3"),
    ),
    _python(
        "httpx-retries",
        "httpx_retries_put",
        "`Retry(total=1, backoff_factor=0)`; `raise_for_status()`",
        *("httpx-retries", "httpx"),
    ),
    _python(
        "aiohttp-retry",
        "aiohttp_retry_put",
        "`ExponentialRetry(2, start_timeout=0.001)`; `raise_for_status()`",
        *("aiohttp-retry", "aiohttp"),
        jobs=8,
    ),
    _python(
        "tenacity",
        "tenacity_put",
        "after `requests.HTTPError`, `stop_after_attempt(2)`, `wait_none()`; `raise_for_status()`",
        *("tenacity", "requests"),
    ),
    _python("boto3", "boto3_put", "`put_object`, mode `standard`, 2 attempts; exception", "boto3", jobs=8),
    _python(
        "google-resumable-media",
        "google_media",
        "`SimpleUpload`, `RetryStrategy(max_retries=1, initial_delay=0.001)`; exception",
        *("google-resumable-media", "requests"),
        jobs=8,
    ),
    _node("Node.js fetch", "node_fetch", "`response.ok`"),
    _node(
        "undici RetryAgent",
        "undici_retry",
        "`request` (its `fetch` has no body left for a second post), `maxRetries: 1, minTimeout: 1`; "
        "a status from 200 to 299 is success",
        "undici",
    ),
    _node("got", "got_put", "`limit: 1`, a delay of 1 ms; exception", "got"),
    _node("ky", "ky_put", "`limit: 1, delay: () => 1`; exception", "ky"),
    _node(
        "axios-retry", "axios_retry", "`retries: 1, retryDelay: () => 1`; exception", "axios-retry", "axios"
    ),
    _node("fetch-retry", "fetch_retry", "once after any status of 400 or more; `response.ok`", "fetch-retry"),
)
