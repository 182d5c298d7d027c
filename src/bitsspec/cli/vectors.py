"""``bitsspec vectors``: the whole specification as data."""

import click

from bitsspec import vectors as data

FORMATS = {"json": data.as_json, "csv": data.as_csv}


@click.command()
@click.option(
    "--format",
    "file_format",
    type=click.Choice(list(FORMATS)),
    default="json",
    show_default=True,
    help="json has a header; csv can be checked as table:PATH.",
)
def vectors(file_format: str) -> None:
    """Print what each of the 1,000 status codes means, as data.

    \b
    Examples:
      bitsspec vectors > vectors.json
      bitsspec vectors --format csv > vectors.csv
    """
    click.echo(FORMATS[file_format](), nl=False)
