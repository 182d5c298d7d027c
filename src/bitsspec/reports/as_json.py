"""The report as JSON; ``report.schema.json`` describes it."""

import json

from bitsspec.report import Report


def render(report: Report) -> str:
    """Return the JSON report, which differs between runs with one seed in ``duration_s`` only."""
    return json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
