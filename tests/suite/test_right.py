"""No right candidate is accused of anything."""

import threading
import time
from pathlib import Path

import pytest

from bitsspec import Outcome, classify
from bitsspec.conformance import threads
from bitsspec.settings import Settings
from bitsspec.spec import CLAUSE_BY_ID, STATUS_CODES
from tests.suite.right import RIGHT
from tests.support.in_process import invoke
from tests.support.judging import check_of, departed, judge
from tests.support.right_projects import PROJECTS


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_candidate_is_not_accused(name: str) -> None:
    assert departed(judge(RIGHT[name], examples=5)) == set()


def test_answering_an_error_to_what_is_not_a_status_code_is_as_right_as_rejecting_it() -> None:
    def answers_fatal(status: int) -> object:
        try:
            return classify(status)
        except ValueError:
            return Outcome.FATAL

    assert departed(judge(answers_fatal)) == set()


@pytest.mark.parametrize("order", [[*CLAUSE_BY_ID], [*CLAUSE_BY_ID][::-1]])
@pytest.mark.parametrize("name", ["a cache by number", "errors that are numbered", "a database"])
def test_the_order_of_the_clauses_accuses_nobody(name: str, order: list[str]) -> None:
    assert departed(judge(RIGHT[name], order, examples=5)) == set()


@pytest.mark.parametrize("number", range(len(PROJECTS)), ids=PROJECTS)
def test_a_project_that_must_not_be_executed_or_made_twice_is_not_accused(
    number: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_A_TEST", "secret")
    name = f"right_project_{number}"
    files = [*PROJECTS.values()][number]
    for path, text in files.items():
        file = project / path.format(name=name)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.format(name=name), encoding="utf-8")
    target = f"{name}:Client" if "class Client" in "".join(files.values()) else name
    done = invoke("check", target, "--strict")
    assert done.exit_code == 0, done.output
    assert "1,000 status codes asked" in done.output


class HasNoTime:
    """Has a time-out of a thousandth of a second: for its lock, or for its whole answer."""

    def __init__(self, *, for_all: bool) -> None:
        self.lock = threading.Lock()
        self.for_all = for_all

    def classify(self, status: int) -> object:
        begun = time.perf_counter()
        if not self.lock.acquire(timeout=0.001):
            raise TimeoutError
        try:
            answer = classify(status)
            if self.for_all and time.perf_counter() - begun > 0.001:
                raise TimeoutError
        finally:
            self.lock.release()
        return answer


@pytest.mark.parametrize("for_all", [False, True])
def test_whoever_runs_out_of_time_while_a_call_is_stopped_is_not_accused_for_that(for_all: bool) -> None:
    check = check_of("BITS-STABLE", Settings(), HasNoTime(for_all=for_all))
    check.ask(STATUS_CODES)
    assert [*threads._while_stopped(check)] == []
