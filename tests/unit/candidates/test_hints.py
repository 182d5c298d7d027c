"""What somebody is told whose target names nothing: each of these was typed by a new user."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun

SOURCE = """\
from os.path import join
NUMBER = 1
def should_retry(status): ...
def is_ok(status) -> bool: ...
def outcome(status): ...
def _hidden(status): ...
class Client:
    def classify(self, status): ...
class Plain: ...
client, plain = Client(), Plain()
"""
FILES = {
    "src/my_hinted/retries.py": SOURCE,
    "hinted/retries.py": SOURCE,
    "hinted/__init__.py": "",
    "hinted_client-1/policy.py": SOURCE,
    "hinted module.py": SOURCE,
    "hinted_many.py": "".join(f"def f{number}(status): ...\n" for number in range(9)),
    "classify_js.js": "",
    "run_it": "",
    "statuses.csv": "",
    "asks.py": "",
}


@pytest.fixture
def folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in sys.modules if name.startswith(("hinted", "my_hinted"))]:
        monkeypatch.delitem(sys.modules, name)  # of another test's folder
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    return project


def told(target: str) -> str:
    """Return the second of the two lines that a target gets."""
    with pytest.raises(CannotRun) as raised:
        open_candidate(target, timeout=0.05)
    _, hint = str(raised.value).splitlines()
    return hint


SET = "to make it importable, set PYTHONPATH"
INSTALL = "to make it importable, install the project (pip install -e .), or set PYTHONPATH=src"


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("classifier.py", "name the module, not its file: python:classifier"),
        ("src/my_hinted/retries.py:classify", f"python:my_hinted.retries:classify ({INSTALL})"),
        (r".\src\my_hinted\retries.py:a.b", f"python:my_hinted.retries:a.b ({INSTALL})"),
        ("{here}/src/my_hinted/retries.py", f"python:my_hinted.retries ({INSTALL})"),
        ("hinted/retries.py::should_retry", "file: python:hinted.retries:should_retry"),
        ("python:hinted/retries:should_retry", "file: python:hinted.retries:should_retry"),
        ("retry:hinted/retries.py:should_retry", "file: retry:hinted.retries:should_retry"),
        ("hinted/__init__.py", "file: python:hinted"),
        ("hinted/absent.py", "file: python:hinted.absent"),
        (
            "hinted_client-1/policy.py",
            f"python:policy ({SET}=hinted_client-1)",
        ),
        ("hinted module.py:f", "file: python:hinted module:f"),
        (
            "../{name}/hinted/retries.py:f",
            f"python:hinted.retries:f ({SET}=../{{name}})",
        ),
        (
            "{above}/elsewhere/policy.py",
            f"python:policy ({SET}={{above}}/elsewhere)",
        ),
        ("node classify_js.js", "a program is started: exec:node classify_js.js"),
        ("python asks.py", "a program is started: exec:python asks.py"),
        (
            "curl -T {{file}} {{url}}",
            'a client is watched while it uploads: "client:curl -T {{file}} {{url}}"',
        ),
        ("./run_it", "a program is started: exec:./run_it"),
        ("absent.rb", "a program is started: exec:ruby absent.rb"),
        ("statuses.csv", "a table is a kind of its own: table:statuses.csv"),
        ("Exec:node classify_js.js", "the kind is in small letters: exec:node classify_js.js"),
        (
            "pyhton:hinted.retries",
            "the kinds are bits-client, client, exec, python, retry, table: python:hinted.retries",
        ),
        (
            "hinted.retries.should_retry",
            "a colon stands before the attribute: python:hinted.retries:should_",
        ),
        ("hinted.retries.Client.classify", "before the attribute: python:hinted.retries:Client.classify"),
        ("retry:hinted.retries.nope", "looked in {here}, then where"),
        (
            "my_hinted.retries:classify",
            "it lies in src: install the project (pip install -e .), or set PYTHONP",
        ),
        ("policy", "write hinted_client-1.policy, as it is hinted_client-1/policy.py"),
        ("ftp://localhost/x", "looked in {here}, then where"),
        ("..hinted.retries", "a name starts with no dot: python:hinted.retries"),
        ("python::classify", "looked in {here} first"),
        (
            "hinted.retries",
            "it has python:hinted.retries:Client, python:hinted.retries:client, retry:hinted.retries:is_ok, "
            "python:hinted.retries:outcome, retry:hinted.retries:should_retry",
        ),
        ("hinted.retries:clasify", "it has python:hinted.retries:Client, "),
        ("hinted_many", "python:hinted_many:f4, and 4 more"),
        ("hinted.retries:NUMBER", "name a function, or an object, class or module with classify"),
        ("hinted", "name a function, or an object, class or module with classify"),
    ],
)
def test_a_target_that_is_not_a_module_is_told_what_to_write(target: str, hint: str, folder: Path) -> None:
    known = {"here": folder, "name": folder.name, "above": folder.parent}
    assert hint.format(**known) in told(target.format(**known))


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("cd build && node classify_js.js", "sh -c 'cd build && node classify_js.js'"),
        ("cd build", "sh -c 'cd build'"),
        ("absent_program | tee log", "sh -c 'absent_program | tee log'"),
        ("absent_program > log", "sh -c 'absent_program > log'"),
        ("~/bin/classify", "sh -c '~/bin/classify'"),
        ("$HOME/classify", "sh -c '$HOME/classify'"),
        ("MODE=1 ./classify", "sh -c 'MODE=1 ./classify'"),
        ("statuses.csv", "a table is a kind of its own: table:statuses.csv"),
        ("classify_js.js", "name the program that runs it: exec:node classify_js.js"),
        ("./asks.py", f"name the program that runs it: exec:{Path(sys.executable).stem} ./asks.py"),
        ("run_it", "write where it is: exec:./run_it"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has cmd, and other rules for what can be started")
def test_a_command_line_that_cannot_be_started_is_told_what_to_write(
    command: str, hint: str, folder: Path
) -> None:
    assert hint in told(f"exec:{command}")


def test_a_command_line_that_is_just_absent_is_told_no_more(project: Path) -> None:
    with pytest.raises(CannotRun, match=r"^cannot start 'absent_program': [^\n]*$"):
        open_candidate("exec:absent_program")


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("x = 1\n1 / 0\n", "{name}.py, line 2"),
        ("def f(:\n", "{name}.py, line 1"),
        ("import json\n\njson.loads('{{')\n", "{name}.py, line 3"),
        ("from .sibling import x\n", "from the directory above: python:{folder}.{name}:f"),
    ],
)
def test_an_import_error_is_told_with_the_line_of_the_users_code(
    code: str, place: str, module: Callable[[str], str], project: Path
) -> None:
    name = module(code.replace("{{", "{"))
    assert told(f"{name}:f").endswith(place.format(name=name, folder=project.name))


def test_the_reference_is_a_target(project: Path) -> None:
    assert open_candidate("reference").target == "python:bitsspec.reference"
