"""The comparison as JSON."""

import json

from bitsspec.comparison import Comparison


def render(comparison: Comparison) -> str:
    """Return every candidate's report, and the codes at which any of them departs."""
    return json.dumps(comparison.as_json(), indent=2, ensure_ascii=False) + "\n"
