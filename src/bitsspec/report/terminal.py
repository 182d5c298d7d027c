"""The report as a person reads it in a terminal, a pipe or the log of a CI run.

Lines with text of the candidate's are not wrapped here: wherever they were, that text could begin a line.
"""

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bitsspec.report.model import ClauseResult, Report, Result
from bitsspec.report.story import PAGE, details, unjudged
from bitsspec.spec.vocabulary import STATUS_CODES
from bitsspec.text import inert, printable

CODES_A_LINE = 50

STYLES = {
    Result.PASSED: "green",
    Result.FAILED: "bold red",
    Result.ACCEPTED: "yellow",
    Result.NOT_OFFERED: "dim",
    Result.NOT_RUN: "dim",
}
CONFORMS, DEPARTS, ACCEPTED, NOT_ASKED = ".", "#", "~", " "


def show_verdict(console: Console, report: Report) -> None:
    """Print the one line that a person can quote."""
    style = "bold green" if report.conforms else "bold red"
    console.print(Text(inert(report.verdict()), style=style), soft_wrap=True)


def show(console: Console, report: Report) -> None:
    """Print the report, and the verdict as one line however narrow the terminal is."""
    console.print(_heading(report), soft_wrap=True)
    console.print()
    console.print(_clauses(report))
    console.print()
    console.print(_picture(report))
    console.print()
    for clause in report.clauses:
        if clause.departures or clause.notes:
            console.print(_departures(clause), soft_wrap=True)
            console.print()
    for line in [*unjudged(report), f"rules: {PAGE}"]:
        console.print(Text(line, style="dim"), soft_wrap=True)
    show_verdict(console, report)


def _heading(report: Report) -> Text:
    run = f"bitsspec {report.version}, seed {report.seed}{', strict' if report.strict else ''}"
    lines = {"candidate": report.target, "offers": ", ".join(report.capabilities), "run": run}
    text = Text()
    for name, told in lines.items():
        text.append(f"{name:11}")
        text.append(inert(printable(told)), style="bold" if name == "candidate" else "")
        text.append("" if name == "run" else "\n")
    return text


def _clauses(report: Report) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("clause", "rule"):
        table.add_column(name, header_style="dim")
    table.add_column("result", header_style="dim", no_wrap=True)
    table.add_column("checked", header_style="dim", justify="right")
    for clause in report.clauses:
        table.add_row(
            clause.clause.id,
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
    text = Text(f"{clause.clause.id} {clause.result}", style=STYLES[clause.result])
    text.append(f" [{clause.clause.cites}]\n", style="dim")
    for line in details(clause):
        text.append(f"  {inert(line)}\n", style="default not bold")
    text.rstrip()
    return text
