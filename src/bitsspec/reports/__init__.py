"""Reports as files: one module for each format, named by the suffix of the path.

A format is one module with ``render(report) -> str``; `FORMATS` is where it is named.
"""

import contextlib
import os
import tempfile
from importlib import import_module
from pathlib import Path

from bitsspec.errors import CannotRun
from bitsspec.report import Report

FORMATS = {
    ".json": "bitsspec.reports.as_json",
    ".xml": "bitsspec.reports.as_junit",
}


def check_suffix(path: Path) -> None:
    """Raise `CannotRun` where no report has the suffix of ``path``."""
    if path.suffix.lower() not in FORMATS:
        raise CannotRun(f"{path}: a report ends in {', '.join(FORMATS)}")


def write(report: Report, path: Path) -> None:
    """Write ``report`` in the format that the suffix of ``path`` names.

    Raises `CannotRun` where that is not possible; a report that stood there before then still does.
    """
    check_suffix(path)
    text: str = import_module(FORMATS[path.suffix.lower()]).render(report)
    replace_file(path, text)


def replace_file(path: Path, text: str) -> None:
    """Write ``text`` beside ``path`` and move it there; raises `CannotRun` where that fails."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise CannotRun(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise CannotRun(f"{path}: cannot be written: {error.strerror or error}") from error
