"""No right candidate is accused of anything."""

from pathlib import Path

import pytest

from bitsspec import Outcome, classify
from bitsspec.spec import CLAUSE_BY_ID
from tests.suite.right import RIGHT
from tests.support.in_process import invoke
from tests.support.judging import departed, judge
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
