"""The comparison as Markdown."""

from bitsspec.comparison.model import Comparison
from bitsspec.report import as_markdown
from bitsspec.spec.clauses import CLAUSES


def render(comparison: Comparison) -> str:
    """Return the candidates, a table of clauses and a table of codes."""
    lines = ["| | candidate | verdict |", "| --- | --- | --- |"]
    for number, column in enumerate(comparison.columns, 1):
        why = f": {_cell(column.error.splitlines()[0])}" if column.error else ""
        lines.append(f"| {number} | {_cell(column.target)} | {column.verdict()}{why} |")
    numbers = " | ".join(str(number) for number in range(1, len(comparison.columns) + 1))
    rules = " | ".join("---" for _ in comparison.columns)
    lines += ["", f"| departing codes | {numbers} |", f"| --- | {rules} |"]
    for clause in CLAUSES:
        counts = " | ".join(column.count(clause) for column in comparison.columns)
        lines.append(f"| {clause.id} | {counts} |")
    if comparison.rows:
        lines += ["", f"| clause | codes | expected | {numbers} |", f"| --- | --- | --- | {rules} |"]
    for row in comparison.rows:
        got = " | ".join(_cell(answer) if answer else "" for answer in row.got)
        lines.append(f"| {row.clause.id} | {row.shown_codes()} | {row.expected} | {got} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return ``text`` as code in a table, where even within code a bar ends the cell."""
    return as_markdown.code_span(text).replace("|", "\\|")
