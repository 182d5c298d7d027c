"""Candidates in Python: what is accepted as one, and what counts as its answer."""

import enum
import http
import os
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

import bitsspec
from bitsspec.candidates import open_candidate
from bitsspec.errors import CannotRun
from tests.support.candidates import Conforming
from tests.support.judging import departed, departing, judge

OUTCOMES = ["BITS-SUCCESS", "BITS-3XX", "BITS-4XX", "BITS-5XX", "BITS-OTHER"]


class Answer(enum.Enum):
    SUCCESS = "success"
    TRANSIENT = "transient"
    FATAL = "fatal"


class TextAnswer(str, enum.Enum):
    SUCCESS = "success"
    TRANSIENT = "transient"
    FATAL = "fatal"


@pytest.mark.parametrize(
    "answer",
    [str, Answer, TextAnswer, numpy.str_, bitsspec.Outcome, lambda text: type("Text", (str,), {})(text)],
)
def test_strings_and_enum_members_with_string_values_are_answers(answer: Any) -> None:
    assert judge(lambda status: answer(str(bitsspec.classify(status)))).conforms


def test_numpy_numbers_and_truth_values_are_answers() -> None:
    class Numpy(Conforming):
        def may_repost(self, status: int) -> object:
            return numpy.bool_(bitsspec.may_repost(status))

        def get_error(self, status: int) -> object:
            context, hresult = bitsspec.get_error(status)
            return numpy.int32(context), None if hresult is None else numpy.int64(hresult)

        def count_posts(self, events: Any) -> object:
            return numpy.int64(bitsspec.count_posts(events))

    assert judge(Numpy()).conforms


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        ("Transient ", "'Transient '"),
        ("FATAL", "'FATAL'"),
        (1, "1"),
        (None, "None"),
        (b"fatal", "b'fatal'"),
        (http.HTTPStatus.OK, "<HTTPStatus.OK: 200>"),
        (object(), "<object object>"),
        ("x" * 1000, "'" + "x" * 198 + "…"),
        ("\x1b[31m\u202e", "'\\x1b[31m\\u202e'"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_any_other_answer_departs_and_shows_what_came_back(answer: object, got: str) -> None:
    report = judge(lambda status: answer if status == 404 else bitsspec.classify(status), OUTCOMES)
    assert departing(report, "BITS-4XX") == {404: ("fatal", got)}


def test_an_exception_departs_and_shows_itself() -> None:
    table = {status: bitsspec.classify(status) for status in range(1000) if status not in (429, 700)}
    report = judge(lambda status: table[status], OUTCOMES)
    assert departing(report, "BITS-4XX") == {429: ("fatal", "raised KeyError: 429")}
    assert departing(report, "BITS-OTHER") == {700: ("transient", "raised KeyError: 700")}


def test_leaving_the_process_is_an_answer_too() -> None:
    def leaves(status: int) -> object:
        if status == 404:
            raise SystemExit(3)
        return bitsspec.classify(status)

    assert departing(judge(leaves, OUTCOMES), "BITS-4XX") == {404: ("fatal", "raised SystemExit: 3")}


INTERRUPTED = {
    "when it is asked": "def classify(status):\n    raise KeyboardInterrupt\n",
    "when it is imported": "raise KeyboardInterrupt\n",
    "when it is made": (
        "class classify:\n    def __init__(self):\n        raise KeyboardInterrupt\n"
        "    def classify(self, status):\n        return 'fatal'\n"
    ),
    "when its module is executed a second time": (
        "from pathlib import Path\nfrom bitsspec import classify as right\n"
        "once = Path(__file__).with_suffix('.once')\n"
        "if once.exists():\n    raise KeyboardInterrupt\n"
        "once.touch()\ndef classify(status):\n    return right(status)\n"
    ),
}


@pytest.mark.parametrize("when", INTERRUPTED)
def test_ctrl_c_is_no_answer(when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"interrupted_{list(INTERRUPTED).index(when)}"
    (tmp_path / f"{name}.py").write_text(INTERRUPTED[when], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        judge(f"{name}:classify", ["BITS-STABLE"])


def test_a_module_that_can_be_executed_only_once_is_judged_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = INTERRUPTED["when its module is executed a second time"].replace("KeyboardInterrupt", "SystemExit")
    (tmp_path / "executed_once.py").write_text(once, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert judge("executed_once:classify").conforms
    assert (tmp_path / "executed_once.once").exists()


def test_a_coroutine_is_no_answer() -> None:
    async def classify(status: int) -> object:
        return bitsspec.classify(status)

    report = judge(classify, ["BITS-SUCCESS"])
    assert "coroutine" in departing(report, "BITS-SUCCESS")[200][1]


@pytest.mark.parametrize(
    "source",
    [bitsspec.classify, Conforming, Conforming(), bitsspec, "bitsspec:classify", "python:bitsspec.reference"],
)
def test_functions_classes_objects_modules_and_targets_are_candidates(source: object) -> None:
    assert judge(source).conforms


def test_capabilities_are_what_the_object_has() -> None:
    class TwoQuestions:
        def classify(self, status: int) -> object:
            return bitsspec.classify(status)

        def may_repost(self, status: int) -> bool:
            return status != 403

    assert open_candidate(TwoQuestions).capabilities == ("classify", "repost")
    assert open_candidate(bitsspec.classify).capabilities == ("classify",)
    assert open_candidate(bitsspec).capabilities == ("classify", "repost", "context", "hresult", "posts")


def test_an_error_without_an_hresult_offers_none() -> None:
    class NoHresult(Conforming):
        def get_error(self, status: int) -> object:
            return (7, None)

    report = judge(NoHresult())
    assert report.conforms
    assert report.capabilities == ["classify", "repost", "context", "posts"]
    assert next(r for r in report.clauses if r.clause.id == "BITS-HRESULT").result == "not offered"


def test_an_hresult_that_is_missing_at_one_code_departs() -> None:
    class OneMissing(Conforming):
        def get_error(self, status: int) -> object:
            return (7, None if status == 429 else 0x80190000 + status)

    assert departing(judge(OneMissing()), "BITS-HRESULT") == {429: ("0x801901AD", "no answer")}


@pytest.mark.parametrize(
    ("error", "departs"),
    [(7, {"BITS-CONTEXT"}), (("7", None), {"BITS-CONTEXT"}), ((True, None), {"BITS-CONTEXT"})],
)
def test_what_is_no_pair_of_numbers_is_no_error(error: object, departs: set[str]) -> None:
    class Wrong(Conforming):
        def get_error(self, status: int) -> object:
            return error

    assert departs <= departed(judge(Wrong()))


@pytest.mark.parametrize("yes", [1, "yes", None])
def test_only_true_and_false_say_whether_to_post_again(yes: object) -> None:
    class Wrong(Conforming):
        def may_repost(self, status: int) -> object:
            return False if status == 403 else yes

    assert departed(judge(Wrong())) == {"BITS-REPOST"}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("python:no_such_module_here", "No module named 'no_such_module_here'"),
        ("no_such_module_here:classify", "looked in"),
        ("bitsspec:no_such_name", "bitsspec has no 'no_such_name'"),
        ("bitsspec:__version__", "has no classify"),
        ("classifier.py", "name the module, not its file: python:classifier"),
        ("python:", "names no candidate"),
        ("http:example", "No module named 'http.example'"),
    ],
)
def test_a_target_that_is_not_there_is_a_clear_error(target: str, message: str) -> None:
    if target.startswith("http"):
        message = "http has no 'example'"
    with pytest.raises(CannotRun) as raised:
        open_candidate(target)
    assert message in str(raised.value)
    assert len(str(raised.value).splitlines()) <= 2


def test_a_module_that_fails_to_import_shows_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_candidate.py").write_text("import absent_dependency\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CannotRun) as raised:
        open_candidate("broken_candidate:classify")
    assert "ModuleNotFoundError: No module named 'absent_dependency'" in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_where_a_module_was_looked_for_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needs_another.py").write_text("import absent_dependency\n", encoding="utf-8")
    (tmp_path / "raises_itself.py").write_text("raise ImportError('first\\nlast')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    second_lines = {}
    for name in ("absent_module", "absent_module.part", "needs_another", "raises_itself"):
        with pytest.raises(CannotRun) as raised:
            open_candidate(f"{name}:classify")
        first, second_lines[name] = str(raised.value).splitlines()
    assert first == "cannot import 'raises_itself': last"
    elsewhere = f"looked in {tmp_path}, then where {sys.executable} finds packages"
    assert second_lines == {
        "absent_module": elsewhere,
        "absent_module.part": elsewhere,
        "needs_another": f"looked in {tmp_path} first",
        "raises_itself": f"looked in {tmp_path} first",
    }


@pytest.mark.parametrize("path", ["classifier.py", "src/classifier.py", "src/classifier", "src\\classifier"])
def test_a_path_is_no_name_of_a_module(path: str) -> None:
    with pytest.raises(CannotRun, match="name the module, not its file: python:"):
        open_candidate(path)


def test_the_current_directory_is_looked_in_first_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "found_here.py").write_text("from bitsspec import classify\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = len(sys.path)
    for _ in range(2):
        assert open_candidate("found_here:classify").target == "python:found_here:classify"
    assert sys.path[0] == str(tmp_path)
    assert len(sys.path) == before + 1


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (bitsspec.classify, "python:bitsspec.reference:classify"),
        (bitsspec, "python:bitsspec"),
        (Conforming, f"python:{Conforming.__module__}:Conforming"),
        (Conforming(), f"python:{Conforming.__module__}:Conforming"),
        (Conforming().classify, f"python:{Conforming.__module__}:Conforming.classify"),
    ],
)
def test_an_object_that_is_handed_over_is_named_by_module_and_name(source: object, target: str) -> None:
    assert open_candidate(source).target == target


@pytest.mark.skipif(os.name == "nt", reason="removes the current directory, which Windows refuses")
def test_a_current_directory_that_is_gone_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(CannotRun, match="the current directory cannot be used"):
        open_candidate("bitsspec:classify")


def test_a_class_that_needs_arguments_is_a_clear_error() -> None:
    class NeedsArguments:
        def __init__(self, path: str) -> None: ...

        def classify(self, status: int) -> object: ...

    with pytest.raises(CannotRun, match="a class is called without arguments"):
        open_candidate(NeedsArguments)
