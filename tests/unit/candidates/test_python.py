"""Candidates in Python: what is accepted as one, what counts as its answer, and where it is found again."""

import enum
import gc
import http
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

import bitsspec
from bitsspec.candidates import NO_ANSWER, Candidate, Failure, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.history import Call
from bitsspec.spec import Capability, Outcome
from tests.support.candidates import Conforming
from tests.support.judging import judge

OUTCOMES = ["BITS-SUCCESS", "BITS-3XX", "BITS-4XX", "BITS-5XX", "BITS-OTHER"]
METHODS = {Capability.CLASSIFY: "classify", Capability.REPOST: "may_repost", Capability.POSTS: "count_posts"}

Module = Callable[[str], str]


def offering(**methods: Any) -> Candidate:
    """Return a candidate with these methods beside ``classify``."""
    return open_candidate(SimpleNamespace(**{"classify": lambda status: "fatal", **methods}))


def answer_to(capability: Capability, answer: object) -> object:
    """Return what ``answer`` is read as; another code has an HRESULT, so that these are offered."""
    name = METHODS.get(capability, "get_error")
    candidate = offering(**{name: lambda given: answer if given == 404 else (7, 1)})
    (read,) = candidate.ask(capability, [404])
    return read


def raises(error: BaseException) -> Any:
    raise error


class Fatal:
    """Answers ``fatal`` to everything; tests subclass it."""

    def classify(self, status: int) -> str:
        return "fatal"


# Answers


class Answer(enum.Enum):
    SUCCESS = "success"
    TRANSIENT = "transient"
    FATAL = "fatal"


@pytest.mark.parametrize(
    "answer",
    [str, Answer, numpy.str_, Outcome, lambda text: type("Text", (str,), {})(text)],
)
@pytest.mark.parametrize("outcome", Outcome)
def test_strings_and_enum_members_with_string_values_are_answers(answer: Any, outcome: Outcome) -> None:
    assert answer_to(Capability.CLASSIFY, answer(str(outcome))) is outcome


@pytest.mark.parametrize(
    ("capability", "answer", "read"),
    [
        (Capability.CLASSIFY, "Transient ", Failure("'Transient '")),
        (Capability.CLASSIFY, "FATAL", Outcome.FATAL),
        (Capability.CLASSIFY, SimpleNamespace(value="Transient"), Outcome.TRANSIENT),
        (Capability.CLASSIFY, None, Failure("None")),
        (Capability.CLASSIFY, b"fatal", Failure("b'fatal'")),
        (Capability.CLASSIFY, http.HTTPStatus.OK, Failure("<HTTPStatus.OK: 200>")),
        (Capability.CLASSIFY, "x" * 1000, Failure("'" + "x" * 198 + "…")),
        (Capability.CLASSIFY, "\x1b[31m\u202e", Failure("'\\x1b[31m\\u202e'")),
        (Capability.REPOST, True, True),
        (Capability.REPOST, numpy.bool_(False), False),
        (Capability.REPOST, numpy.array([True]), Failure("array([ True])")),
        (Capability.REPOST, 1, Failure("1")),
        (Capability.REPOST, None, Failure("None")),
        (Capability.POSTS, 3, 3),
        (Capability.POSTS, numpy.int64(3), 3),
        (Capability.POSTS, True, Failure("True")),
        (Capability.POSTS, 3.0, Failure("3.0")),
        (Capability.CONTEXT, (7, None), 7),
        (Capability.CONTEXT, [7, 1], 7),
        (Capability.CONTEXT, (numpy.int32(7), None), 7),
        (Capability.CONTEXT, (True, None), Failure("True")),
        (Capability.CONTEXT, 7, Failure("7")),
        (Capability.CONTEXT, "70", Failure("'70'")),
        (Capability.CONTEXT, {0: 7, 1: 1}, Failure("{0: 7, 1: 1}")),
        (Capability.CONTEXT, (7, 1, 1), Failure("(7, 1, 1)")),
        (Capability.HRESULT, (7, 1), 1),
        (Capability.HRESULT, (7, -2145844845), 0x80190193),
        (Capability.HRESULT, (7, -(2**31) - 1), -(2**31) - 1),
        (Capability.HRESULT, (7, None), NO_ANSWER),
        (Capability.HRESULT, (7, "1"), Failure("'1'")),
        (Capability.HRESULT, 7, Failure("7")),
    ],
)
def test_an_answer_is_read_or_shown(capability: Capability, answer: object, read: object) -> None:
    assert answer_to(capability, answer) == read


class Hostile:
    """An answer that raises when anything of it is looked up."""

    def __init__(self, error: BaseException) -> None:
        object.__setattr__(self, "error", error)

    def __getattribute__(self, name: str) -> Any:
        raise object.__getattribute__(self, "error")

    def __repr__(self) -> str:
        return "<hostile>"


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), GeneratorExit()], ids=repr)
@pytest.mark.parametrize("capability", METHODS)
def test_an_answer_that_cannot_be_looked_at_is_shown(capability: Capability, error: BaseException) -> None:
    assert answer_to(capability, Hostile(error)) == Failure("<hostile>")


def test_an_exception_is_an_answer_and_the_next_question_is_asked() -> None:
    errors = {404: ValueError("no"), 405: SystemExit(3), 406: KeyError(406)}
    candidate = offering(classify=lambda status: raises(errors[status]))
    assert candidate.ask(Capability.CLASSIFY, list(errors)) == [
        Failure("raised ValueError: no", kind="raised ValueError"),
        Failure("raised SystemExit: 3", kind="raised SystemExit"),
        Failure("raised KeyError: 406", kind="raised KeyError"),
    ]


def test_exceptions_of_one_class_are_the_same_answer_whatever_they_say() -> None:
    errors = [ValueError("event 1"), ValueError("event 2"), TypeError("event 1")]
    one, same, other = offering(classify=lambda status: raises(errors.pop(0))).ask(
        Capability.CLASSIFY, [404] * 3
    )
    assert one == same != other
    assert [str(each) for each in (one, same)] == ["raised ValueError: event 1", "raised ValueError: event 2"]


def test_a_coroutine_is_not_an_answer_and_python_does_not_warn(recwarn: pytest.WarningsRecorder) -> None:
    async def classify(status: int) -> str:
        return "fatal"

    (read,) = offering(classify=classify).ask(Capability.CLASSIFY, [404])
    assert "coroutine" in str(read)
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


def test_a_time_out_of_the_tests_themselves_is_not_an_answer() -> None:
    outside: dict[str, Any] = {"__name__": "pytest_timeout"}
    exec("def alarm(given):\n    raise TimeoutError('time is up')\n", outside)

    class LateAnswer:
        @property
        def value(self) -> object:
            return outside["alarm"](self)

    with pytest.raises(TimeoutError, match="time is up"):
        offering(classify=outside["alarm"]).ask(Capability.CLASSIFY, [404])
    with pytest.raises(TimeoutError, match="time is up"):
        answer_to(Capability.CLASSIFY, LateAnswer())


def test_a_candidate_that_changes_its_argument_changes_a_copy() -> None:
    def count_posts(events: list[object]) -> int:
        events.clear()
        return 1

    events = [503, "retry"]
    assert offering(count_posts=count_posts).ask(Capability.POSTS, [events]) == [1]
    assert events == [503, "retry"]


# What is a candidate, and what it offers


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (bitsspec.classify, "python:bitsspec.reference:classify"),
        (bitsspec, "python:bitsspec"),
        (Conforming, f"python:{Conforming.__module__}:Conforming"),
        (Conforming(), f"python:{Conforming.__module__}:Conforming"),
        (Conforming().classify, f"python:{Conforming.__module__}:Conforming.classify"),
        ("bitsspec:classify", "python:bitsspec:classify"),
        ("python:bitsspec.reference", "python:bitsspec.reference"),
    ],
)
def test_functions_classes_objects_modules_and_their_names_are_candidates(
    source: object, target: str
) -> None:
    report = judge(source, OUTCOMES)
    assert report.conforms
    assert report.target == target


def test_capabilities_are_what_the_object_has() -> None:
    assert offering(may_repost=bitsspec.may_repost).capabilities == ("classify", "repost")
    assert offering(get_error=lambda status: (7, None)).capabilities == ("classify", "context")
    assert open_candidate(bitsspec.classify).capabilities == ("classify",)
    assert open_candidate(bitsspec).capabilities == ("classify", "repost", "context", "hresult", "posts")


@pytest.mark.parametrize(("code", "offered"), [(199, True), (200, False), (201, True), (999, True)])
def test_one_hresult_at_an_error_code_is_enough_to_offer_them(code: int, offered: bool) -> None:
    candidate = offering(get_error=lambda status: (7, 1 if status == code else None))
    assert (Capability.HRESULT in candidate.capabilities) is offered


# Targets that cannot be used


class Refusing(type):
    def __getattribute__(cls, name: str) -> Any:
        if name == "classify":
            raise SystemExit(3)
        if name == "interrupting":
            raise KeyboardInterrupt
        return super().__getattribute__(name)


class Refuses(metaclass=Refusing):
    """What raises when it is looked up."""


class NeedsArguments(Fatal):
    def __init__(self, path: str) -> None: ...


class Lazy:
    @property
    def classify(self) -> object:
        raise ValueError("no")


lazy = Lazy()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("bitsspec:no_such_name", "bitsspec has no 'no_such_name'\nlooked in "),
        ("sys:absent", "sys has no 'absent'\nlooked in a built-in module"),
        (
            "bitsspec:__version__",
            "python:bitsspec:__version__ is not a candidate: it has no classify(status)",
        ),
        ("python:", "names no candidate"),
        ("http:example", "http has no 'example'"),
        (f"{__name__}:Refuses.classify", "cannot be looked up: it raised SystemExit: 3"),
        (f"{__name__}:lazy", "lazy cannot be used: it raised ValueError: no"),
        (f"{__name__}:NeedsArguments", "a class is called without arguments"),
    ],
)
def test_a_target_that_cannot_be_used_is_a_clear_error(target: str, message: str) -> None:
    with pytest.raises(CannotRun) as raised:
        open_candidate(target)
    assert message in str(raised.value)
    assert len(str(raised.value).splitlines()) <= 2


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        (None, "No module named 'absent_module'", "looked in {here}, then where {python} finds"),
        (
            "import absent_dependency",
            "No module named 'absent_dependency'",
            "at {here}/{name}.py, line 1",
        ),
        ("\nraise ImportError('first\\nlast')", ": last", "at {here}/{name}.py, line 2"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_with_where_it_was_looked_for(
    code: str | None, first: str, second: str, module: Module, project: Path
) -> None:
    name = "absent_module" if code is None else module(code)
    with pytest.raises(CannotRun) as raised:
        open_candidate(f"{name}.part:classify" if code is None else name)
    lines = str(raised.value).splitlines()
    assert first in lines[0]
    assert lines[1].startswith(second.format(here=project, name=name, python=sys.executable))


def test_the_current_directory_is_looked_in_first_and_once(
    module: Module, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = module("from bitsspec import classify\n")
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(project)])
    for _ in range(2):
        open_candidate(f"{name}:classify")
    assert sys.path.count(str(project)) == 1


@pytest.mark.skipif(os.name == "nt", reason="removes the current directory, which Windows refuses")
def test_a_current_directory_that_is_gone_is_a_clear_error(project: Path) -> None:
    project.rmdir()
    with pytest.raises(CannotRun, match="the current directory cannot be used"):
        open_candidate("bitsspec:classify")


# How deep a candidate may recurse


def test_it_may_recurse_as_deep_as_in_a_program_of_its_own() -> None:
    def down(levels: int) -> str:
        return down(levels - 1) if levels else "fatal"

    before = sys.getrecursionlimit()
    candidate = offering(classify=lambda status: down(before - 100))
    assert candidate.ask(Capability.CLASSIFY, [404]) == ["fatal"]
    assert sys.getrecursionlimit() == before


def test_a_limit_that_the_candidate_sets_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.getrecursionlimit()
    try:
        offering(classify=lambda status: sys.setrecursionlimit(before + 777)).ask(Capability.CLASSIFY, [404])
        assert sys.getrecursionlimit() == before + 777
    finally:
        sys.setrecursionlimit(before)


def test_the_limit_stays_until_the_last_of_several_threads_has_its_answer() -> None:
    before, inside, go_on, limits = sys.getrecursionlimit(), Event(), Event(), []

    def classify(status: int) -> str:
        inside.set()
        go_on.wait()
        limits.append(sys.getrecursionlimit())
        return "fatal"

    slow = offering(classify=classify)
    thread = Thread(target=slow.ask, args=(Capability.CLASSIFY, [404]))
    thread.start()
    inside.wait()
    offering().ask(Capability.CLASSIFY, [404])
    go_on.set()
    thread.join()
    assert limits[0] > before
    assert sys.getrecursionlimit() == before


# Where a fresh interpreter finds it again


def closed_over() -> Callable[[int], str]:
    def classify(status: int) -> str:
        return "fatal"

    return classify


def moved_to(name: str) -> object:
    """Return a function of its own that says it is at the top of a module."""
    classify = closed_over()
    classify.__module__, classify.__qualname__ = name, "classify"
    return classify


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("bitsspec:classify", "python:bitsspec:classify"),
        (bitsspec, "python:bitsspec"),
        (Fatal, f"python:{__name__}:Fatal"),
        (bitsspec.classify, "python:bitsspec.reference:classify"),
        *((source, None) for source in (Fatal(), Fatal().classify, closed_over(), len)),
        *((moved_to(name), None) for name in ("bitsspec", "no_such_module", "__main__")),
    ],
)
def test_what_can_be_imported_is_asked_in_a_fresh_interpreter(
    source: object, target: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def replay(*what: object) -> list[str]:
        asked.append(what)
        return ["fatal"]

    monkeypatch.setattr("bitsspec.candidates.python.replay", replay)
    calls = [Call(Capability.CLASSIFY, 404)]
    answers = open_candidate(source).replay(calls, hash_seed=7)
    assert asked == ([] if target is None else [(target, calls, 7)])
    assert answers == (None if target is None else ["fatal"])


# Ctrl-C


@pytest.mark.parametrize(
    "use",
    [
        lambda module: answer_to(Capability.CLASSIFY, Hostile(KeyboardInterrupt())),
        lambda module: open_candidate(f"{module('raise KeyboardInterrupt')}:classify"),
        lambda module: open_candidate(f"{__name__}:Refuses.interrupting"),
        lambda module: open_candidate(
            type("Interrupts", (), {"__init__": lambda self: raises(KeyboardInterrupt())})
        ),
        lambda module: offering(classify=lambda status: raises(KeyboardInterrupt())).ask(
            Capability.CLASSIFY, [404]
        ),
    ],
)
def test_ctrl_c_ends_the_run_whatever_the_candidate_is_doing(
    use: Callable[[Module], object], module: Module
) -> None:
    with pytest.raises(KeyboardInterrupt):
        use(module)


@pytest.mark.parametrize("use", ["import json\njson.mine", "from json import mine"])
def test_what_is_looked_for_in_a_library_of_the_same_name_is_told(
    use: str, project: Path, module: Callable[[str], str]
) -> None:
    (project / "json.py").write_text("mine = 1\n", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"json\.py has the name of a library, which comes first: rename it"):
        open_candidate(module(use))
