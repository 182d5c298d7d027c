"""The first hour of a new user: what the README says, done word for word in an empty folder."""

import re
import shlex
from pathlib import Path

import yaml

from tests.support.command import bitsspec, run_pytest
from tests.support.documented import steps

README = Path(__file__).parents[2] / "README.md"


def test_the_first_hour_goes_as_the_readme_says(tmp_path: Path) -> None:
    for words, language, block in steps(README, "The first hour"):
        edit_as_told(words, tmp_path)
        if language == "python":
            (name,) = re.findall(r"as `(\w+\.py)`", words)
            (tmp_path / name).write_text(block, encoding="utf-8")
            continue
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            code, printed = follow(command, tmp_path)
            assert code == ("exit code 1" in words), printed
            lines = iter(printed.splitlines())
            for wanted in (line.strip().removesuffix("...") for line in shown.splitlines()):
                found = not wanted or any(line.strip().startswith(wanted) for line in lines)
                assert found, f"{command} does not print {wanted!r} there:\n{printed}"
    (workflow,) = tmp_path.glob(".github/workflows/*.yml")
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    (gate,) = [step["run"] for step in jobs["bits"]["steps"] if "bitsspec check" in step.get("run", "")]
    code, printed = follow(f"{gate} --baseline bits-accepted.toml", tmp_path)
    assert code == 0, printed
    assert (tmp_path / "bits.html").is_file()


def edit_as_told(words: str, folder: Path) -> None:
    """Make the changes to files that the words before a block ask for."""
    for exceptions in re.findall(r"with `(- \{.*\})` in the first line", words):
        replace(folder / "bits_candidate.py", r"- \{.*\}", exceptions)
    for file in re.findall(r"the reason where `(.*)` says `TODO`", words):
        replace(folder / file, 'TODO[^"]*', "our gateway answers 429 for the server application")


def replace(path: Path, pattern: str, by: str) -> None:
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"))
    assert count == 1, path
    path.write_text(text, encoding="utf-8")


def follow(command: str, folder: Path) -> tuple[int, str]:
    """Run a command as the page shows it; return its exit code and what it prints."""
    words = shlex.split(command)
    if words[:3] == ["python", "-m", "pytest"]:
        done = run_pytest(*words[3:], cwd=folder)
    else:
        assert words[0] == "bitsspec", command
        done = bitsspec(*words[1:], cwd=folder, env={"COLUMNS": "200"})
    return done.returncode, done.stdout + done.stderr
