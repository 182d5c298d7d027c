"""The report as a person reads it in a terminal, a pipe or the log of a CI run."""

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bitsspec.report import ClauseResult, Report, Result, as_ranges
from bitsspec.spec.vocabulary import STATUS_CODES

CODES_A_LINE = 50
MOST_LINES = 30
"""How many lines of departures a clause gets; the JSON report lists them all."""

STYLES = {
    Result.PASSED: "green",
    Result.FAILED: "bold red",
    Result.ACCEPTED: "yellow",
    Result.NOT_OFFERED: "dim",
    Result.NOT_RUN: "dim",
}
CONFORMS, DEPARTS, ACCEPTED, NOT_ASKED = ".", "#", "~", " "


def render(report: Report) -> RenderableType:
    """Return what `bitsspec check` shows above the verdict."""
    parts: list[RenderableType] = [_heading(report), "", _clauses(report), ""]
    parts += [_picture(report), ""]
    for clause in report.clauses:
        if clause.departures or clause.notes:
            parts += [_departures(clause), ""]
    return Group(*parts)


def show_verdict(console: Console, report: Report) -> None:
    """Print the one line that a person can quote."""
    style = "bold green" if report.conforms else "bold red"
    console.print(Text(report.verdict(), style=style), soft_wrap=True)


def show(console: Console, report: Report) -> None:
    """Print the report, and the verdict as one line however narrow the terminal is."""
    console.print(render(report))
    show_verdict(console, report)


def _heading(report: Report) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("candidate", Text(report.target, style="bold", overflow="fold"))
    grid.add_row("offers", ", ".join(report.capabilities))
    grid.add_row("run", f"bitsspec {report.version}, seed {report.seed}{', strict' if report.strict else ''}")
    return grid


def _clauses(report: Report) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("clause", "rule"):
        table.add_column(name, header_style="dim")
    table.add_column("result", header_style="dim", no_wrap=True)
    table.add_column("checked", header_style="dim", justify="right")
    for clause in report.clauses:
        table.add_row(
            Text(clause.clause.id, no_wrap=True),
            clause.clause.text,
            Text(str(clause.result), style=STYLES[clause.result]),
            f"{clause.checked:,}" if clause.checked else "",
        )
    return table


def _picture(report: Report) -> Text:
    departing = report.departing_codes()
    asked = {code for clause in report.clauses if clause.checked for code in clause.clause.governs}
    picture = Text()
    picture.append(
        f"codes  {CONFORMS} conforms  {DEPARTS} departs  {ACCEPTED} accepted, blank: not asked\n", style="dim"
    )
    for first in range(0, len(STATUS_CODES), CODES_A_LINE):
        picture.append(f"{first:03d} ", style="dim")
        for code in range(first, first + CODES_A_LINE):
            if code % 10 == 0 and code != first:
                picture.append(" ")
            accepted = [departure.accepted is not None for _, departure in departing.get(code, ())]
            if not all(accepted):
                picture.append(DEPARTS, style="bold white on red")
            elif accepted:
                picture.append(ACCEPTED, style="yellow")
            else:
                picture.append(CONFORMS if code in asked else NOT_ASKED, style="green")
        picture.append("\n")
    picture.rstrip()
    return picture


def _departures(clause: ClauseResult) -> Text:
    accepted = [departure for departure in clause.departures if departure.accepted is not None]
    lines = as_ranges(clause.open) + [f"accepted: {line}" for line in as_ranges(accepted)]
    text = Text(f"{clause.clause.id} {clause.result}", style=STYLES[clause.result], overflow="fold")
    text.append(f" [{clause.clause.cites}]\n", style="dim")
    for line in lines[:MOST_LINES]:
        text.append(f"  {line}\n", style="default not bold")
    if len(lines) > MOST_LINES:
        rest = f"  and {len(lines) - MOST_LINES} lines more: --report out.json lists every departure\n"
        text.append(rest, style="dim")
    for note in clause.notes:
        text.append(f"  {note}\n", style="default not bold")
    text.rstrip()
    return text
