"""What one pytest run of the suite holds: its settings, its candidates, and what is kept of each trial."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bitsspec.errors import CannotRun
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.session import CANDIDATE, CHECK, Session, reports_of
from bitsspec.spec import CLAUSE_BY_ID, outcome_due

ACCEPTED = """
[[accepted]]
clause = "BITS-4XX"
codes = [429]
got = "transient"
reason = "known"
"""


class Config:
    """What the session sees of pytest: options, and the values of an ini file."""

    def __init__(self, inipath: Path | None = None, **given: Any) -> None:
        self.given, self.inipath, self.stash = given, inipath, pytest.Stash()

    def getoption(self, name: str) -> Any:
        return self.given.get(name.removeprefix("--bits-"))

    def getini(self, name: str) -> Any:
        defaults: dict[str, Any] = {"bits_strict": False, "bits_report": []}
        return self.given.get(name, defaults.get(name, ""))


class Item:
    """A test that is marked with a clause."""

    name = "test_of_a_clause"

    def __init__(self, *clause: str, marked: bool = True) -> None:
        self.stash = pytest.Stash()
        self.mark = SimpleNamespace(args=clause) if marked else None

    def get_closest_marker(self, name: str) -> Any:
        assert name == "bits_clause"
        return self.mark


def session(inipath: Any = None, **given: Any) -> Session:
    return Session(cast("pytest.Config", Config(inipath, **given)))


def item(*clause: str, marked: bool = True) -> pytest.Item:
    return cast("pytest.Item", Item(*clause, marked=marked))


def tried(of: Session, clause: str, named: object, *departures: Departure, checked: int = 100) -> pytest.Item:
    """Return the test of a clause after its trial came to its conclusion."""
    test = item(clause)
    check = of.begin(test, named)
    check.ask(sorted(departure.input for departure in departures if isinstance(departure.input, int)))
    check.conclude(checked, departures)
    return test


def mine(status: int) -> str:
    return "transient" if status == 429 else str(outcome_due(status))


def theirs(status: int) -> str:
    return str(outcome_due(status))


# Settings


def test_without_settings_there_are_defaults() -> None:
    it = session()
    assert (it.strict, it.only, it.timeout, it.examples, it.seed) == (False, [], 10.0, 50, 0)


@pytest.mark.parametrize("name", ["strict", "bits_strict"])
def test_a_strict_run_is_asked_for_by_option_or_ini_file(name: str) -> None:
    assert session(**{name: True}).strict is True


@pytest.mark.parametrize(
    ("name", "least", "too_little", "shown"),
    [("timeout", 0.001, 0.0009, "0.001"), ("examples", 1, 0, "1"), ("seed", 0, -1, "0")],
)
def test_a_number_has_a_least_value(name: str, least: float, too_little: float, shown: str) -> None:
    assert getattr(session(**{name: least}), name) == least
    assert getattr(session(**{f"bits_{name}": str(least)}), name) == least
    for wrong in (str(too_little), "nan", "many"):
        with pytest.raises(CannotRun) as refused:
            session(**{f"bits_{name}": wrong})
        assert str(refused.value) == f"bits_{name} = {wrong}: a number from {shown} upwards is needed"
    with pytest.raises(CannotRun):
        session(**{name: too_little})


def test_an_option_is_stronger_than_the_ini_file() -> None:
    assert session(seed=0, bits_seed="7").seed == 0
    assert session(seed=None, bits_seed="7").seed == 7


def test_clauses_may_be_named_in_any_way() -> None:
    assert session(only=["4xx", "BITS-DOMAIN"]).only == ["BITS-4XX", "BITS-DOMAIN"]


def test_a_report_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"a report ends in \.json"):
        session(report=["out.txt"])
    with pytest.raises(CannotRun, match="there is no directory"):
        session(report=[str(tmp_path / "nowhere" / "out.json")])


# Which test has a trial


@pytest.mark.parametrize(
    "wrong", [item(marked=False), item(), item("BITS-6XX")], ids=["no mark", "no id", "unknown"]
)
def test_a_trial_needs_a_test_that_is_marked_with_a_clause(wrong: pytest.Item) -> None:
    with pytest.raises(pytest.fail.Exception, match="needs a test that is marked bits_clause") as failed:
        session().begin(wrong, None)
    assert not failed.value.pytrace


@pytest.mark.parametrize(
    ("settings", "runs"),
    [({}, False), ({"strict": True}, True), ({"only": ["DOMAIN"]}, True), ({"only": ["4XX"]}, False)],
)
def test_a_should_clause_has_a_trial_where_it_is_asked_for(settings: dict[str, Any], runs: bool) -> None:
    it, test = session(**settings), item("BITS-DOMAIN")
    if runs:
        assert it.begin(test, mine).clause is CLAUSE_BY_ID["BITS-DOMAIN"]
        assert it.record(test) is None
    else:
        with pytest.raises(pytest.skip.Exception) as skipped:
            it.begin(test, mine)
        assert str(skipped.value) == "BITS-DOMAIN: not run (a 'should' clause, which a strict run checks)"
        record = it.record(test)
        assert record is not None
        assert record["result"]["result"] == "not run"


def test_a_must_clause_always_has_a_trial_with_the_settings_of_the_run() -> None:
    it, test = session(examples=3, seed=9), item("BITS-4XX")
    check = it.begin(test, mine)
    assert check is test.stash[CHECK]
    assert (check.examples, check.seed, check.clause.id) == (3, 9, "BITS-4XX")
    assert check.candidate.target.endswith("mine")


def test_a_clause_about_what_is_not_offered_is_skipped() -> None:
    it, test = session(), item("BITS-REPOST")
    with pytest.raises(pytest.skip.Exception) as skipped:
        it.begin(test, mine)
    assert str(skipped.value) == "BITS-REPOST: not offered (repost is not offered)"
    record = it.record(test)
    assert record is not None
    assert record["result"]["result"] == "not offered"


# The candidates


def test_a_candidate_is_opened_once_and_its_first_answers_are_kept_for_all_trials() -> None:
    it = session()
    first, second = it.begin(item("BITS-4XX"), mine), it.begin(item("BITS-5XX"), mine)
    assert first.candidate is second.candidate
    assert first.first_answers is second.first_answers
    other = it.begin(item("BITS-4XX"), theirs)
    assert other.candidate is not first.candidate
    assert other.first_answers is not first.first_answers


def test_candidates_of_one_name_are_numbered() -> None:
    def named() -> Callable[[int], str]:
        def classify(_status: int) -> str:
            return "fatal"

        return classify

    it = session()
    targets = [
        it.begin(item("BITS-4XX"), each).candidate.target for each in (named(), named(), mine, named())
    ]
    assert [target.partition(" #")[2] for target in targets] == ["", "2", "", "3"]
    assert len({target.partition(" #")[0] for target in targets}) == 2


def test_a_candidate_that_was_opened_beforehand_is_the_one() -> None:
    config = Config()
    opened = session().begin(item("BITS-4XX"), theirs).candidate
    config.stash[CANDIDATE] = opened
    it = Session(cast("pytest.Config", config))
    assert it.begin(item("BITS-4XX"), "no_such_module").candidate is opened


def test_a_target_that_cannot_be_opened_ends_the_run_and_an_object_fails_its_test() -> None:
    with pytest.raises(pytest.exit.Exception) as ended:
        session().begin(item("BITS-4XX"), "no_such_module")
    assert ended.value.returncode == 2
    assert str(ended.value).startswith("bitsspec: cannot import 'no_such_module'")
    with pytest.raises(pytest.fail.Exception) as failed:
        session().begin(item("BITS-4XX"), 5)
    assert not failed.value.pytrace


def test_every_candidate_is_closed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    it, closed = session(), []
    for named in (mine, theirs):
        candidate = it.begin(item("BITS-4XX"), named).candidate
        monkeypatch.setattr(candidate, "close", lambda target=candidate.target: closed.append(target))
    it.close()
    it.close()
    assert len(closed) == len(set(closed)) == 2


# What is kept of a trial


def test_a_clause_that_is_kept_passes() -> None:
    it = session(seed=5)
    test = tried(it, "BITS-4XX", theirs)
    it.conclude(test)
    record = it.record(test)
    assert record is not None
    target = record.pop("target")
    assert target.endswith("theirs")
    assert record == {
        "strict": False,
        "seed": 5,
        "capabilities": ["classify"],
        "asked": [],
        "result": {"id": "BITS-4XX", "level": "must", "result": "passed", "checked": 100, "departures": []},
    }


def test_a_departure_fails_the_test_with_the_whole_story() -> None:
    it = session()
    test = tried(it, "BITS-4XX", mine, Departure(429, "fatal", "transient"))
    with pytest.raises(pytest.fail.Exception, match="429: expected fatal, got transient") as failed:
        it.conclude(test)
    assert not failed.value.pytrace
    record = it.record(test)
    assert record is not None
    assert record["asked"] == [429]
    assert record["result"]["departures"] == [{"input": 429, "expected": "fatal", "got": "transient"}]


def test_an_accepted_departure_is_an_expected_failure(tmp_path: Path) -> None:
    tmp_path.joinpath("accepted.toml").write_text(ACCEPTED, encoding="utf-8")
    it = session(baseline=str(tmp_path / "accepted.toml"))
    test = tried(it, "BITS-4XX", mine, Departure(429, "fatal", "transient"))
    with pytest.raises(pytest.xfail.Exception, match=r"^BITS-4XX: 1 accepted departures$"):
        it.conclude(test)
    record = it.record(test)
    assert record is not None
    assert record["result"]["departures"][0]["accepted"] == "known"


def test_a_trial_without_a_conclusion_fails_its_test() -> None:
    it, test = session(), item("BITS-4XX")
    for _ in range(2):  # without a trial, and with one that was begun
        with pytest.raises(
            pytest.fail.Exception, match=r"^test_of_a_clause came to no conclusion$"
        ) as failed:
            it.conclude(test)
        assert not failed.value.pytrace
        it.begin(test, mine)


# The reports


def records(
    *results: tuple[str, Result, list[int]], target: str = "a", strict: bool = True
) -> list[dict[str, Any]]:
    return [
        {
            "target": target,
            "strict": strict,
            "seed": 3,
            "capabilities": ["classify"],
            "asked": asked,
            "result": ClauseResult(CLAUSE_BY_ID[clause], result, 7).as_json(),
        }
        for clause, result, asked in results
    ]


FIRST = records(("BITS-4XX", Result.PASSED, [404, 405]), ("BITS-5XX", Result.FAILED, [405, 503]))
SECOND = records(("BITS-3XX", Result.PASSED, [302]), target="b", strict=False)


def test_each_candidate_has_a_report_in_order_of_appearance() -> None:
    one, other = reports_of([FIRST[0], *SECOND, FIRST[1]], 1.5, True)
    assert (one.target, other.target) == ("a", "b")
    assert (one.strict, other.strict) == (True, False)
    assert (one.seed, one.capabilities, one.duration_s, one.interrupted) == (3, ["classify"], 1.5, True)
    assert (one.codes_asked, other.codes_asked) == (3, 1)  # a code that two clauses ask counts once
    assert [result.clause.id for result in one.judged] == ["BITS-4XX", "BITS-5XX"]
    assert len(one.clauses) == len(CLAUSE_BY_ID)
    assert not reports_of(FIRST, 1.5)[0].interrupted


def test_each_candidate_has_a_file_of_its_own(tmp_path: Path) -> None:
    it = session(report=[str(tmp_path / "out.json"), str(tmp_path / "out.md")])
    assert list(it.write_reports([*FIRST, *SECOND], 1.5, False)) == []
    assert {path.name for path in tmp_path.iterdir()} == {"out.json", "out-2.json", "out.md", "out-2.md"}
    assert '"target": "a"' in tmp_path.joinpath("out.json").read_text(encoding="utf-8")
    assert '"target": "b"' in tmp_path.joinpath("out-2.json").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_does_not_keep_the_next_from_it(tmp_path: Path) -> None:
    paths = [tmp_path / "first" / "out.json", tmp_path / "second.json"]
    paths[0].parent.mkdir()
    it = session(report=[str(path) for path in paths])
    paths[0].parent.rmdir()
    (why,) = it.write_reports(FIRST, 1.5, False)
    assert "there is no directory" in why
    assert paths[1].exists()


@pytest.mark.parametrize("given", [True, False])
def test_a_report_names_the_baseline_that_the_run_was_given(given: bool, tmp_path: Path) -> None:
    baseline = tmp_path / "accepted.toml"
    baseline.write_text(ACCEPTED, encoding="utf-8")
    it = session(report=[str(tmp_path / "out.html")], **({"baseline": str(baseline)} if given else {}))
    assert list(it.write_reports(FIRST, 1.5, False)) == []
    command = re.findall("<code>(.*)</code>", tmp_path.joinpath("out.html").read_text(encoding="utf-8"))[0]
    assert ("accepted.toml" in command) is given


def test_there_is_one_verdict_for_each_candidate() -> None:
    whole, part = session().verdicts([*FIRST, *SECOND], False), session().verdicts(SECOND, True)
    assert [line.split()[0] for line in whole] == ["a", "b"]
    assert "b conforms" in whole[1]
    assert "judged in part" in part[0]


def test_paths_of_an_ini_file_are_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    ini = project / "pytest.ini"
    for here in (project, elsewhere):
        monkeypatch.chdir(here)
        it = session(ini, bits_report=["out.json", "", "out.md"])
        assert list(it.write_reports(FIRST, 1.5, False)) == []
    assert {path.name for path in project.iterdir()} == {"out.json", "out.md"}
    assert list(elsewhere.iterdir()) == []
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotRun, match=r"^project.accepted\.toml: cannot be read"):
        session(ini, bits_baseline="accepted.toml")  # named as one would name it from here
    with pytest.raises(CannotRun, match=r"^accepted\.toml: cannot be read"):
        session(ini, baseline="accepted.toml")
    with pytest.raises(CannotRun, match=r"^mine\.toml: cannot be read"):
        session(ini, baseline="mine.toml", bits_baseline="accepted.toml")
    with pytest.raises(CannotRun, match=r"^accepted\.toml: cannot be read"):
        session(None, bits_baseline="accepted.toml")
