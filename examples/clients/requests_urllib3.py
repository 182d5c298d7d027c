"""requests with urllib3's Retry, by the list of codes that most people copy."""

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

_retry = Retry(1, backoff_factor=0, allowed_methods=None, status_forcelist=[429, 500, 502, 503, 504])
_session = requests.Session()
_session.mount("http://", HTTPAdapter(max_retries=_retry))


def upload(url: str, data: bytes) -> None:
    """Upload by PUT."""
    _session.put(url, data=data).raise_for_status()
