"""What puts the suite into a CI service: the GitHub Action, the pre-commit hook, the page about them."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.command import clean_environment
from tests.support.in_process import invoke
from tests.support.tools import need

ROOT = Path(__file__).parents[2]
UNKIND = [
    "exec:node 'my classify.js' --name \"a b\"",
    "$(touch pwned) `touch pwned`",
    "\"; touch pwned; \"'; touch pwned; '",
    "a\ntouch pwned",
    "--strict",
    "*\\ ${{ github.token }}",
]

RECORDER = """#!{python}
import json, os, sys
names = ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS")
told = {{"arguments": sys.argv[1:], "environment": {{name: os.environ.get(name) for name in names}}}}
with open(os.environ["RECORD"], "a", encoding="utf-8") as record:
    print(json.dumps(told), file=record)
sys.exit(int(os.environ.get("RECORDED_EXIT", "0")))
"""


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


class Runner:
    """Runs the shell steps of the action as GitHub's runner does."""

    def __init__(self, folder: Path) -> None:
        self.action = load("action.yml")
        self.workspace, self.files, self.bin = (folder / name for name in ("work space", "files", "bin"))
        for path in (self.workspace, self.files, self.bin):
            path.mkdir()
        self.record = folder / "record"
        self.environment = clean_environment() | {
            "PATH": f"{self.bin}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "RECORD": str(self.record),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_STEP_SUMMARY": str(self.files / "summary"),
        }

    def fake(self, command: str) -> None:
        path = self.bin / command
        path.write_text(RECORDER.format(python=sys.executable), encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def step(
        self, name: str, inputs: dict[str, str] | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        (step,) = (step for step in self.action["runs"]["steps"] if step["name"] == name)
        assert step["shell"] == "bash"
        given = {key: each.get("default", "") for key, each in self.action["inputs"].items()}
        given |= {"target": "shop:classify"} | (inputs or {})
        script = self.files / "script.sh"
        script.write_text(resolve(step["run"], given), encoding="utf-8", newline="\n")
        env = {key: resolve(value, given) for key, value in step.get("env", {}).items()}
        return subprocess.run(
            [need("bash"), "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env=self.environment | env | environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    def told(self) -> dict[str, Any]:
        (line,) = self.record.read_text(encoding="utf-8").splitlines()
        told: dict[str, Any] = json.loads(line)
        return told


def resolve(text: str, inputs: dict[str, str]) -> str:
    """Replace the expressions as GitHub does, before any shell sees the text."""
    return re.sub(r"\$\{\{\s*inputs\.(\w+)\s*\}\}", lambda found: inputs[found[1]], text)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    if sys.platform == "win32":
        pytest.skip("bash of Windows may be the one of a Linux subsystem, which sees other paths")
    runner = Runner(tmp_path)
    runner.fake("bitsspec")
    runner.fake("python")
    return runner


def test_the_action_has_the_documented_inputs() -> None:
    action = load("action.yml")
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.M) == list(action["inputs"])
    assert action["runs"]["using"] == "composite"
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert not any("${{" in script for script in scripts), "an input is written into a script"


def test_all_inputs_are_passed_on(runner: Runner) -> None:
    reports = "out.html\n\nmy reports/out of today.xml\n"
    inputs = {"target": "shop:classify", "strict": "true", "baseline": "my baseline.toml", "reports": reports}
    assert runner.step("Check", inputs).returncode == 0
    options = ["--strict", "--baseline", "my baseline.toml"]
    options += ["--report", "out.html", "--report", "my reports/out of today.xml"]
    assert runner.told()["arguments"] == ["check", *options, "--", "shop:classify"]


@pytest.mark.parametrize("text", UNKIND)
def test_an_input_is_never_read_as_a_script(text: str, runner: Runner) -> None:
    run = runner.step("Check", {"target": text, "baseline": text, "reports": text})
    assert run.returncode == 0, run.stderr
    reports = [word for path in text.splitlines() for word in ("--report", path)]
    assert runner.told()["arguments"] == ["check", "--baseline", text, *reports, "--", text]
    runner.record.unlink()
    assert runner.step("Install bitsspec", {"version": text}).returncode == 0
    assert runner.told()["arguments"] == ["-m", "pip", "install", "--quiet", f"bitsspec=={text}"]
    assert list(runner.workspace.iterdir()) == []


def test_a_target_alone_is_checked_by_the_version_of_the_action(runner: Runner) -> None:
    target = runner.action["inputs"]["target"]
    assert (target["required"], "default" in target) == (True, False)
    assert runner.step("Install bitsspec").returncode == 0
    assert runner.told()["arguments"] == ["-m", "pip", "install", "--quiet", str(ROOT)]
    runner.record.unlink()
    assert runner.step("Check").returncode == 0
    assert runner.told()["arguments"] == ["check", "--", "shop:classify"]


def test_summary_and_annotations_are_on_until_switched_off(runner: Runner) -> None:
    runner.step("Check")
    summary = runner.environment["GITHUB_STEP_SUMMARY"]
    assert runner.told()["environment"] == {"GITHUB_STEP_SUMMARY": summary, "GITHUB_ACTIONS": "true"}
    runner.record.unlink()
    runner.step("Check", {"summary": "false", "annotations": "false"})
    assert runner.told()["environment"] == {"GITHUB_STEP_SUMMARY": None, "GITHUB_ACTIONS": None}


@pytest.mark.parametrize("name", ["strict", "summary", "annotations"])
def test_a_switch_that_is_neither_true_nor_false_is_refused(name: str, runner: Runner) -> None:
    run = runner.step("Check", {name: "$(touch pwned)\n::warning::x"})
    assert run.returncode == 2
    assert run.stdout == f"::error title=bitsspec::The input {name} must be true or false.\n"
    assert not runner.record.exists()


def test_the_step_fails_as_the_check_does_and_leaves_its_reports(runner: Runner) -> None:
    assert runner.step("Check", RECORDED_EXIT="2").returncode == 2
    command = runner.bin / "bitsspec"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bitsspec "$@"\n', encoding="utf-8")
    classify = "def classify(status):\n    return 'success' if status == 200 else 'transient'\n"
    (runner.workspace / "my_client.py").write_text(classify, encoding="utf-8")
    folder = runner.workspace / "my \"reports\" & 'more'"
    folder.mkdir()
    reports = f"{folder.name}/out.json\n{folder.name}/out.html"
    run = runner.step("Check", {"target": "python:my_client:classify", "reports": reports})
    assert run.returncode == 1, run.stderr
    assert {path.name for path in folder.iterdir()} == {"out.json", "out.html"}
    assert (runner.files / "summary").read_text(encoding="utf-8").startswith("## bitsspec: departs\n")
    annotations = re.findall("^::error title=bitsspec (BITS-...)", run.stdout, re.M)
    assert annotations == ["BITS-3XX", "BITS-4XX", "BITS-5XX"]


def test_the_hook_checks_and_takes_no_file_names() -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("bitsspec", "python", False)
    name, *arguments = hook["entry"].split()
    assert name == "bitsspec"
    for options, exit_code in (([], 2), (["--strict"], 2), (["reference", "--only", "4xx"], 0)):
        done = invoke(*arguments, *options)
        assert done.exit_code == exit_code, done.output
        assert ("no TARGET was named" in done.output) == (exit_code == 2)


def test_every_snippet_of_the_ci_page_can_be_used() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    snippets = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)]
    workflow, _, gitlab, hooks = snippets
    (use,) = (step for step in workflow["jobs"]["bits"]["steps"] if "bitsspec" in step.get("uses", ""))
    assert use["with"].keys() <= load("action.yml")["inputs"].keys()
    assert gitlab["bits"]["artifacts"]["reports"]["junit"] in " ".join(gitlab["bits"]["script"])
    assert hooks["repos"][0]["hooks"][0]["id"] == load(".pre-commit-hooks.yaml")[0]["id"]
    lines = re.findall(r"bitsspec check (.*)", page)
    shown = {word for line in lines for word in re.findall(r"--[\w-]+", line)}
    known = set(re.findall(r"--[\w-]+", invoke("check", "--help").output))
    assert {"--baseline", "--report", "--write-baseline"} <= shown <= known
