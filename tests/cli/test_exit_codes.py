"""How a command ends, inside this process: its exit code and what it tells, whatever happens on the way."""

import io
import json
import sys
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bitsspec.cli import main

ELSEWHERE: dict[str, str | None] = {"GITHUB_ACTIONS": None, "GITHUB_STEP_SUMMARY": None}
NUMBER = count()
DEPARTS = "departs from BITS-4XX at 1 of 100 status codes"
WRONG = """import bitsspec

def classify(status):
    return "fatal" if status == 408 else bitsspec.classify(status)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def candidate(project: Path, text: str = WRONG) -> str:
    """Return the target of a module with this text, which no other test has imported before."""
    name = f"candidate_{next(NUMBER)}_of_an_end"
    (project / f"{name}.py").write_text(text, encoding="utf-8")
    return f"{name}:classify"


def invoke(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=ELSEWHERE | environment)


def test_a_report_that_cannot_be_written_is_told_beside_the_verdict(project: Path) -> None:
    (project / "out").mkdir()
    target = candidate(project, f"import os\nif os.path.exists('out'):\n    os.rmdir('out')\n{WRONG}")
    done = invoke("check", target, "--only", "4XX", "--report", "out/a.json", "--report", "b.json")
    assert done.exit_code == 2
    assert f"bitsspec: {Path('out/a.json')}: there is no directory" in done.output
    assert DEPARTS in done.output.splitlines()[-1]
    assert json.loads((project / "b.json").read_text(encoding="utf-8"))["conforms"] is False


def test_an_interrupted_check_shows_what_was_judged_and_is_exit_code_130(project: Path) -> None:
    target = candidate(
        project,
        WRONG.replace("    return", "    if status == 500:\n        raise KeyboardInterrupt\n    return"),
    )
    done = invoke("check", target, "--report", "o.json")
    assert done.exit_code == 130
    assert done.output.startswith("bitsspec: interrupted; this is what was judged until then\n")
    assert "departs from BITS-4XX at 1 of" in done.output.splitlines()[-1]
    assert (project / "o.json").exists()


def test_an_interruption_of_anything_else_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("bitsspec.vectors.as_json", interrupted)
    done = invoke("vectors")
    assert (done.exit_code, done.output) == (130, "bitsspec: interrupted\n")


def test_a_workflow_gets_annotations_and_a_summary(project: Path) -> None:
    target = candidate(project)
    summary = project / "summary.md"
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = invoke("check", target, "--only", "4XX", **actions)
    assert done.exit_code == 1
    assert [line[:8] for line in done.output.splitlines() if "::error" in line] == ["::error "]
    assert DEPARTS in summary.read_text(encoding="utf-8")


def test_the_verdict_stands_without_a_summary(project: Path) -> None:
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(project)}
    done = invoke("check", candidate(project), "--only", "4XX", **actions)
    assert done.exit_code == 1
    assert DEPARTS in done.output
    assert "cannot be written" in done.output.splitlines()[-1]


def test_a_comparison_is_written_and_departs_where_one_departs(project: Path) -> None:
    wrong, report = candidate(project), project / "o.md"
    done = invoke("compare", "bitsspec:classify", wrong, "--examples", "1", "--report", "o.md")
    assert done.exit_code == 1, done.output
    assert wrong in report.read_text(encoding="utf-8")
    assert invoke("compare", "bitsspec:classify", "absent:classify", "--examples", "1").exit_code == 2


def test_a_negative_hresult_is_no_option() -> None:
    done = invoke("explain", "-2145844845", "404")
    assert [line for line in done.output.splitlines() if line[:1].isdigit()] == ["403", "404"]


def test_closed_streams_change_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("stdin", "stdout", "stderr")
    for name in names:
        monkeypatch.setattr(sys, name, None)
    with pytest.raises(SystemExit) as ended:
        main(["check", "--only", "4XX"])
    assert ended.value.code == 0
    opened = [getattr(sys, name) for name in names]
    assert [stream.mode for stream in opened] == ["r", "w", "w"]
    for stream in opened:
        stream.close()


def test_an_error_that_nobody_can_be_told_is_still_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    with pytest.raises(SystemExit) as ended:
        main(["check", "absent:classify"])
    assert ended.value.code == 2
