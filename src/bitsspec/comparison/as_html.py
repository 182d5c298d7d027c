"""The comparison as one HTML file, drawn by `comparison.html.jinja`."""

from bitsspec import pages
from bitsspec.comparison.model import Comparison
from bitsspec.spec.clauses import CLAUSES


def render(comparison: Comparison) -> str:
    """Return the candidates, a table of clauses and a table of codes."""
    return pages.render("comparison/comparison.html.jinja", comparison=comparison, clauses=CLAUSES)
