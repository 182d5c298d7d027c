"""The pytest plugin in a run of its own, inside this process: what it takes, leaves out, tells and ends."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bitsspec import session

CANDIDATES = """
def right(status):
    return "success" if 200 <= status < 300 else "transient" if status >= 500 else "fatal"
def wrong(status):
    return "fatal"
"""
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs pytest in a project of its own, and returns the exit code and the output."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "BITSSPEC_CANDIDATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    tmp_path.joinpath("candidates_of_the_plugin.py").write_text(CANDIDATES, encoding="utf-8")

    def call(*arguments: str, ini: str = "", suite: bool = True) -> tuple[int, str]:
        tmp_path.joinpath("pytest.ini").write_text(f"[pytest]\n{ini}", encoding="utf-8")
        given = ["-c", "pytest.ini", "-p", "bitsspec.plugin", "-p", "no:cacheprovider", "--assert=plain"]
        given += ["--import-mode=importlib", *arguments]
        code = pytest.main([*given, "--pyargs", "bitsspec.conformance"] if suite else given)
        return int(code), capsys.readouterr().out

    return call


def written(folder: Path, text: str = "def test_of_mine(): pass\n") -> str:
    """Return the name of a file of tests, which no other test has imported before."""
    path = folder / f"test_in_{folder.name}.py"
    path.write_text(text, encoding="utf-8")
    return path.name


def named(name: str) -> str:
    return f"candidates_of_the_plugin:{name}"


def judged(output: str) -> list[str]:
    """Return the verdicts of the section that the plugin adds, by what was judged."""
    section = re.split("=+ bitsspec =+\n", output)[1:]
    return [line for text in section for line in text.splitlines() if "(bitsspec " in line]


def test_an_option_is_stronger_than_the_ini_file_and_that_than_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BITSSPEC_CANDIDATE", "bitsspec.reference")
    (verdict,) = judged(run("--bits-only", "5xx")[1])
    assert verdict.startswith("python:bitsspec.reference conforms: 1 clause held")
    ini = f"bits_candidate = {named('right')}"
    (verdict,) = judged(run("--bits-only", "5xx", ini=ini)[1])
    assert verdict.startswith(f"python:{named('right')} ")
    code, output = run("--bits-only", "5xx", "--bits-candidate", named("wrong"), ini=ini)
    assert code == 1
    (verdict,) = judged(output)
    assert verdict.startswith(f"python:{named('wrong')} departs from BITS-5XX")


def test_a_failure_is_told_without_a_traceback(run: Run) -> None:
    _, output = run("--bits-only", "5xx", "--bits-candidate", named("wrong"))
    assert "expected transient, got fatal" in output
    assert "Traceback" not in output
    assert "plugin.py" not in output


def test_chosen_clauses_leave_out_the_others_and_no_other_test(run: Run, tmp_path: Path) -> None:
    mine = written(tmp_path)
    code, output = run("--bits-only", "4xx", "--bits-only", "BITS-5XX", mine)
    assert code == 0
    assert re.search("3 passed, 9 deselected", output)
    assert "2 clauses held" in judged(output)[0]


def test_without_a_choice_every_must_clause_runs(run: Run) -> None:
    code, output = run("--bits-examples", "2")
    assert code == 0
    assert re.search("9 passed, 2 skipped", output)
    assert "deselected" not in output


@pytest.mark.parametrize(
    ("arguments", "ini"),
    [(["--bits-strict"], ""), ([], "bits_strict = true")],
    ids=["option", "ini file"],
)
def test_a_strict_run_has_the_should_clauses_too(run: Run, arguments: list[str], ini: str) -> None:
    assert "11 passed" in run("--bits-examples", "2", *arguments, ini=ini)[1]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("baseline", "none.toml"),
        ("examples", "-1"),
        ("examples", "0"),
        ("report", "out.txt"),
        ("seed", "-1"),
        ("timeout", "-1"),
        ("timeout", "0"),
        ("only", "6XX"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_any_run_before_a_test(
    run: Run, tmp_path: Path, option: str, value: str
) -> None:
    mine = written(tmp_path)
    ways: list[tuple[list[str], str]] = [([f"--bits-{option}", value], "")]
    ways += [([], f"bits_{option} = {value}")] if option != "only" else []
    for arguments, ini in ways:
        code, output = run(*arguments, mine, ini=ini, suite=False)
        assert code == 2, output
        assert "bitsspec: " in output
        assert "passed" not in output


def test_a_run_without_the_suite_makes_no_session_of_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "Session", None)
    mine = written(tmp_path)
    code, output = run(mine, ini="bits_strict = true", suite=False)
    assert (code, "1 passed" in output) == (0, True), output


def test_a_run_without_the_suite_says_nothing_of_it(run: Run, tmp_path: Path) -> None:
    mine = written(tmp_path)
    code, output = run(mine, suite=False)
    assert code == 0
    assert "bitsspec" not in output.partition("rootdir")[2].partition("\n")[2]


def test_reports_are_written_at_the_end_of_the_run(run: Run, tmp_path: Path) -> None:
    ini = "bits_report =\n    out.json\n    out.md\n"
    before = time.perf_counter()
    code, _ = run("--bits-only", "5xx", ini=ini)
    spent = time.perf_counter() - before
    assert code == 0
    stored = json.loads(tmp_path.joinpath("out.json").read_text(encoding="utf-8"))
    assert 0 < stored["duration_s"] <= spent
    assert stored["strict"] is False
    assert "conforms" in tmp_path.joinpath("out.md").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_told_below_the_verdict_and_is_exit_code_2(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    mine = written(
        tmp_path,
        f"import os\ndef test_of_mine(): os.rmdir({str(folder)!r})\n",
    )
    code, output = run("--bits-only", "5xx", "--bits-report", "out/out.json", mine)
    assert code == 2
    assert re.search(r"\(bitsspec .*\)\.\nbitsspec: out.out\.json: there is no directory", output)


def test_a_run_that_ends_at_its_first_failure_was_judged_in_part(run: Run) -> None:
    (verdict,) = judged(run("-x", "--bits-candidate", named("wrong"))[1])
    assert "departs from BITS-SUCCESS" in verdict
    assert "until the run was interrupted" in verdict
    (verdict,) = judged(run("--bits-candidate", named("wrong"), "--bits-only", "5xx")[1])
    assert "interrupted" not in verdict


def test_a_run_that_is_interrupted_was_judged_in_part(run: Run, tmp_path: Path) -> None:
    mine = written(
        tmp_path,
        "from bitsspec.conformance import test_400_to_499_are_fatal_except_408_and_409\n"
        "def test_of_mine(): raise KeyboardInterrupt\n",
    )
    code, output = run(mine, suite=False)
    assert code == pytest.ExitCode.INTERRUPTED
    (verdict,) = judged(output)
    assert "was judged in part, until the run was interrupted" in verdict


def test_a_target_that_cannot_be_used_ends_the_run(run: Run) -> None:
    code, output = run("--bits-candidate", "absent:classify")
    assert code == 2
    assert "bitsspec: cannot import 'absent'" in output
    assert "passed" not in output


def test_an_object_that_cannot_be_looked_at_fails_each_test_with_a_reason(run: Run, tmp_path: Path) -> None:
    mine = written(
        tmp_path,
        "import pytest\nfrom bitsspec.conformance import *\n"
        "class Shy:\n"
        "    @property\n    def __class__(self): raise RuntimeError('has no class')\n"
        "@pytest.fixture\ndef bits_candidate(): return Shy()\n",
    )
    code, output = run("-k", "400_to_499", mine, suite=False)
    assert code == 1
    told = f"python:{mine.removesuffix('.py')}:Shy cannot be used: it raised RuntimeError: has no class"
    assert told in output.splitlines()


@pytest.mark.parametrize(
    ("conclusion", "in_part"),
    [("1 / 0", True), ("bits_check.conclude(1, [])", False)],
    ids=["fails", "concludes"],
)
def test_a_test_of_a_clause_that_comes_to_no_conclusion_leaves_the_verdict_open(
    run: Run, tmp_path: Path, conclusion: str, in_part: bool
) -> None:
    mine = written(
        tmp_path,
        "import pytest\n"
        '@pytest.mark.bits_clause("BITS-4XX")\n'
        f"def test_of_a_clause(bits_check):\n    {conclusion}\n"
        '@pytest.mark.bits_clause("BITS-5XX")\n'
        "def test_of_another(bits_check):\n    bits_check.conclude(1, [])\n"
        "def test_of_none():\n    assert False\n",
    )
    code, output = run(mine, "--strict-markers", suite=False)
    assert code == 1
    (verdict,) = judged(output)
    assert ("judged in part" in verdict) is in_part


def test_each_option_is_explained(run: Run) -> None:
    code, output = run("--help", suite=False)
    assert code == 0
    for option in ("candidate", "strict", "only", "report", "baseline", "timeout", "examples", "seed"):
        assert f"--bits-{option}" in output
        assert (f"bits_{option} (" in output) is (option != "only")
    assert "bits_report (linelist)" in output
    assert "bits_strict (bool)" in output
