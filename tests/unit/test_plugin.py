"""The pytest plugin in a run of its own, inside this process: both ways in, options, reports, verdicts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import bitsspec.conformance
import bitsspec.session  # noqa: F401  # a run inside this process forgets what it imports
from bitsspec import __version__
from tests.support.schema import valid

RIGHT_AND_WRONG = """
import bitsspec

def right(status):
    return bitsspec.classify(status)

def wrong(status):
    return "fatal" if status == 408 else bitsspec.classify(status)
"""
ADOPTED = """
import pytest
from bitsspec.conformance import *
import {module}

@pytest.fixture(scope="session")
def bits_candidate():
    return {module}.{name}
"""
DEPARTS = "departs from BITS-4XX at 1 of 1,000 status codes"
FEW = "--bits-examples=2"
REFERENCE = "--bits-candidate=reference"
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def mine(pytester: pytest.Pytester, module: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a module with a right and a wrong candidate."""
    name = module(RIGHT_AND_WRONG)
    monkeypatch.chdir(pytester.path)
    return name


@pytest.fixture
def run(mine: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs pytest with these arguments, the suite by its name unless ``suite`` is false."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "BITSSPEC_CANDIDATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def call(*arguments: str, suite: bool = True) -> pytest.RunResult:
        options = ["-pbitsspec.plugin", "-pno:cacheprovider", "--assert=plain", "--import-mode=importlib"]
        named = ["--pyargs", "bitsspec.conformance"] if suite else []
        return pytester.runpytest_inprocess(*options, *arguments, *named, no_reraise_ctrlc=True)

    return call


def verdicts(done: pytest.RunResult) -> list[str]:
    """Return the verdicts, one for each candidate, of the section that the plugin adds."""
    section = done.stdout.str().partition("= bitsspec =")[2]
    return [line for line in section.splitlines() if f"(bitsspec {__version__}" in line]


def test_the_reference_is_judged_by_its_name(run: Run) -> None:
    done = run(FEW, REFERENCE)
    assert done.ret == 0
    done.assert_outcomes(passed=9, skipped=2)
    assert verdicts(done)[0].startswith("python:bitsspec.reference conforms")
    run(FEW, REFERENCE, "--bits-strict").assert_outcomes(passed=11)


@pytest.mark.parametrize(
    ("fixture", "ini", "environment", "hint"),
    [
        ("", "", "", ""),
        ("", "bits_candidat = mine", "", "is that what bits_candidat is meant to do?"),
        ("", "", "BITSSPEC_CANDIDAT", "is that what BITSSPEC_CANDIDAT is meant to do?"),
        ("bits_candidate", "", "", ""),
        ("bits_candidat", "", "", ""),
    ],
    ids=["nothing", "a misspelt key", "a misspelt variable", "a fixture returns None", "a misspelt fixture"],
)
def test_without_a_candidate_each_test_is_an_error_that_says_how_to_name_one(
    run: Run,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    fixture: str,
    ini: str,
    environment: str,
    hint: str,
) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    if environment:
        monkeypatch.setenv(environment, "reference")
    if fixture:
        adopted = ADOPTED.replace("{module}.{name}", "None").replace("import {module}", "")
        pytester.makepyfile(adopted.replace("bits_candidate", fixture))
    done = run(suite=not fixture)
    assert done.ret == 2
    done.assert_outcomes(errors=11)
    told = done.stdout.str().partition("= ERRORS =")[2].splitlines()[1:34]
    assert [line.replace("_", "").strip()[:5] for line in told] == ["ERROR", "no ca", "name "] * 11
    assert hint in told[1]


@pytest.mark.parametrize(
    ("key", "says"),
    [("bits_requre = posts", "bits_requre is not a key of bitsspec's"), ("bitsx = 1", "")],
)
def test_a_key_of_the_ini_file_that_is_not_known_is_an_error_of_each_test(
    run: Run, pytester: pytest.Pytester, key: str, says: str
) -> None:
    pytester.makeini(f"[pytest]\n{key}\n")
    done = run(REFERENCE, "--bits-only=5xx")
    assert done.ret == (2 if says else 0)
    assert says in done.stdout.str()


@pytest.mark.parametrize(
    ("name", "instead"),
    [("BITSSPEC_CANDIDAT", "BITSSPEC_CANDIDATE"), ("BITSSPEC_STRICT", "--bits-strict")],
)
def test_a_name_in_the_environment_that_says_nothing_is_an_error_of_each_test(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, instead: str
) -> None:
    monkeypatch.setenv(name, "1")
    done = run(REFERENCE, "-k", "200_is")
    done.assert_outcomes(errors=1, deselected=10)
    assert f"{name} in the environment is not what bitsspec looks for\nwrite {instead}" in done.stdout.str()


def test_the_option_comes_before_the_environment_and_that_before_the_ini_file(
    run: Run, mine: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeini("[pytest]\nbits_candidate = reference")
    assert verdicts(run("--bits-only=5xx"))[0].startswith("python:bitsspec.reference ")
    monkeypatch.setenv("BITSSPEC_CANDIDATE", f"{mine}:right")
    assert verdicts(run("--bits-only=5xx"))[0].startswith(f"python:{mine}:right conforms: 1 clause held")
    done = run("--bits-only=4xx", f"--bits-candidate={mine}:wrong")
    assert verdicts(done)[0].startswith(f"python:{mine}:wrong departs from BITS-4XX")


def test_the_ini_file_has_every_setting(run: Run, mine: str, pytester: pytest.Pytester) -> None:
    pytester.makeini(
        f"[pytest]\nbits_candidate = {mine}:wrong\nbits_strict = true\nbits_seed = 5\nbits_examples = 2\n"
        "bits_timeout = 3\nbits_report =\n    out.json\n    out.md\n"
    )
    run().assert_outcomes(passed=6, failed=1, skipped=4)
    report = valid(json.loads(Path("out.json").read_text(encoding="utf-8")))
    assert (report["strict"], report["seed"], report["target"]) == (True, 5, f"python:{mine}:wrong")
    assert report["duration_s"] > 0
    assert "BITS-4XX" in Path("out.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            'bits_candidate = "reference"\nbits_timeout = 5\nbits_examples = 2\nbits_seed = 3\n'
            'bits_strict = true\nbits_report = ["o.json"]\nbits_require = ["posts"]',
            "",
        ),
        (
            'bits_candidate = "reference"\nbits_timeout = "5"\nbits_examples = "2"\nbits_seed = "3"\n'
            'bits_strict = "true"\nbits_report = "o.json"\nbits_require = "posts"',
            "",
        ),
        ("bits_candidate = 5", "bits_candidate: 5 is not the text of a target"),
        ("bits_strict = 5", "bits_strict: 5 is neither true nor false"),
        ("bits_timeout = true", "bits_timeout: True is not a number"),
        ("bits_examples = 1.5", "bits_examples: '1.5' is not a whole number"),
        ("bits_baseline = 5", "bits_baseline: 5 is not text"),
        ("bits_report = [5]", "bits_report: 5 is not text"),
    ],
)
@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest.toml is read from pytest 9 on")
def test_values_of_a_toml_file_may_have_their_own_types(
    run: Run, pytester: pytest.Pytester, values: str, says: str
) -> None:
    pytester.path.joinpath("pytest.toml").write_text(f"[pytest]\n{values}\n", encoding="utf-8")
    done = run(*([] if "bits_candidate" in values else [REFERENCE]))
    assert done.ret == (2 if says else 0)
    assert says in done.stdout.str() + done.stderr.str()
    if not says:
        report = json.loads(Path("o.json").read_text(encoding="utf-8"))
        keys = ("strict", "seed", "examples", "timeout_s", "require")
        assert [report[key] for key in keys] == [True, 3, 2, 5.0, ["posts"]]


def test_a_failure_tells_the_story_and_nothing_else(run: Run, mine: str) -> None:
    done = run(FEW, f"--bits-candidate={mine}:wrong", "--junitxml=j.xml")
    assert done.ret == 1
    done.assert_outcomes(passed=5, failed=1, skipped=5)
    failures = done.stdout.str().partition("= FAILURES =")[2].partition("= bitsspec =")[0].splitlines()
    assert failures[1].strip("_ ") == "test_400_to_499_are_fatal_except_408_and_409"
    first = "BITS-4XX: 1 of 100 codes departs: 408 expected transient, got fatal"
    assert failures[2:6] == [
        first,
        "rule: From 400 to 499, the codes 408 and 409 are transient and all others are fatal. [P2S2]",
        "408: expected transient, got fatal",
        "why: bitsspec explain 408",
    ]
    assert failures[6].startswith("- generated xml file")
    assert verdicts(done) == [f"python:{mine}:wrong {DEPARTS} (bitsspec {__version__}, seed 0)."]
    assert f'message="Failed: {first}' in Path("j.xml").read_text(encoding="utf-8")


def test_a_star_import_beside_a_fixture_adopts_the_suite(
    run: Run, mine: str, pytester: pytest.Pytester
) -> None:
    own = "def test_of_the_project(): pass"
    pytester.makepyfile(ADOPTED.format(module=mine, name="wrong") + own)
    done = run("--strict-markers", FEW, "--bits-report=out.json", suite=False)
    done.assert_outcomes(passed=6, failed=1, skipped=5)
    assert valid(json.loads(Path("out.json").read_text(encoding="utf-8")))["target"] == f"python:{mine}:wrong"
    run("-k", "400_to_499 or project", suite=False).assert_outcomes(passed=1, failed=1, deselected=10)
    run("--bits-only=5XX", "--bits-only=BITS-other", suite=False).assert_outcomes(passed=3, deselected=9)


def test_two_modules_with_a_candidate_each_are_judged_apart(
    run: Run, mine: str, pytester: pytest.Pytester
) -> None:
    for name in ("right", "wrong"):
        pytester.makepyfile(**{f"test_{name}": ADOPTED.format(module=mine, name=name)})
    done = run("-k", "400_to_499", "--bits-report=out.json", suite=False)
    done.assert_outcomes(passed=1, failed=1, deselected=20)
    stored = [json.loads(Path(name).read_text(encoding="utf-8")) for name in ("out.json", "out-2.json")]
    assert [report["conforms"] for report in stored] == [True, False]
    done = run(f"--bits-candidate={mine}:right", "-k", "400_to_499", suite=False)
    assert f"bitsspec: {mine}:right was not judged: the tests have fixtures" in done.stdout.str()
    assert done.ret == 2


CLIENTS = """
import bitsspec, pytest
from bitsspec.conformance import *

class Client:
    def __init__(self, wrong=()):
        self.wrong = wrong

    def classify(self, status):
        return "fatal" if status in self.wrong else bitsspec.classify(status)

{fixture}
"""


@pytest.mark.parametrize(
    ("fixture", "reports"),
    [
        ("@pytest.fixture\ndef bits_candidate():\n    return Client([408])", [False]),
        (
            "@pytest.fixture(scope='session', params=[(), [408]])\n"
            "def bits_candidate(request):\n    return Client(request.param)",
            [True, False],
        ),
        ("pytestmark = pytest.mark.parametrize('bits_candidate', [Client(), Client([408])])", [True, False]),
    ],
    ids=["made for each test", "a fixture with parameters", "parametrized tests"],
)
def test_a_candidate_is_one_report_however_its_tests_get_it(
    run: Run, pytester: pytest.Pytester, fixture: str, reports: list[bool]
) -> None:
    pytester.makepyfile(CLIENTS.format(fixture=fixture))
    done = run("-k", "400_to or 500_to", "--bits-report=o.json", suite=False)
    assert done.ret == 1
    stored = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path().glob("o*.json"), reverse=True)
    ]
    assert [report["conforms"] for report in stored] == reports
    assert all(report["complete"] for report in stored)
    assert len({report["target"] for report in stored}) == len(stored)


ONE_ALONE = """
import bitsspec, gc, pytest, weakref
from bitsspec.conformance import *

@pytest.fixture(autouse=True)
def nothing_is_collected():
    gc.disable()
    yield
    gc.enable()

class Client:
    alive = lambda: None
    {slots}
    def __init__(self):
        assert Client.alive() is None
        Client.alive = weakref.ref(self)

    def classify(self, status):
        return bitsspec.classify(status)

@pytest.fixture
def bits_candidate():
    return {client}
"""


@pytest.mark.parametrize("client", ["Client()", "Client().classify"])
def test_a_candidate_that_is_made_for_one_test_is_gone_after_it(
    run: Run, pytester: pytest.Pytester, client: str
) -> None:
    pytester.makepyfile(ONE_ALONE.format(client=client, slots=""))
    assert run(FEW, suite=False).ret == 0


def test_what_cannot_be_referred_to_weakly_is_judged_as_well(run: Run, pytester: pytest.Pytester) -> None:
    text = ONE_ALONE.replace("weakref.ref(self)", "lambda: None")
    pytester.makepyfile(text.format(client="Client()", slots="__slots__ = ()"))
    assert run(FEW, suite=False).ret == 0


REMEMBERS = """
import bitsspec, pytest
from bitsspec.conformance import *

class Client:
    asked = 0

    def classify(self, status):
        self.asked += status == 429
        return "transient" if status == 429 and self.asked > 1 else bitsspec.classify(status)

client = Client()

@pytest.fixture
def bits_candidate():
    return {client}
"""


@pytest.mark.parametrize("client", ["client", "client.classify"])
def test_what_one_object_was_asked_in_all_tests_counts_where_a_fixture_hands_it_over_for_each(
    run: Run, pytester: pytest.Pytester, client: str
) -> None:
    pytester.makepyfile(REMEMBERS.format(client=client))
    done = run(FEW, suite=False)
    assert done.ret == 1
    assert "departs from BITS-STABLE" in done.stdout.str()


def test_a_bad_target_is_told_once_and_in_its_own_tests_alone(
    run: Run, mine: str, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(
        test_bad="def test_of_the_project(): pass\n" + ADOPTED.format(module=mine, name="right")
    )
    bad = pytester.path / "test_bad.py"
    bad.write_text(
        bad.read_text(encoding="utf-8").replace(f"return {mine}.right", "return 'absent:it'"),
        encoding="utf-8",
    )
    pytester.makepyfile(test_good=ADOPTED.format(module=mine, name="right"))
    done = run("-k", "400_to or 500_to or project", suite=False)
    done.assert_outcomes(passed=3, errors=2, deselected=18)
    errors = done.stdout.str().partition("= bitsspec =")[0]
    assert errors.count("cannot import 'absent'") == 1
    assert "the candidate cannot be used: test_bad.py::test_400_to_499" in errors
    assert done.ret == 1
    assert [line.partition(" ")[2][:8] for line in verdicts(done)] == ["conforms"]


RUN_AGAIN = """
import pytest

def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("again")
    metafunc.parametrize("again", range(2))
"""
RIGHT = "from bitsspec import classify"
WARMS_UP = """
import bitsspec

calls = []

def classify(status):
    calls.append(status)
    return "fatal" if status == 408 and calls.count(408) == 1 else bitsspec.classify(status)
"""


def test_a_clause_with_two_results_has_the_worse_one_in_a_run_that_is_not_complete(
    run: Run, pytester: pytest.Pytester, module: Callable[[str], str]
) -> None:
    pytester.makeconftest(RUN_AGAIN)
    pytester.makepyfile(ADOPTED.format(module=module(WARMS_UP), name="classify"))
    done = run("-k", "400_to", "--bits-report=o.json", suite=False)
    done.assert_outcomes(passed=1, failed=1, deselected=20)
    report = json.loads(Path("o.json").read_text(encoding="utf-8"))
    assert (report["conforms"], report["complete"]) == (False, False)
    assert "departs from BITS-4XX at 1 of 100 status codes, in a run that is not" in verdicts(done)[0]


RERUN = """
import pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    first = runtestprotocol(item, nextitem=None, log=False)
    for report in first:
        report.outcome = "rerun" if report.failed else report.outcome
        item.ihook.pytest_runtest_logreport(report=report)
    runtestprotocol(item, nextitem=nextitem)
    return True
"""


FAILS_AT_FIRST = """
@pytest.fixture(autouse=True)
def fails_at_first(times=[]):
    times.append(0)
    assert len(times) > 1
"""
SKIPPED = """
def pytest_collection_modifyitems(items):
    [item.add_marker("skip") for item in items if "500_to" in item.name]
"""


@pytest.mark.parametrize(
    ("conftest", "text", "more"),
    [(RERUN, WARMS_UP, ""), (RERUN, RIGHT, FAILS_AT_FIRST), (SKIPPED, RIGHT, "")],
    ids=["fails once", "comes to no end once", "is skipped"],
)
def test_a_run_that_pytest_takes_for_passed_fails_where_a_clause_did_not_hold_to_its_end(
    run: Run,
    pytester: pytest.Pytester,
    module: Callable[[str], str],
    conftest: str,
    text: str,
    more: str,
) -> None:
    pytester.makeconftest(conftest)
    pytester.makepyfile(ADOPTED.format(module=module(text), name="classify") + more)
    done = run("-k", "400_to or 500_to", suite=False)
    assert " failed" not in done.stdout.str().splitlines()[-1]
    assert " error" not in done.stdout.str().splitlines()[-1]
    assert done.ret == 1
    assert "in a run that is not complete" in verdicts(done)[0]


@pytest.mark.parametrize(
    ("test", "ini", "arguments", "says"),
    [
        ("", "collect_imported_tests = false", (), "nothing was judged in test_it.py: it adopts the suite"),
        ("", "python_functions = check_*", (), "nothing was judged in test_it.py: it adopts the suite"),
        (
            "def test_of_mine(): pass",
            "",
            ("--bits-strict",),
            "no test of the suite ran\nrun it with --pyargs",
        ),
        ("def test_of_mine(): pass", "bits_candidate = reference", (), "no test of the suite ran"),
        ("def test_of_mine(): pass", "bits_candidate = reference", ("test_it.py",), ""),
        ("def test_of_mine(): pass", "", (), ""),
        ("", "", ("-k", "of_mine"), ""),
        ("", "", ("--collect-only",), ""),
        ("", "", ("-k", "403"), "was not judged: it offers nothing of what was asked for"),
        ("class Test:\n    def test_of_mine(self, bits_candidate): pass", "", ("-k", "of_mine"), ""),
        ("def test_of_mine(bits_candidate): pass", "collect_imported_tests = false", (), ""),
    ],
)
def test_a_run_that_judged_nothing_says_so(
    run: Run,
    mine: str,
    pytester: pytest.Pytester,
    test: str,
    ini: str,
    arguments: tuple[str, ...],
    says: str,
) -> None:
    adopted = ADOPTED.format(module=mine, name="right") + "\ndef test_of_mine(): pass\n"
    if "bits_candidate" in test:
        adopted = adopted.replace("def test_of_mine(): pass", test)
        test = ""
    pytester.makepyfile(test_it=test or adopted)
    pytester.makeini(f"[pytest]\n{ini}\n")
    done = run(*arguments, suite=False)
    assert says in done.stdout.str()
    assert ("= bitsspec =" in done.stdout.str()) is bool(says)
    assert done.ret == (2 if says else 0)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("baseline", "none.toml", "none.toml: cannot be read"),
        ("examples", "0", "not a whole number from 1 to"),
        ("report", "out.txt", "a report ends in"),
        ("report", "absent/out.html", "there is no directory"),
        ("seed", "-1", "not a whole number from 0 to"),
        ("timeout", "0", "not a number from 0.001 to"),
        ("timeout", "soon", "soon"),
        ("only", "BITS-6XX", "there is no clause 'BITS-6XX'"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_any_run_before_a_test(
    run: Run, pytester: pytest.Pytester, setting: str, value: str, message: str
) -> None:
    pytester.makepyfile("def test_of_the_project(): pass")
    done = [run(f"--bits-{setting}={value}", suite=False)] if value != "soon" else []
    if setting != "only":
        pytester.makeini(f"[pytest]\nbits_{setting} = {value}\n")
        done.append(run(suite=False))
    for each in done:
        assert each.ret == 2
        output = each.stdout.str() + each.stderr.str()
        assert "bitsspec: " in output
        assert message in output
        assert "passed" not in output


@pytest.mark.parametrize(
    ("target", "message"), [("absent:classify", "cannot import 'absent'"), ("", "names no candidate")]
)
def test_a_target_that_cannot_be_used_is_an_error(run: Run, target: str, message: str) -> None:
    done = run(f"--bits-candidate={target}")
    assert done.ret == 2
    assert message in done.stdout.str() + done.stderr.str()
    assert "passed" not in done.stdout.str()
    assert "Traceback" not in done.stdout.str() + done.stderr.str()


def test_a_run_without_the_suite_says_nothing_about_it(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_of_the_project(): pass")
    pytester.makeini("[pytest]\nbits_strict = true")
    done = run(suite=False)
    done.assert_outcomes(passed=1)
    assert verdicts(done) == []


def test_a_report_that_cannot_be_written_is_told_below_the_verdict(
    run: Run, pytester: pytest.Pytester
) -> None:
    Path("out").mkdir()
    pytester.makepyfile("import os\ndef test_of_the_project(): os.rmdir('out')")
    done = run(REFERENCE, "--bits-only=5xx", "--bits-report=out/out.json", *pytester.path.glob("test_*.py"))
    assert done.ret == 2
    done.stdout.fnmatch_lines(["*(bitsspec *).", "bitsspec: out?out.json: there is no directory*"])


@pytest.mark.parametrize(
    ("what_ends_it", "code"),
    [
        ("assert False", pytest.ExitCode.TESTS_FAILED),
        ("raise KeyboardInterrupt", pytest.ExitCode.INTERRUPTED),
    ],
)
def test_a_run_that_ends_early_was_judged_in_part(
    run: Run, pytester: pytest.Pytester, what_ends_it: str, code: int
) -> None:
    pytester.makepyfile(
        "from bitsspec.conformance import test_400_to_499_are_fatal_except_408_and_409\n"
        f"def test_of_the_project(): {what_ends_it}"
    )
    done = run("-x", REFERENCE, suite=False)
    assert done.ret == code
    assert "was judged in part, in a run that is not complete" in verdicts(done)[0]


def test_a_baseline_makes_accepted_departures_expected_failures(
    run: Run, mine: str, pytester: pytest.Pytester
) -> None:
    entry = '[[accepted]]\nclause = "BITS-4XX"\ncodes = 408\ngot = "fatal"\nreason = "so far"\n'
    Path("accepted.toml").write_text(entry, encoding="utf-8")
    options = ("--bits-only=4XX", "--bits-baseline=accepted.toml", "-rx")
    done = run(f"--bits-candidate={mine}:wrong", *options)
    assert done.ret == 0
    done.assert_outcomes(xfailed=1, deselected=10)
    assert "BITS-4XX: 1 accepted departure: so far" in done.stdout.str()
    stale = run(f"--bits-candidate={mine}:right", *options)
    assert stale.ret == 1
    assert "stale entry" in stale.stdout.str()


def test_a_test_that_uses_the_suite_wrongly_says_how(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        def test_without_a_clause(bits_check): pass

        @pytest.mark.bits_clause("BITS-4XX")
        def test_without_a_conclusion(bits_check): pass

        @pytest.mark.bits_clause("BITS-4XX")
        @pytest.mark.parametrize("bits_candidate", [object()])
        def test_without_a_candidate(bits_check): pass

        @pytest.mark.bits_clause("BITS-5XX")
        def test_that_concludes(bits_check): bits_check.conclude(100, [])
    """)
    done = run(REFERENCE, suite=False)
    assert done.ret == 1
    done.assert_outcomes(passed=1, failed=1, errors=2)
    told = done.stdout.str().splitlines()
    assert 'bits_check needs a test that is marked bits_clause("BITS-...")' in told
    assert "test_without_a_conclusion came to no conclusion" in told
    assert any(line.startswith("python:builtins:object is ") and "classify(status)" in line for line in told)
    assert "was judged in part" in verdicts(done)[0]


def test_each_option_and_ini_value_is_explained(run: Run) -> None:
    done = run("--help", suite=False)
    for name in (
        "candidate",
        "strict",
        "report",
        "baseline",
        "timeout",
        "examples",
        "seed",
        "require",
        "only",
    ):
        assert f"--bits-{name}" in done.stdout.str()
        assert (f"bits_{name} (" in done.stdout.str()) == (name != "only")
