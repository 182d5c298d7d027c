"""The comparison as JSON."""

from bitsspec.comparison.model import Comparison
from bitsspec.report.as_json import dumps


def render(comparison: Comparison) -> str:
    """Return every candidate's report, and the codes at which any of them departs."""
    return dumps(comparison.as_json())
