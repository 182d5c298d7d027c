"""Running the command line inside this process."""

from click.testing import CliRunner, Result

from bitsspec.cli import main

OUTSIDE: dict[str, str | None] = {"GITHUB_ACTIONS": None, "GITHUB_STEP_SUMMARY": None}
"""What a CI service that runs the tests sets, and is not there for the command."""


def invoke(*arguments: str, **environment: str | None) -> Result:
    """Run the command ``bitsspec``, outside any CI service unless ``environment`` says otherwise."""
    return CliRunner().invoke(main, arguments, env=OUTSIDE | environment)
