"""The whole specification as data: one entry for each of the 1,000 status codes."""

import csv
import io
import json
from typing import Any

from bitsspec import __version__
from bitsspec.reference import classify, get_error, may_repost
from bitsspec.spec.vocabulary import STATUS_CODES
from bitsspec.text import show_hresult

SPECIFICATION = 'Microsoft BITS documentation, "Handling Server Application Errors" (2018-05-31)'


def entries() -> list[dict[str, Any]]:
    """Return what each status code means, ascending; 200 is not an error and has no HRESULT."""
    found = []
    for status in STATUS_CODES:
        context, hresult = get_error(status)
        entry = {"status": status, "outcome": str(classify(status)), "repost": may_repost(status)}
        entry |= {"context": context, "hresult": None if hresult is None else show_hresult(hresult)}
        found.append(entry)
    return found


def as_json() -> str:
    """Return the entries below a header that names the specification and the version."""
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in entries())
    header = f'  "specification": {json.dumps(SPECIFICATION)},\n  "bitsspec": "{__version__}",\n'
    return f'{{\n{header}  "vectors": [\n{lines}\n  ]\n}}\n'


def as_csv() -> str:
    """Return the entries as the CSV that a ``table:`` target reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("status", "outcome", "repost", "context", "hresult"))
    for entry in entries():
        repost = "yes" if entry["repost"] else "no"
        hresult = entry["hresult"] or ""
        writer.writerow((f"{entry['status']:03d}", entry["outcome"], repost, entry["context"], hresult))
    return text.getvalue()
