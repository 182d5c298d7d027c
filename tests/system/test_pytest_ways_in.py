"""The suite inside a project's own pytest run: option, ini, environment, star import."""

import json
from pathlib import Path

import pytest

from bitsspec import __version__
from tests.support.command import run_pytest
from tests.support.schema import valid

SUITE = ("--pyargs", "bitsspec.conformance", "-p", "no:cacheprovider")
CANDIDATE = """
import bitsspec

def classify(status):
    return "fatal" if status == 408 else bitsspec.classify(status)
"""
STORY = [
    "BITS-4XX: From 400 to 499, the codes 408 and 409 are transient and all others are fatal. [P2S2]",
    "smallest counterexample: 408: expected transient, got fatal",
    "all departures (1 of 100 checked):",
    "  408: expected transient, got fatal",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CANDIDATE, encoding="utf-8")
    return tmp_path


def test_without_a_candidate_the_reference_is_judged(tmp_path: Path) -> None:
    done = run_pytest(*SUITE, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "9 passed, 2 skipped" in done.stdout


def test_the_option_names_the_candidate(project: Path) -> None:
    done = run_pytest(*SUITE, "--bits-candidate", "mine:classify", cwd=project)
    assert done.returncode == 1
    assert "1 failed, 5 passed, 5 skipped" in done.stdout
    verdict = "python:mine:classify departs from BITS-4XX at 1 of 1,000 status codes"
    assert f"{verdict} (bitsspec {__version__}, seed 0)." in done.stdout.splitlines()


def test_a_failure_tells_the_story_and_nothing_else(project: Path) -> None:
    done = run_pytest(*SUITE, "--bits-candidate", "mine:classify", cwd=project)
    lines = done.stdout.splitlines()
    start = lines.index(STORY[0])
    assert lines[start - 1].strip("_ ") == "test_400_to_499_are_fatal_except_408_and_409"
    assert lines[start : start + 4] == STORY
    assert lines[start + 4].startswith("=")
    assert "hypothesis" not in done.stdout.partition("FAILURES")[2].lower()


def test_the_ini_file_names_the_candidate(project: Path) -> None:
    (project / "pytest.ini").write_text(
        "[pytest]\nbits_candidate = mine:classify\nbits_strict = true\nbits_seed = 5\n"
        "bits_report =\n    out.json\n",
        encoding="utf-8",
    )
    done = run_pytest(*SUITE, "-c", "pytest.ini", cwd=project)
    assert "1 failed, 6 passed, 4 skipped" in done.stdout
    report = valid(json.loads((project / "out.json").read_text(encoding="utf-8")))
    assert (report["strict"], report["seed"], report["target"]) == (True, 5, "python:mine:classify")


def test_the_environment_names_the_candidate(project: Path) -> None:
    done = run_pytest(*SUITE, cwd=project, env={"BITSSPEC_CANDIDATE": "mine:classify"})
    assert "1 failed, 5 passed, 5 skipped" in done.stdout


def test_a_star_import_beside_a_fixture_adopts_the_suite(project: Path) -> None:
    (project / "test_conformance.py").write_text(
        "import pytest\nimport mine\nfrom bitsspec.conformance import *\n\n"
        "@pytest.fixture(scope='session')\ndef bits_candidate():\n    return mine.classify\n\n"
        "def test_of_the_project_itself():\n    assert mine.classify(200) == 'success'\n",
        encoding="utf-8",
    )
    done = run_pytest("--bits-report", "out.json", cwd=project)
    assert "1 failed, 6 passed, 5 skipped" in done.stdout
    assert STORY[3] in done.stdout.splitlines()
    report = valid(json.loads((project / "out.json").read_text(encoding="utf-8")))
    assert report["target"] == "python:mine:classify"


def test_two_modules_with_a_candidate_each_are_judged_apart(project: Path) -> None:
    for name, candidate in (("wrong", "mine.classify"), ("right", "bitsspec.classify")):
        (project / f"test_{name}.py").write_text(
            "import bitsspec, mine, pytest\nfrom bitsspec.conformance import *\n\n"
            f"@pytest.fixture(scope='session')\ndef bits_candidate():\n    return {candidate}\n",
            encoding="utf-8",
        )
    done = run_pytest("-k", "400_to_499", "--bits-report", "out.json", cwd=project)
    assert "1 failed, 1 passed" in done.stdout
    verdicts = [
        json.loads((project / name).read_text(encoding="utf-8")) for name in ("out.json", "out-2.json")
    ]
    assert [verdict["conforms"] for verdict in verdicts] == [True, False]


def test_two_candidates_of_one_name_are_judged_apart(project: Path) -> None:
    (project / "test_both.py").write_text(
        "import bitsspec, pytest\nfrom functools import partial\nfrom bitsspec.conformance import *\n\n"
        "def wrong(status):\n    return 'fatal'\n\n"
        "@pytest.fixture(scope='session', params=[partial(wrong), partial(bitsspec.classify)])\n"
        "def bits_candidate(request):\n    return request.param\n",
        encoding="utf-8",
    )
    done = run_pytest("-k", "400_to_499", cwd=project)
    verdicts = [line for line in done.stdout.splitlines() if line.startswith("python:functools:partial")]
    assert ["departs" in verdict for verdict in verdicts] == [True, False]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--bits-only", "BITS-5X"), "there is no clause 'BITS-5X'"),
        (("--bits-report", "absent/out.html"), "there is no directory"),
        (("--bits-report", "out.pdf"), "a report ends in"),
        (("--bits-examples", "0"), "bits_examples = 0: a number from 1 upwards is needed"),
        (("--bits-timeout", "-1"), "bits_timeout = -1.0"),
        (("--bits-candidate", ""), "names no candidate"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_the_run(
    option: tuple[str, str], message: str, tmp_path: Path
) -> None:
    done = run_pytest(*SUITE, *option, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_an_ini_value_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nbits_timeout = soon\n", encoding="utf-8")
    done = run_pytest(*SUITE, "-c", "pytest.ini", cwd=tmp_path)
    assert done.returncode == 2
    assert "bits_timeout = soon: a number from 0.001 upwards is needed" in done.stdout + done.stderr


def test_a_test_that_uses_the_suite_wrongly_says_how(project: Path) -> None:
    (project / "test_wrongly.py").write_text(
        "import pytest\n\n"
        "def test_no_clause(bits_check):\n    pass\n\n"
        "@pytest.mark.bits_clause('BITS-4XX')\ndef test_no_verdict(bits_check):\n    pass\n\n"
        "class TestNoCandidate:\n"
        "    @pytest.fixture(scope='session')\n    def bits_candidate(self):\n        return object()\n\n"
        "    @pytest.mark.bits_clause('BITS-4XX')\n    def test_it(self, bits_check):\n        pass\n",
        encoding="utf-8",
    )
    done = run_pytest("test_wrongly.py", cwd=project)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "2 errors" in done.stdout
    told = done.stdout.splitlines()
    assert 'bits_check needs a test that is marked bits_clause("BITS-...")' in told
    assert "test_no_verdict came to no conclusion" in told
    assert "python:builtins:object is not a candidate: it has no classify(status) that can be called" in told


def test_selection_junit_and_workers_of_pytest_work(project: Path) -> None:
    done = run_pytest(
        *SUITE, "--bits-candidate", "mine:classify", "-n", "2", "--junitxml", "j.xml", cwd=project
    )
    assert "1 failed, 5 passed, 5 skipped" in done.stdout
    assert "BITS-4XX: From 400 to 499" in (project / "j.xml").read_text(encoding="utf-8")
    done = run_pytest(*SUITE, "--bits-candidate", "mine:classify", "-k", "outcomes", cwd=project)
    assert "1 failed, 4 passed, 6 deselected" in done.stdout


def test_a_candidate_that_cannot_be_used_ends_the_run(tmp_path: Path) -> None:
    done = run_pytest(*SUITE, "--bits-candidate", "absent:classify", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot import 'absent'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_an_unrelated_run_loads_nothing_of_the_suite(tmp_path: Path) -> None:
    (tmp_path / "test_unrelated.py").write_text(
        "import sys\n\ndef test_nothing_is_loaded():\n"
        "    loaded = {'hypothesis', 'rich', 'bitsspec.clause_check', 'bitsspec.candidates', 'bitsspec.session'}\n"
        "    assert not loaded & set(sys.modules)\n",
        encoding="utf-8",
    )
    done = run_pytest("-p", "no:hypothesispytest", "-p", "no:benchmark", cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout
