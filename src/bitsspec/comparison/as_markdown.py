"""The comparison as Markdown."""

from bitsspec.comparison.model import Comparison
from bitsspec.report import as_markdown


def render(comparison: Comparison) -> str:
    """Return the candidates, a table of codes and a table of clauses."""
    lines = ["| | candidate | verdict |", "| --- | --- | --- |"]
    for number, column in enumerate(comparison.columns, 1):
        why = f": {_cell(column.error.splitlines()[0])}" if column.error else ""
        lines.append(f"| {number} | {_cell(column.target)} | {column.verdict()}{why} |")
    numbers = " | ".join(str(number) for number in range(1, len(comparison.columns) + 1))
    rules = " | ".join("---" for _ in comparison.columns)
    rows, more = comparison.told()
    if rows:
        lines += ["", f"| clause | codes | expected | {numbers} |", f"| --- | --- | --- | {rules} |"]
    for row in rows:
        got = " | ".join(_cell(answer) if answer else "" for answer in comparison.cells(row, ""))
        lines.append(f"| {row.clause.id} | {row.shown_codes()} | {row.expected} | {got} |")
    lines += [f"\n{line}" for line in more]
    lines += ["", f"| departing codes | {numbers} |", f"| --- | {rules} |"]
    for clause in comparison.clauses:
        counts = " | ".join(column.count(clause) for column in comparison.columns)
        lines.append(f"| {clause.id} | {counts} |")
    lines.append(f"| in all | {' | '.join(column.total for column in comparison.columns)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return ``text`` as code in a table, where even within code a bar ends the cell."""
    return as_markdown.code_span(text).replace("|", "\\|")
