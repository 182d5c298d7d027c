"""docs/mutation.md, the page about small changes of the project's own code."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SETTINGS = tomllib.loads(PROJECT.joinpath("tests", "mutation.toml").read_text(encoding="utf-8"))
EQUIVALENT = [
    pytest.param(entry["module"], before, after, entry["reason"], id=f"{entry['module']}: {after}"[:80])
    for entry in SETTINGS["equivalent"]
    for before, after in entry["changes"]
]


@pytest.mark.parametrize(("module", "before", "after", "reason"), EQUIVALENT)
def test_a_listed_survivor_is_a_line_of_its_module_and_stands_on_the_page(
    module: str, before: str, after: str, reason: str
) -> None:
    lines = PROJECT.joinpath(module).read_text(encoding="utf-8").splitlines()
    assert before in [line.strip() for line in lines]
    page = PROJECT.joinpath("docs", "mutation.md").read_text(encoding="utf-8")
    section = page.partition(f"### `{module}`\n")[2].partition("\n### ")[0]
    assert reason in section
    assert before in section
    assert after in section


def test_a_module_that_there_is_not_is_told_before_anything_is_tried() -> None:
    command = [sys.executable, str(PROJECT / "tests" / "mutation.py"), "src/bitsspec/nowhere.py"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("error: no module of the project: src/bitsspec/nowhere.py\n")
