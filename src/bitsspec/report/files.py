"""Reports as files: one module for each format, named by the suffix of the path.

A format is one module with ``render(report) -> str``; `FORMATS` is where it is named.
"""

import json
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bitsspec.errors import CannotRun
from bitsspec.files import check_folder, read_text, replace_file
from bitsspec.report.model import Report

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


def write(report: Any, path: Path, formats: Mapping[str, str] = FORMATS) -> None:
    """Write ``report`` in the format that the suffix of ``path`` names.

    Raises `CannotRun` where that is not possible; a report that stood there before then still does.
    """
    check_writable([path], formats)
    text: str = import_module(formats[path.suffix.lower()]).render(report)
    replace_file(path, text)


def read(path: Path) -> Report:
    """Return the report that a JSON report holds; raises `CannotRun`, which names the key."""
    try:
        return Report.from_json(json.loads(read_text(path)))
    except (RecursionError, ValueError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else error
        raise CannotRun(f"{path}: is not a JSON report of bitsspec: {why}") from error
