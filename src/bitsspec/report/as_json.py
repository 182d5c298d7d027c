"""The report as JSON; ``report.schema.json`` describes it."""

import json

from bitsspec.report.model import Report


def render(report: Report) -> str:
    """Return the JSON report, which differs between runs with one seed in ``duration_s`` only."""
    return dumps(report.as_json())


def dumps(data: object) -> str:
    """Return ``data`` as JSON whose letters can be read; what is not printable is an escape."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)
    return f"{text}\n"


def _escape(c: str) -> str:
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else json.dumps(c)[1:-1]
