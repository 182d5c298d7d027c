"""boto3's put_object for S3, in the retry mode "standard"."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

_config = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    s3={"addressing_style": "path"},
)


@cache
def _client(endpoint: str) -> Any:
    keys = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing"}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=_config, **keys)


def upload(url: str, data: bytes) -> None:
    """Upload by PUT: the first part of the path is the bucket."""
    parts = urlsplit(url)
    bucket, _, key = parts.path.strip("/").partition("/")
    _client(f"http://{parts.netloc}").put_object(Bucket=bucket, Key=key, Body=data)
