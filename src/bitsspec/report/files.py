"""Reports as files: one module for each format, named by the suffix of the path.

A format is one module with ``render(report) -> str``; `FORMATS` is where it is named.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bitsspec.errors import CannotRun
from bitsspec.report.model import Report
from bitsspec.text import show_raised

FORMATS = {
    ".json": "bitsspec.report.as_json",
    ".html": "bitsspec.report.as_html",
    ".md": "bitsspec.report.as_markdown",
    ".xml": "bitsspec.report.as_junit",
}


def check_writable(paths: Iterable[Path], formats: Mapping[str, str] = FORMATS) -> None:
    """Raise `CannotRun` where a path has the suffix of no format, or lies in no directory."""
    for path in paths:
        if path.suffix.lower() not in formats:
            raise CannotRun(f"{path}: a report ends in {', '.join(formats)}")
        check_folder(path)


def check_folder(path: Path) -> None:
    """Raise `CannotRun` where ``path`` lies in no directory."""
    if not path.parent.is_dir():
        raise CannotRun(f"{path}: there is no directory {path.parent}")


def write(report: Any, path: Path, formats: Mapping[str, str] = FORMATS) -> None:
    """Write ``report`` in the format that the suffix of ``path`` names.

    Raises `CannotRun` where that is not possible; a report that stood there before then still does.
    """
    check_writable([path], formats)
    text: str = import_module(formats[path.suffix.lower()]).render(report)
    replace_file(path, text)


def read(path: Path) -> Report:
    """Return the report that a JSON report holds; raises `CannotRun` where it holds none."""
    try:
        return Report.from_json(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read: {error.strerror or error}") from error
    except (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise CannotRun(f"{path}: is no JSON report of bitsspec: {show_raised(error)}") from error


def replace_file(path: Path, content: str | bytes) -> None:
    """Write ``content`` beside ``path`` and move it there; raises `CannotRun` where that fails."""
    path = path.resolve() if path.is_symlink() else path
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".bitsspec-")
    except OSError as error:
        raise CannotRun(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(beside).chmod(_mode(path))
        Path(beside).replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        if not isinstance(error, OSError | ValueError):
            raise
        raise CannotRun(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from error


def _mode(path: Path) -> int:
    """Return the permissions of ``path``, or those that a new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
