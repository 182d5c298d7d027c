"""The comparison as one HTML file, drawn by `comparison.html.jinja`."""

from bitsspec import pages
from bitsspec.comparison.model import Comparison
from bitsspec.report.model import Report
from bitsspec.report.picture import Cell, draw
from bitsspec.report.story import PAGE

LONGEST = 60
"""How much of what came back a code of a map says."""


def render(comparison: Comparison) -> str:
    """Return the verdicts, the codes that depart, a map of each candidate and a table of clauses."""
    rows, more = comparison.told()
    return pages.render(
        "comparison/comparison.html.jinja",
        comparison=comparison,
        rows=rows,
        more=more,
        maps=[column.report and _map(column.report) for column in comparison.columns],
        page=PAGE,
    )


def _map(report: Report) -> list[Cell]:
    """Return the picture of a report, in which only what departs says what it is."""
    cells = draw(report, LONGEST)
    return [cell if cell.kind in ("departs", "accepted") else Cell(cell.kind, "") for cell in cells]
