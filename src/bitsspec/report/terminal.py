"""The report as a person reads it in a terminal, a pipe or the log of a CI run.

Lines with text of the candidate's are not wrapped here: wherever they were, that text could begin a line.
"""

from itertools import groupby

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bitsspec.ranges import show_range
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
CONFORMS, DEPARTS, ACCEPTED, NOT_ASKED, HIDDEN, MISSED = ".", "#", "~", " ", "-", "?"
SIGN_STYLES = {
    CONFORMS: "green",
    DEPARTS: "bold white on red",
    ACCEPTED: "yellow",
    NOT_ASKED: "",
    HIDDEN: "dim",
    MISSED: "yellow",
}
ALL = {
    CONFORMS: "all conform",
    DEPARTS: "all depart",
    ACCEPTED: "all accepted",
    NOT_ASKED: "not asked",
    HIDDEN: "not observable",
    MISSED: "not observed",
}
"""What is said of lines in a row that have one sign only."""


def show_verdict(console: Console, report: Report) -> None:
    """Print the one line that a person can quote; a terminal wraps it at words, and nothing else does."""
    style, wrapped = "bold green" if report.conforms else "bold red", console.file.isatty()
    console.print(Text(inert(report.verdict(), wrapped=wrapped), style=style), soft_wrap=not wrapped)


def show(console: Console, report: Report) -> None:
    """Print the report, which ends in the verdict."""
    console.print(_heading(report), soft_wrap=True)
    console.print()
    console.print(_clauses(report))
    console.print()
    console.print(_picture(report))
    console.print()
    for remark in report.remarks:
        console.print(Text(inert(printable(remark)), style="bold"), soft_wrap=True)
    if report.remarks:
        console.print()
    for clause in report.telling:
        console.print(_departures(clause), soft_wrap=True)
        console.print()
    for line in [*unjudged(report), f"rules: {PAGE}"]:
        console.print(Text(inert(line), style="dim"), soft_wrap=True)
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
    hidden, missed = report.hidden, report.missed

    def sign(code: int) -> str:
        if code in hidden:
            return HIDDEN
        accepted = [departure.accepted is not None for _, departure in departing.get(code, ())]
        if not all(accepted):
            return DEPARTS
        if accepted:
            return ACCEPTED
        return MISSED if code in missed else CONFORMS if code in asked else NOT_ASKED

    signs = "".join(map(sign, STATUS_CODES))
    legend = {CONFORMS: "conforms", DEPARTS: "departs", ACCEPTED: "accepted"}
    legend |= {each: ALL[each] for each in (HIDDEN, MISSED) if each in signs}
    meaning = "  ".join(f"{each} {says}" for each, says in legend.items())
    picture.append(f"codes  {meaning}, blank: not asked\n", style="dim")
    lines = [signs[first : first + CODES_A_LINE] for first in range(0, len(signs), CODES_A_LINE)]
    first = 0
    for line, equal in groupby(lines):
        count = len(list(equal))
        if count > 1 and len(set(line)) == 1:
            picture.append(f"{show_range(first, first + CODES_A_LINE * count - 1)} ", style="dim")
            picture.append(f"{ALL[line[0]]}\n", style=SIGN_STYLES[line[0]])
        else:
            for number in range(count):
                picture.append(f"{first + CODES_A_LINE * number:03d}", style="dim")
                for at, each in enumerate(line):
                    picture.append(" " if at % 10 == 0 else "").append(each, style=SIGN_STYLES[each])
                picture.append("\n")
        first += CODES_A_LINE * count
    picture.rstrip()
    return picture


def _departures(clause: ClauseResult) -> Text:
    text = Text(f"{clause.clause.id} {clause.result}", style=STYLES[clause.result])
    text.append(f" [{clause.clause.cites}]\n", style="dim")
    for line in details(clause):
        text.append(f"  {inert(line)}\n", style="default not bold")
    text.rstrip()
    return text
