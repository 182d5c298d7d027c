"""One pytest run of the suite: which tests run, what becomes of their results, and the reports at the end."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun
from bitsspec.report.model import ClauseResult, Departure, Result
from bitsspec.session import Record, Session
from bitsspec.settings import Settings
from bitsspec.spec import CLAUSE_BY_ID, outcome_due

ACCEPTED = '[[accepted]]\nclause = "BITS-4XX"\ncodes = [429]\ngot = "transient"\nreason = "known"\n'


class Item:
    """A test that is marked with a clause."""

    name = "test_of_a_clause"

    def __init__(self, *clause: str, marked: bool = True) -> None:
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
    record = session.record(test)
    assert record is not None
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
        assert session.record(test) is None
    else:
        with pytest.raises(pytest.skip.Exception) as skipped:
            session.begin(test, mine)
        assert str(skipped.value) == "BITS-DOMAIN: not run (a 'should' clause, which a strict run checks)"
        assert kept(session, test)["result"]["result"] == "not run"


def test_a_must_clause_always_runs_with_the_settings_of_the_run() -> None:
    check = Session(Settings(examples=3, seed=9)).begin(item("BITS-4XX"), mine)
    assert (check.examples, check.seed, check.clause.id) == (3, 9, "BITS-4XX")
    assert check.candidate.target.endswith("mine")


def test_a_clause_about_what_is_not_offered_is_skipped() -> None:
    session, test = Session(Settings()), item("BITS-REPOST")
    with pytest.raises(pytest.skip.Exception) as skipped:
        session.begin(test, mine)
    assert str(skipped.value) == "BITS-REPOST: not offered (offered by may_repost)"
    assert kept(session, test)["result"]["result"] == "not offered"


def test_a_candidate_is_opened_once_and_its_first_answers_are_kept_for_all_checks() -> None:
    session = Session(Settings())
    first, second = session.begin(item("BITS-4XX"), mine), session.begin(item("BITS-5XX"), mine)
    assert first.candidate is second.candidate
    assert first.first_answers is second.first_answers
    other = session.begin(item("BITS-4XX"), theirs)
    assert other.candidate is not first.candidate
    assert other.first_answers is not first.first_answers


def test_candidates_of_one_name_are_numbered() -> None:
    def named() -> Callable[[int], str]:
        def classify(_status: int) -> str:
            return "fatal"

        return classify

    session = Session(Settings())
    opened = [session.begin(item("BITS-4XX"), each).candidate for each in (named(), named(), mine, named())]
    assert [candidate.target.partition(" #")[2] for candidate in opened] == ["", "2", "", "3"]


def test_a_target_that_cannot_be_opened_ends_the_run_and_an_object_fails_its_test() -> None:
    with pytest.raises(pytest.exit.Exception) as ended:
        Session(Settings()).begin(item("BITS-4XX"), "no_such_module")
    assert ended.value.returncode == 2
    assert str(ended.value).startswith("bitsspec: cannot import 'no_such_module'")
    with pytest.raises(pytest.fail.Exception) as failed:
        Session(Settings()).begin(item("BITS-4XX"), 5)
    assert not failed.value.pytrace


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


def records(*results: tuple[str, Result, list[int]], target: str = "a") -> list[Record]:
    return [
        {
            "target": target,
            "capabilities": ["classify"],
            "asked": asked,
            "result": ClauseResult(CLAUSE_BY_ID[clause], result, 7).as_json(),
        }
        for clause, result, asked in results
    ]


FIRST = records(("BITS-4XX", Result.PASSED, [404, 405]), ("BITS-5XX", Result.FAILED, [405, 503]))
SECOND = records(("BITS-3XX", Result.PASSED, [302]), target="b")


def test_each_candidate_has_a_report_with_the_settings_in_order_of_appearance(tmp_path: Path) -> None:
    baseline = tmp_path / "accepted.toml"
    baseline.write_text(ACCEPTED, encoding="utf-8")
    session = Session(Settings(strict=True, seed=3, baseline=baseline))
    session.finish([FIRST[0], *SECOND, FIRST[1]], 1.5, complete=False)
    one, other = session.reports
    assert (one.target, other.target) == ("a", "b")
    assert (one.strict, one.seed, one.baseline, one.duration_s) == (True, 3, str(baseline), 1.5)
    assert (one.capabilities, one.complete) == (["classify"], False)
    assert (one.codes_asked, other.codes_asked) == (3, 1)  # a code that two clauses ask counts once
    assert [result.clause.id for result in one.judged] == ["BITS-4XX", "BITS-5XX"]
    assert len(one.clauses) == len(CLAUSE_BY_ID)


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
