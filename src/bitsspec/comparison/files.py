"""Comparisons of several candidates: made by one run after the other in one process, and drawn."""

from collections.abc import Sequence

from bitsspec.comparison.model import Column, Comparison
from bitsspec.errors import CannotRun
from bitsspec.run import Progress, run
from bitsspec.settings import Settings

FORMATS = {
    ".json": "bitsspec.comparison.as_json",
    ".html": "bitsspec.comparison.as_html",
    ".md": "bitsspec.comparison.as_markdown",
}


def compare_all(targets: Sequence[str], settings: Settings, progress: Progress | None = None) -> Comparison:
    """Judge each target; one that cannot be judged takes its column with the reason."""
    columns = []
    for target in targets:
        try:
            report = run(target, settings, progress)
            columns.append(Column(report.target, report))
        except CannotRun as error:
            columns.append(Column(target, None, str(error)))
    return Comparison(columns, settings.strict, settings.seed)
