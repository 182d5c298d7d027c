"""HTTPie with --check-status, within one process: its start is slow, and looks for updates on the network."""

import io
import os
from pathlib import Path

from httpie.cli.definition import parser
from httpie.context import Environment
from httpie.core import program

_nowhere = Path(os.devnull).open("w", encoding="utf-8")


def upload(url: str, data: bytes) -> None:
    """Upload by PUT as `http --check-status PUT URL < FILE` does, and fail by its exit status."""
    environment = Environment(
        stdin=io.BytesIO(data), stdin_isatty=False, stdout=_nowhere, stdout_isatty=False, stderr=_nowhere
    )
    words = parser.parse_args(args=["--check-status", "PUT", url], env=environment)
    status = program(words, environment)
    if status != 0:
        raise OSError(f"http: exit status {int(status)}")
