"""The comparison as a person reads it in a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bitsspec.comparison.model import NOT_JUDGED, Comparison
from bitsspec.text import inert, printable

CONFORMS = "."


def show(console: Console, comparison: Comparison) -> None:
    """Print the candidates by number, a table of clauses and a table of codes."""
    for number, column in enumerate(comparison.columns, 1):
        style = "bold green" if column.report is not None and column.report.conforms else "bold red"
        line = Text(f"[{number}] ", style="dim").append(f"{_line(column.target)} ", style="default not dim")
        console.print(line.append(column.verdict(), style=style), soft_wrap=True)
        if column.error:
            console.print(Text(f"    {_line(column.error.splitlines()[0])}", style="red"), soft_wrap=True)
    numbers = [f"[{number}]" for number in range(1, len(comparison.columns) + 1)]
    clauses = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    clauses.add_column("departing codes", header_style="dim", no_wrap=True)
    for name in numbers:
        clauses.add_column(Text(name), header_style="dim", justify="right")
    for clause in comparison.clauses:
        clauses.add_row(clause.id, *(_count(column.count(clause)) for column in comparison.columns))
    clauses.add_row("in all", *(_count(column.total) for column in comparison.columns))
    console.print()
    console.print(clauses)
    rows, more = comparison.told()
    if not rows:
        return
    codes = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("clause", "codes", "expected", *numbers):
        codes.add_column(Text(name), header_style="dim", no_wrap=name in ("clause", "codes"))
    for row in rows:
        codes.add_row(
            row.clause.id,
            row.shown_codes(),
            Text(row.expected),
            *map(_answer, comparison.cells(row, CONFORMS)),
        )
    console.print()
    console.print(codes)
    for left_out in more:
        console.print(Text(left_out, style="dim"))


def _count(text: str) -> Text:
    return Text(text, style="bold" if text[0] in "123456789d" else "dim")


def _answer(got: str) -> Text:
    style = {CONFORMS: "green", NOT_JUDGED: "dim"}.get(got, "red")
    return Text(inert(printable(got), wrapped=True), style=style)


def _line(text: str) -> str:
    return inert(printable(text))
