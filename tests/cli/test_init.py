"""``bitsspec init``."""

import os
import re
import shlex
from pathlib import Path

import pytest

from bitsspec.cli.init import FILES
from tests.support.in_process import invoke


@pytest.mark.parametrize(("arguments", "into"), [([], "."), (["sub/project"], "sub/project")])
def test_a_project_gets_every_file_and_is_told_what_to_type_next(
    arguments: list[str], into: str, project: Path
) -> None:
    done = invoke("init", *arguments)
    assert done.exit_code == 0, done.output
    assert {
        path.relative_to(project / into).as_posix() for path in project.rglob("*") if path.is_file()
    } == set(FILES)
    assert ("cd sub" in done.output) is bool(arguments)


def test_what_is_there_is_left_as_it_is(project: Path) -> None:
    (project / "test_bits.py").write_text("mine", encoding="utf-8")
    for _ in range(2):
        done = invoke("init")
        assert (done.exit_code, "left as it is: test_bits.py\n" in done.output) == (0, True), done.output
    assert (project / "test_bits.py").read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_written_is_exit_code_2_and_the_rest_is_written(project: Path) -> None:
    (project / ".github").write_text("", encoding="utf-8")
    done = invoke("init")
    assert done.exit_code == 2
    assert re.search(r"^bitsspec: .*bits.yml: cannot be written: ", done.output, re.MULTILINE), done.output
    assert (project / "bits_candidate.py").is_file()


def test_a_directory_that_cannot_be_is_exit_code_2(project: Path) -> None:
    (project / "taken").write_text("", encoding="utf-8")
    done = invoke("init", "taken")
    assert done.exit_code == 2
    assert len(done.output.splitlines()) == len(FILES)


def test_the_commands_it_tells_run_one_after_another(project: Path) -> None:
    told = invoke("init").output
    commands = [
        shlex.split(found)[1:] for found in re.findall(r"^  (bitsspec check .*?)(?:  |$)", told, re.MULTILINE)
    ]
    assert len(commands) == 3
    for number, command in enumerate(commands):
        assert command == ["check", "python:bits_candidate", *command[2:]]
        done = invoke(*command[:1], "bitsspec:classify" if number else command[1], *command[2:])
        assert (done.exit_code, "fill in classify" in done.output) == ((0, False) if number else (1, True))


def test_the_pytest_file_runs_at_once_and_says_what_to_fill_in(pytester: pytest.Pytester) -> None:
    invoke("init", str(pytester.path))
    result = pytester.runpytest_subprocess("test_bits.py")
    assert result.parseoutcomes()["failed"] == 5
    result.stdout.fnmatch_lines(["*raised NotImplementedError: fill in classify in bits_candidate.py"])


def test_the_workflow_runs_what_was_written(project: Path) -> None:
    invoke("init")
    workflow = (project / ".github" / "workflows" / "bits.yml").read_text(encoding="utf-8")
    assert "- run: bitsspec check python:bits_candidate " in workflow
    assert os.linesep == "\n" or "\r\n" not in workflow
