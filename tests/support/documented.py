"""The programs and commands that a page shows, taken from it and run as its reader would."""

import contextlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.in_process import invoke
from tests.support.tools import need

ALSO_CALLED = {"cc": ("gcc",)}
MAY_BE_MISSING_IN_CI = {"pwsh": "no package of Debian has PowerShell"}
if sys.platform != "linux":
    MAY_BE_MISSING_IN_CI |= dict.fromkeys(("mcs", "mono"), "Mono is installed on Linux only")


def blocks(page: Path, heading: str) -> dict[str, str]:
    """Return the fenced code blocks below a heading, by their language."""
    found: dict[str, str] = {}
    language = below = None
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            language = line.removeprefix("```") if language is None else None
        elif language is None and line.startswith("#"):
            below = line.lstrip("# ")
        elif language is not None and below == heading:
            found[language] = found.get(language, "") + line + "\n"
    assert found, f"{page.name} shows nothing below {heading!r}"
    return found


def steps(page: Path, heading: str) -> list[tuple[str, str, str]]:
    """Return the code blocks of a section in order: the words before each, its language and its text."""
    section = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"(.*?)^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} shows nothing below {heading!r}"
    return [(" ".join(words.split()), language, block) for words, language, block in found]


def follow(commands: str, cwd: Path) -> dict[str, Any]:
    """Run the commands in ``cwd``, ours inside this process; return the JSON report of the last check."""
    report = cwd / "report.json"
    for line in commands.splitlines():
        name, *arguments = shlex.split(line)
        if name == "bitsspec":
            with contextlib.chdir(cwd):
                ran = invoke(*map(_usable_here, arguments), "--report", str(report))
            assert ran.exit_code in (0, 1), f"{line}\n{ran.output}"
        else:
            _run(name, *arguments, cwd=cwd)
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def run_all(commands: str, cwd: Path) -> None:
    """Run commands of other tools in ``cwd``; one that fails is an AssertionError with its output."""
    for line in commands.splitlines():
        _run(*shlex.split(line), cwd=cwd)


def departures(report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the departures of every clause that the candidate departs from."""
    return {clause["id"]: clause["departures"] for clause in report["clauses"] if clause["departures"]}


def _run(name: str, *arguments: str, cwd: Path) -> None:
    program = str(cwd / name) if name.startswith("./") else path_of(name)
    command = [program, *arguments]
    ran = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, f"{' '.join(command)}\n{ran.stdout}{ran.stderr}"


def _usable_here(argument: str) -> str:
    if not argument.startswith("exec:"):
        return argument
    program = shlex.split(argument.removeprefix("exec:"))[0]
    if not program.startswith("./"):
        path_of(program)
    return argument.replace("exec:./", "exec:") if sys.platform == "win32" else argument


def path_of(name: str) -> str:
    """Return the path of a tool; without it the test skips, or fails in CI."""
    if name in MAY_BE_MISSING_IN_CI and shutil.which(name) is None:
        pytest.skip(f"needs {name}, and CI need not have it: {MAY_BE_MISSING_IN_CI[name]}")
    return need(name, *ALSO_CALLED.get(name, ()))
