"""``bitsspec explain``: what a status code or an HRESULT means to a BITS client."""

from collections.abc import Sequence

import click
from rich.table import Table
from rich.text import Text

from bitsspec import explain as explaining
from bitsspec.cli.console import console

STYLES = {"success": "bold green", "transient": "bold yellow", "fatal": "bold red"}


@click.command(context_settings={"ignore_unknown_options": True})  # a negative HRESULT is not an option
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def explain(codes: Sequence[str]) -> None:
    """Say what a status code (403) or an HRESULT (0x80190193) means to a BITS client.

    \b
    Examples:
      bitsspec explain 201 403 429
      bitsspec explain 0x801901F4
    """
    statuses = [explaining.parse(code) for code in codes]
    out = console()
    for index, status in enumerate(statuses):
        explanation = explaining.explain(status)
        if index:
            out.print()
        out.print(Text(f"{status:03d}", style="bold"))
        grid = Table.grid(padding=(0, 2))
        for label, text in explanation.lines:
            style = STYLES[explanation.outcome] if label == "outcome" else ""
            grid.add_row(Text(f"  {label}", style="dim"), Text(text, style=style))
        out.print(grid)
