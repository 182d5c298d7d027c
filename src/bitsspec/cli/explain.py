"""``bitsspec explain``: what a status code or an HRESULT means to a BITS client."""

import codecs
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from bitsspec import codes as reading
from bitsspec import explain as explaining
from bitsspec.cli.console import console
from bitsspec.errors import CannotRun
from bitsspec.ranges import show_codes
from bitsspec.report.story import PAGE
from bitsspec.spec.clauses import OUTCOME_CLAUSES
from bitsspec.spec.vocabulary import STATUS_CODES
from bitsspec.text import show_hresult

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {"success": "bold green", "transient": "bold yellow", "fatal": "bold red"}
STDIN = "-"
MOST_LINES = 5
"""Of the lines of a log that speak of one code, how many are named."""


@click.command(context_settings={"ignore_unknown_options": True})  # a negative HRESULT is not an option
@click.argument("codes", metavar="[CODE]...", nargs=-1)
def explain(codes: Sequence[str]) -> None:
    """Say what each CODE means to a BITS client, and what to do about it at either end.

    \b
    CODE is one of
      403, 300-399, 4xx            a status code, a range, a class
      BITS-3XX                     a clause, with the codes that it governs
      0x80190193, 80190193, -2145844845, 2149122451L, "(0x80190193)."
                                   an HRESULT as logs print it
      BG_E_HTTP_ERROR_403, HTTP_E_STATUS_FORBIDDEN
                                   the name of one
      "HTTP/1.1 403 Forbidden"     a line of a log
      -                            standard input, and so is nothing: a log, or a list of codes

    Codes that mean the same stand together. An error of BITS or Windows that has no status is named, with
    exit code 2.

    \b
    Examples:
      bitsspec explain 201 403 429
      bitsspec explain 4xx 0x801901F4
      bitsspec explain < upload.log
    """
    if not codes and sys.stdin.isatty():
        raise click.UsageError("Missing argument 'CODE...': write 403, 4xx or 0x80190193, or send a log in")
    asked = [reading.read(code) for code in codes if code != STDIN]
    log = in_log_of_stdin() if STDIN in codes or not codes else {}
    out = Pages(console())
    for each in asked:
        if each.clause is not None:
            out.show(each.clause.id, explaining.about(each.clause))
        if each.clause is None or each.clause in OUTCOME_CLAUSES:
            out.explain(each.codes)
    out.explain_log(log)
    out.end()


class Pages:
    """Prints one titled block after another."""

    def __init__(self, out: "Console") -> None:
        self._out = out
        self._shown = 0

    def show(self, title: str, lines: Iterable[tuple[str, str]], style: str = "") -> None:
        """Print a block; ``style`` is that of the outcome."""
        if self._shown:
            self._out.print()
        self._shown += 1
        self._out.print(Text(title, style="bold"))
        grid = Table.grid(padding=(0, 2))
        for label, text in lines:
            grid.add_row(
                Text(f"  {label}", style="dim"), Text(text, style=style if label == "outcome" else "")
            )
        self._out.print(grid)

    def explain(self, codes: Sequence[int], where: str = "") -> None:
        """Print a block for each group of codes that mean the same."""
        for explanation in explaining.explain_all(codes):
            title = show_codes(explanation.codes)
            self.show(f"{title}  {where}".rstrip(), explanation.lines, STYLES[explanation.outcome])

    def explain_log(self, log: Mapping[int, Sequence[int]]) -> None:
        """Explain each code that a log speaks of, with the lines that do, then the errors without one."""
        for code in sorted(log, key=lambda code: code not in STATUS_CODES):
            if code in STATUS_CODES:
                self.explain([code], _lines(log[code]))
            else:
                first, second = reading.no_status(show_hresult(code), code).splitlines()
                self.show(
                    f"{show_hresult(code)}  {_lines(log[code])}", [("error", first), ("status", second)]
                )

    def end(self) -> None:
        """Say where all this stands."""
        self._out.print()
        self._out.print(Text(PAGE, style="dim"), soft_wrap=True)


def in_log_of_stdin() -> dict[int, list[int]]:
    """Return what the log on standard input speaks of; raises `CannotRun` where no status is among it."""
    found = reading.in_log(_text(sys.stdin.buffer.read()).splitlines())
    if any(code in STATUS_CODES for code in found):
        return found
    if found:
        hresult = next(iter(found))
        raise CannotRun(reading.no_status(show_hresult(hresult), hresult))
    raise CannotRun(
        "no status code and no HRESULT stands in what was read\n"
        "it looks for what 'HTTP/1.1 403', 'status: 403', 0x80190193 and BG_E_HTTP_ERROR_403 say"
    )


def _text(log: bytes) -> str:
    """Return a log as text; PowerShell writes UTF-16."""
    is_utf_16 = log.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return log.decode("utf-16" if is_utf_16 else "utf-8-sig", errors="replace")


def _lines(numbers: Sequence[int]) -> str:
    """Return in which lines something stands."""
    shown = ", ".join(map(str, numbers[:MOST_LINES]))
    more = f" and {len(numbers) - MOST_LINES} more" if len(numbers) > MOST_LINES else ""
    return f"(line{'s' if len(numbers) > 1 else ''} {shown}{more})"
