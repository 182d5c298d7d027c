"""``bitsspec init``: what a project needs to start."""

import os
import sys
from importlib import resources
from pathlib import Path

import click

from bitsspec.cli.console import say
from bitsspec.cli.exits import Exit
from bitsspec.errors import why
from bitsspec.text import printable

FILES = {
    "bits_candidate.py": "the adapter: fill in classify",
    "test_bits.py": "the same judgement among your own tests",
    ".github/workflows/bits.yml": "the same in GitHub Actions",
}
"""What is written, and what it is for; each is a template of the same name."""
NEXT = """\
next:
  {change}edit bits_candidate.py
  bitsspec check python:bits_candidate                    says what departs; explain says why
  bitsspec check python:bits_candidate --write-baseline bits-accepted.toml
                                                          accepts what departs now; give each entry a reason
  bitsspec check python:bits_candidate --baseline bits-accepted.toml
  python -m pytest test_bits.py --bits-baseline bits-accepted.toml
a should_retry(status) -> bool needs no adapter: bitsspec check retry:PACKAGE.MODULE:FUNCTION"""


@click.command()
@click.argument("directory", required=False, default=".", type=click.Path(path_type=Path))
def init(directory: Path) -> None:
    """Write what a project needs to start, into DIRECTORY or the current one.

    \b
    It writes
      bits_candidate.py            an adapter, to be filled in
      test_bits.py                 the pytest file
      .github/workflows/bits.yml   the CI lines
    and says what to type next. It asks nothing, and leaves a file that is there as it is.

    \b
    Exit codes: 0 all of them are there, 2 one could not be written.

    \b
    Examples:
      bitsspec init
      bitsspec init my_project
    """
    done = [_write(directory / name, about) for name, about in FILES.items()]
    if not all(done):
        sys.exit(Exit.CANNOT_RUN)
    change = "" if directory.resolve() == Path.cwd() else f"cd {printable(str(directory))}, and there "
    click.echo(NEXT.format(change=change))


def _write(path: Path, about: str) -> bool:
    """Write a file that is not there yet, and say so; return whether it is there now."""
    shown = printable(str(path))
    text = (resources.files("bitsspec") / "templates" / f"{path.name}.txt").read_text(encoding="utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        if os.path.lexists(path):
            click.echo(f"left as it is: {shown}")
            return True
        say(f"{shown}: cannot be written: {printable(str(path.parent))} is not a directory")
    except OSError as error:
        say(f"{shown}: cannot be written: {why(error)}")
    else:
        click.echo(f"wrote {shown}: {about}")
        return True
    return False
