"""Predicates as candidates."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun
from bitsspec.history import Call
from bitsspec.spec import Capability
from tests.support.judging import departed, departing, judge

Module = Callable[[str], str]

RIGHT = """\
FATAL = {*range(300, 306), 307, *range(400, 408), *range(410, 500), 501, 505}
def should_retry(status: int) -> bool:
    return status != 200 and status not in FATAL
"""
ANSWERS = """\
import numpy
async def later(): ...
def should_retry(status):
    if status == 407:
        return later()
    return {200: False, 404: "fatal", 405: None, 406: 1, 408: numpy.bool_(True)}[status]
class Policy:
    def is_transient(self, status): return status == 200
policy = Policy()
"""


def test_a_predicate_that_is_right_conforms_and_offers_outcomes_alone(module: Module) -> None:
    report = judge(f"retry:{module(RIGHT)}:should_retry")
    assert (report.conforms, report.capabilities) == (True, ["classify"])


def test_true_at_200_is_transient_and_what_is_not_a_code_is_never_a_success(module: Module) -> None:
    name = module("def always(status): return True\ndef never(status): return False\n")
    assert departing(judge(f"retry:{name}:always"), "BITS-SUCCESS") == {200: ("success", "transient")}
    assert "BITS-DOMAIN" not in departed(judge(f"retry:{name}:never"))


def test_anything_but_a_bool_is_shown(module: Module, recwarn: pytest.WarningsRecorder) -> None:
    candidate = open_candidate(f"retry:{module(ANSWERS)}:should_retry")
    answers = candidate.ask(Capability.CLASSIFY, [200, 404, 405, 406, 407, 408, 409])
    assert [str(answers[at]) for at in (0, 5, 6)] == ["success", "transient", "raised KeyError: 409"]
    shown = [str(answer) for answer in answers[1:5]]
    assert shown[:3] == ["'fatal'", "None", "1"]
    assert shown[3].startswith("<coroutine object later")
    assert [str(warning.message) for warning in recwarn] == []


def test_a_method_is_a_predicate_and_a_fresh_interpreter_finds_it(module: Module) -> None:
    candidate = open_candidate(f"retry:{module(ANSWERS)}:policy.is_transient")
    assert candidate.replay([Call(Capability.CLASSIFY, 200), Call(Capability.CLASSIFY, 404)]) == [
        "transient",
        "fatal",
    ]


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("{name}", "it has python:{name}:Client, retry:{name}:should_retry"),
        ("{name}:Client", "write retry:PACKAGE.MODULE:FUNCTION"),
        ("{name}:NUMBER", "it cannot be called with a status"),
        ("{name}:nope", "{name} has no 'nope'"),
    ],
)
def test_what_is_not_a_predicate_is_a_clear_error(
    rest: str, message: str, module: Module, project: Path
) -> None:
    name = module("NUMBER = 1\nclass Client:\n    def classify(self, s): ...\ndef should_retry(s): ...\n")
    with pytest.raises(CannotRun) as raised:
        open_candidate(f"retry:{rest.format(name=name)}")
    assert message.format(name=name) in str(raised.value)
    assert len(str(raised.value).splitlines()) == 2
