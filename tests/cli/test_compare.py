"""``bitsspec compare``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.in_process import invoke

RIGHT = "from bitsspec import classify as right\n\n"


def test_the_command_shows_counts_and_codes_beside_the_specification(module: Callable[[str], str]) -> None:
    old = module(
        f"{RIGHT}def old(status):\n    return 'transient' if status in (413, 430) else right(status)"
    )
    done = invoke("compare", f"{old}:old", "bitsspec:classify")
    assert done.exit_code == 1, done.output
    rows = [line.split() for line in done.output.splitlines()]
    assert ["BITS-4XX", "2", "0"] in rows
    assert ["BITS-4XX", "413", "fatal", "transient", "."] in rows
    assert ["BITS-4XX", "430", "fatal", "transient", "."] in rows


def test_an_unusable_candidate_does_not_hide_the_others(project: Path) -> None:
    done = invoke("compare", "absent:classify", "bitsspec", "--report", "out.json", "--report", "out.md")
    assert done.exit_code == 2
    assert "could not be judged" in done.output
    assert "No module named 'absent'" in done.output
    first, second = json.loads((project / "out.json").read_text(encoding="utf-8"))["candidates"]
    assert first["report"] is None
    assert "absent" in first["error"]
    assert second["report"]["conforms"] is True
    assert "| 2 | `python:bitsspec` | conforms |" in (project / "out.md").read_text(encoding="utf-8")


def test_conforming_candidates_are_exit_code_0() -> None:
    assert invoke("compare", "bitsspec:classify", "bitsspec").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bitsspec"], "two targets or more"),
        (["bitsspec", "bitsspec", "--report", "x.xml"], "a report ends in"),
    ],
)
def test_what_cannot_be_compared_is_exit_code_2(arguments: list[str], message: str) -> None:
    done = invoke("compare", *arguments)
    assert done.exit_code == 2
    assert message in done.output
