"""``bitsspec compare``: several candidates side by side, and the exit code of them all."""

from collections.abc import Callable
from pathlib import Path

from tests.support.in_process import invoke


def test_one_that_departs_is_exit_code_1_and_one_that_cannot_be_judged_is_2(
    project: Path, module: Callable[[str], str]
) -> None:
    wrong = module("def classify(status):\n    return 'fatal'\n")
    done = invoke("compare", "bitsspec:classify", wrong, "--examples", "1", "--report", "o.md")
    assert done.exit_code == 1, done.output
    assert wrong in done.output
    assert wrong in (project / "o.md").read_text(encoding="utf-8")
    assert invoke("compare", "bitsspec:classify", "bitsspec", "--examples", "1").exit_code == 0
    assert invoke("compare", "bitsspec:classify", "absent:classify", "--examples", "1").exit_code == 2
