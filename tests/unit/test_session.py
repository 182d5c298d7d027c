"""One pytest run of the suite: which tests run, what becomes of their results, and the reports at the end."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun
from bitsspec.records import Record
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.session import Session
from bitsspec.settings import Settings
from bitsspec.spec import CLAUSE_BY_ID, outcome_due

ACCEPTED = '[[accepted]]\nclause = "BITS-4XX"\ncodes = [429]\ngot = "transient"\nreason = "known"\n'
NUMBER = count()


class Item:
    """A test that is marked with a clause."""

    name = "test_of_a_clause"

    def __init__(self, *clause: str, marked: bool = True) -> None:
        self.nodeid = f"test_it.py::test_{next(NUMBER)}"
        self.stash = pytest.Stash()
        self.mark = SimpleNamespace(args=clause) if marked else None

    def get_closest_marker(self, name: str) -> Any:
        assert name == "bits_clause"
        return self.mark


def item(*clause: str, marked: bool = True) -> pytest.Item:
    return cast("pytest.Item", Item(*clause, marked=marked))


def concluded(session: Session, named: object, *departures: Departure) -> pytest.Item:
    """Return the test of BITS-4XX after its check found these departures."""
    test = item("BITS-4XX")
    check = session.begin(test, named)
    check.ask([cast("int", departure.input) for departure in departures])
    check.conclude(100, departures)
    return test


def kept(session: Session, test: pytest.Item) -> Record:
    record = session.take_record(test)
    assert record is not None
    assert session.take_record(test) is None
    return record


def mine(status: int) -> str:
    return "transient" if status == 429 else str(outcome_due(status))


def theirs(status: int) -> str:
    return str(outcome_due(status))


def test_a_report_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"a report ends in \.json"):
        Session(Settings(report=(Path("out.txt"),)))
    with pytest.raises(CannotRun, match="there is no directory"):
        Session(Settings(report=(tmp_path / "nowhere" / "out.json",)))


@pytest.mark.parametrize(
    "wrong", [item(marked=False), item(), item("BITS-6XX")], ids=["no mark", "no id", "unknown"]
)
def test_a_check_needs_a_test_that_is_marked_with_a_clause(wrong: pytest.Item) -> None:
    with pytest.raises(pytest.fail.Exception, match="needs a test that is marked bits_clause") as failed:
        Session(Settings()).begin(wrong, None)
    assert not failed.value.pytrace


@pytest.mark.parametrize(
    ("settings", "runs"),
    [
        (Settings(), False),
        (Settings(strict=True), True),
        (Settings(only=("BITS-DOMAIN",)), True),
        (Settings(only=("BITS-4XX",)), False),
    ],
)
def test_a_should_clause_runs_in_a_strict_run_or_where_it_is_named(settings: Settings, runs: bool) -> None:
    session, test = Session(settings), item("BITS-DOMAIN")
    if runs:
        assert session.begin(test, mine).clause is CLAUSE_BY_ID["BITS-DOMAIN"]
        assert session.take_record(test) is None
    else:
        with pytest.raises(pytest.skip.Exception) as skipped:
            session.begin(test, mine)
        assert str(skipped.value) == "BITS-DOMAIN: not run (a 'should' clause, which a strict run checks)"
        assert kept(session, test)["result"]["result"] == "not run"


def test_a_must_clause_always_runs_with_the_settings_of_the_run() -> None:
    check = Session(Settings(examples=3, seed=9)).begin(item("BITS-4XX"), mine)
    assert (check.settings.examples, check.settings.seed, check.clause.id) == (3, 9, "BITS-4XX")
    assert check.candidate.target.endswith("mine")


def test_a_clause_about_what_is_not_offered_is_skipped() -> None:
    session, test = Session(Settings()), item("BITS-REPOST")
    with pytest.raises(pytest.skip.Exception) as skipped:
        session.begin(test, mine)
    assert str(skipped.value) == "BITS-REPOST: not offered (offered by may_repost)"
    assert kept(session, test)["result"]["result"] == "not offered"


def test_a_candidate_is_opened_once_and_what_it_was_asked_is_kept_for_all_checks() -> None:
    session = Session(Settings())
    first, second = session.begin(item("BITS-4XX"), mine), session.begin(item("BITS-5XX"), mine)
    assert first.candidate is second.candidate
    assert first.history is second.history
    other = session.begin(item("BITS-4XX"), theirs)
    assert other.candidate is not first.candidate
    assert other.history is not first.history


@pytest.mark.parametrize("named", ["no_such_module", 5])
def test_a_candidate_that_cannot_be_opened_fails_its_tests_and_the_first_of_them_says_why(
    named: object,
) -> None:
    session, first = Session(Settings()), item("BITS-4XX")
    for test, story in ((first, "no_such_module|not a candidate"), (item("BITS-5XX"), first.nodeid)):
        with pytest.raises(pytest.fail.Exception, match=story) as failed:
            session.begin(test, named)
        assert not failed.value.pytrace
    session.close()


def test_what_is_required_and_not_offered_is_decided_before_anything_is_asked(tmp_path: Path) -> None:
    tmp_path.joinpath("accepted.toml").write_text(ACCEPTED.replace("4XX", "REPOST"), encoding="utf-8")
    session = Session(Settings(require=("repost",), baseline=tmp_path / "accepted.toml"))
    test, other = item("BITS-REPOST"), item("BITS-4XX")
    session.begin(test, mine)
    session.begin(other, mine)
    assert [session.is_decided(each) for each in (test, other, item("BITS-5XX"))] == [True, False, False]
    with pytest.raises(pytest.fail.Exception, match="required: repost is not offered"):
        session.conclude(test)
    assert kept(session, test)["result"]["result"] == "failed"


def test_what_is_required_must_be_about_a_clause_that_is_to_run() -> None:
    with pytest.raises(CannotRun, match="posts is required, and none of the clauses about it is to run"):
        Session(Settings(require=("posts",), only=("BITS-4XX",)))
    Session(Settings(require=("posts",), only=("BITS-4XX", "BITS-POSTS")))


def test_every_candidate_is_closed_once_by_who_opened_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lent, closed = open_candidate(theirs), []
    monkeypatch.setattr(lent, "close", lambda: closed.append("lent"))
    for session, named in ((Session(Settings()), mine), (Session(Settings(), lent), "no_such_module")):
        candidate = session.begin(item("BITS-4XX"), named).candidate
        if candidate is not lent:
            monkeypatch.setattr(candidate, "close", lambda: closed.append("mine"))
        session.close()
        session.close()
    assert closed == ["mine"]


def test_a_clause_that_is_kept_passes() -> None:
    session = Session(Settings())
    test = concluded(session, theirs)
    session.conclude(test)
    record = kept(session, test)
    assert record["target"].endswith("theirs")
    assert record["result"]["result"] == "passed"


def test_a_departure_fails_the_test_with_the_whole_story() -> None:
    session = Session(Settings())
    test = concluded(session, mine, Departure(429, "fatal", "transient"))
    with pytest.raises(pytest.fail.Exception, match="429: expected fatal, got transient") as failed:
        session.conclude(test)
    assert not failed.value.pytrace
    record = kept(session, test)
    assert record["asked"] == [429]
    assert record["result"]["departures"] == [{"input": 429, "expected": "fatal", "got": "transient"}]


def test_an_accepted_departure_is_an_expected_failure(tmp_path: Path) -> None:
    tmp_path.joinpath("accepted.toml").write_text(ACCEPTED, encoding="utf-8")
    session = Session(Settings(baseline=tmp_path / "accepted.toml"))
    test = concluded(session, mine, Departure(429, "fatal", "transient"))
    with pytest.raises(pytest.xfail.Exception, match=r"^BITS-4XX: 1 accepted departure: known$"):
        session.conclude(test)
    assert kept(session, test)["result"]["departures"][0]["accepted"] == "known"


def test_a_check_without_a_conclusion_fails_its_test() -> None:
    session, test = Session(Settings()), item("BITS-4XX")
    for _ in range(2):  # before its check has begun, and after
        with pytest.raises(pytest.fail.Exception, match="came to no conclusion") as failed:
            session.conclude(test)
        assert not failed.value.pytrace
        session.begin(test, mine)


def record(clause: str, result: Result = Result.PASSED, asked: Iterable[int] = (), **more: Any) -> Record:
    made = ClauseResult(CLAUSE_BY_ID[clause], result, 7)
    if result is Result.FAILED:
        made.departures = [Departure(code, "fatal", "transient") for code in asked]
    fields: dict[str, Any] = {"target": "a", "place": "test_a.py", "named": None, "duration_s": 0.5}
    fields |= {"not_observable": [], "remarks": [], "uploads": 0} | more
    fields |= {"capabilities": ["classify"], "asked": list(asked), "result": made.as_json()}
    return cast("Record", fields)


FIRST = [record("BITS-4XX", asked=[404, 405]), record("BITS-5XX", Result.FAILED, [405, 503])]
SECOND = [record("BITS-3XX", asked=[302], target="b", place="test_b.py")]


def test_each_candidate_has_a_report_with_the_settings_of_the_run(tmp_path: Path) -> None:
    baseline = tmp_path / "accepted.toml"
    baseline.write_text(ACCEPTED, encoding="utf-8")
    settings = Settings(strict=True, seed=3, baseline=baseline, examples=7, timeout=2.0, require=("posts",))
    session = Session(settings)
    session.finish([*SECOND, *FIRST], 1.5, complete=False)
    one, other = session.reports
    assert (one.target, other.target) == ("a", "b")
    assert (one.strict, one.seed, one.baseline, one.duration_s) == (True, 3, str(baseline), 1.5)
    assert (one.examples, one.timeout_s, one.only, one.require) == (7, 2.0, (), ("posts",))
    assert (one.capabilities, one.complete) == (["classify"], False)
    assert (one.codes_asked, other.codes_asked) == (3, 1)  # a code that two clauses ask counts once
    assert [result.clause.id for result in one.judged] == ["BITS-4XX", "BITS-5XX"]
    assert one.judged[0].duration_s == 0.5
    assert len(one.clauses) == len(CLAUSE_BY_ID)


@pytest.mark.parametrize("backwards", [False, True])
def test_candidates_of_one_name_are_told_apart_by_where_they_come_from(backwards: bool) -> None:
    given = [
        record("BITS-4XX", place="test_a.py"),
        record("BITS-5XX", place="test_a.py"),
        record("BITS-4XX", Result.FAILED, [429], place="test_b.py"),
        record("BITS-3XX", place="test_c.py", named="x", target="x"),
        record("BITS-5XX", place="test_d.py", named="x", target="x"),
    ]
    session = Session(Settings())
    session.finish(reversed(given) if backwards else given, 1, complete=True, unfinished=["test_c.py"])
    told = [(each.target, len(each.judged), len(each.failed), each.complete) for each in session.reports]
    assert told == [("x", 2, 0, False), ("a", 2, 0, True), ("a #2", 1, 1, True)]


def test_a_clause_that_ran_several_times_has_its_worst_result_and_all_departures() -> None:
    given = [
        record("BITS-5XX"),
        record("BITS-5XX"),
        record("BITS-4XX", Result.FAILED, [429, 430]),
        record("BITS-4XX", Result.FAILED, [404, 429]),
    ]
    session = Session(Settings())
    session.finish(given, 1, complete=True)
    (report,) = session.reports
    assert [departure.input for departure in report.failed[0].departures] == [404, 429, 430]
    assert report.complete
    assert report.failed[0].duration_s == 1.0
    session.finish([*given, record("BITS-4XX")], 1, complete=True)
    (report,) = session.reports
    assert (report.complete, [each.clause.id for each in report.failed]) == (False, ["BITS-4XX"])


def test_each_candidate_has_a_file_of_its_own(tmp_path: Path) -> None:
    session = Session(Settings(report=(tmp_path / "out.json", tmp_path / "out.md")))
    assert session.finish([*FIRST, *SECOND], 1.5, complete=True) == []
    assert {path.name for path in tmp_path.iterdir()} == {"out.json", "out-2.json", "out.md", "out-2.md"}
    assert '"target": "b"' in tmp_path.joinpath("out-2.json").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_does_not_keep_the_next_from_it(tmp_path: Path) -> None:
    paths = (tmp_path / "first" / "out.json", tmp_path / "second.json")
    paths[0].parent.mkdir()
    session = Session(Settings(report=paths))
    paths[0].parent.rmdir()
    (why,) = session.finish(FIRST, 1.5, complete=True)
    assert "there is no directory" in why
    assert paths[1].exists()
