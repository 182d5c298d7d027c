"""One question to a candidate in Python, and what becomes of what it answers."""

import gc
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy
import pytest

from bitsspec import Outcome
from bitsspec.candidates import NO_ANSWER, Candidate, Failure, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.spec import STATUS_CODES, Capability


def offering(**methods: Any) -> Candidate:
    """Return a candidate with these methods beside ``classify``."""
    return open_candidate(SimpleNamespace(**{"classify": lambda status: "fatal", **methods}))


def answer_to(capability: Capability, answer: object) -> object:
    name = {"repost": "may_repost", "posts": "count_posts", "classify": "classify"}.get(
        capability, "get_error"
    )
    (read,) = offering(**{name: lambda given: answer}).ask(capability, [404])
    return read


class Hostile:
    """An answer of which even a look raises."""

    def __init__(self, error: BaseException) -> None:
        object.__setattr__(self, "error", error)

    def __getattribute__(self, name: str) -> Any:
        raise object.__getattribute__(self, "error")

    def __repr__(self) -> str:
        return "<hostile>"


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_and_its_text_are_the_same_answer(outcome: Outcome) -> None:
    assert answer_to(Capability.CLASSIFY, outcome) is outcome
    assert answer_to(Capability.CLASSIFY, str(outcome)) is outcome


@pytest.mark.parametrize(
    ("capability", "answer", "read"),
    [
        (Capability.CLASSIFY, "Fatal", Failure("'Fatal'")),
        (Capability.CLASSIFY, None, Failure("None")),
        (Capability.REPOST, True, True),
        (Capability.REPOST, numpy.bool_(False), False),
        (Capability.REPOST, numpy.array(True), True),
        (Capability.REPOST, numpy.array([True]), Failure("array([ True])")),
        (Capability.REPOST, 1, Failure("1")),
        (Capability.POSTS, 3, 3),
        (Capability.POSTS, numpy.int64(3), 3),
        (Capability.POSTS, True, Failure("True")),
        (Capability.POSTS, 3.0, Failure("3.0")),
        (Capability.CONTEXT, (7, None), 7),
        (Capability.CONTEXT, [7, 1], 7),
        (Capability.CONTEXT, 7, Failure("7")),
        (Capability.CONTEXT, "70", Failure("'70'")),
        (Capability.CONTEXT, {0: 7, 1: 1}, Failure("{0: 7, 1: 1}")),
        (Capability.CONTEXT, (7, 1, 1), Failure("(7, 1, 1)")),
        (Capability.HRESULT, (7, 1), 1),
        (Capability.HRESULT, (7, None), NO_ANSWER),
        (Capability.HRESULT, (7, "1"), Failure("'1'")),
    ],
)
def test_an_answer_is_read_or_shown(capability: Capability, answer: object, read: object) -> None:
    if capability is Capability.HRESULT:  # which is offered where some other code has one
        found = offering(get_error=lambda status: answer if status == 404 else (7, 1)).ask(capability, [404])
        assert found == [read]
    else:
        assert answer_to(capability, answer) == read


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), GeneratorExit()], ids=repr)
@pytest.mark.parametrize("capability", [Capability.CLASSIFY, Capability.REPOST, Capability.POSTS])
def test_an_answer_that_cannot_be_looked_at_is_shown(capability: Capability, error: BaseException) -> None:
    assert answer_to(capability, Hostile(error)) == Failure("<hostile>")


def test_an_interruption_ends_the_asking() -> None:
    with pytest.raises(KeyboardInterrupt):
        answer_to(Capability.CLASSIFY, Hostile(KeyboardInterrupt()))

    def interrupted(status: int) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        offering(classify=interrupted).ask(Capability.CLASSIFY, [404])


def test_a_time_out_of_the_tests_themselves_is_no_answer() -> None:
    outside: dict[str, Any] = {"__name__": "pytest_timeout"}
    exec("def alarm(given):\n    raise TimeoutError('time is up')\n", outside)

    class LateAnswer:
        @property
        def value(self) -> object:
            return outside["alarm"](self)

    with pytest.raises(TimeoutError, match="time is up"):
        offering(classify=lambda status: outside["alarm"](status)).ask(Capability.CLASSIFY, [404])
    with pytest.raises(TimeoutError, match="time is up"):
        answer_to(Capability.CLASSIFY, LateAnswer())


def test_whatever_is_raised_is_an_answer_and_the_next_question_is_asked() -> None:
    def classify(status: int) -> object:
        raise {404: ValueError("no"), 405: SystemExit(3)}.get(status, KeyError(status))

    assert offering(classify=classify).ask(Capability.CLASSIFY, [404, 405, 406]) == [
        Failure("raised ValueError: no"),
        Failure("raised SystemExit: 3"),
        Failure("raised KeyError: 406"),
    ]


def test_a_candidate_that_changes_its_argument_changes_a_copy() -> None:
    def count_posts(events: list[object]) -> int:
        events.clear()
        return 1

    events = [503, "retry"]
    assert offering(count_posts=count_posts).ask(Capability.POSTS, [events]) == [1]
    assert events == [503, "retry"]


def test_a_coroutine_is_closed_so_that_python_does_not_warn(recwarn: pytest.WarningsRecorder) -> None:
    async def classify(status: int) -> str:
        return "fatal"

    (read,) = offering(classify=classify).ask(Capability.CLASSIFY, [404])
    assert "coroutine" in str(read)
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize(("code", "offered"), [(199, True), (200, False), (201, True), (999, True)])
def test_one_hresult_at_an_error_code_is_enough_to_offer_them(code: int, offered: bool) -> None:
    candidate = offering(get_error=lambda status: (7, 1 if status == code else None))
    assert (Capability.HRESULT in candidate.capabilities) is offered
    assert Capability.CONTEXT in candidate.capabilities


def test_a_fresh_candidate_has_forgotten_what_it_was_asked() -> None:
    class Counting:
        def __init__(self) -> None:
            self.asked = 0

        def classify(self, status: int) -> str:
            self.asked += 1
            return "fatal" if self.asked == 1 else "transient"

    for source in (Counting, Counting()):
        candidate = open_candidate(source)
        assert candidate.ask(Capability.CLASSIFY, [404, 404]) == ["fatal", "transient"]
        fresh = candidate.fresh()
        assert fresh is not None
        assert fresh.ask(Capability.CLASSIFY, [404]) == ["fatal"]
        assert candidate.ask(Capability.CLASSIFY, [404]) == ["transient"]


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3)], ids=repr)
def test_what_cannot_be_copied_has_no_fresh_state(error: BaseException) -> None:
    class Single:
        def classify(self, status: int) -> str:
            return "fatal"

        def __deepcopy__(self, memo: object) -> object:
            raise error

    assert open_candidate(Single()).fresh() is None


@pytest.mark.parametrize("module", ["no_such_module_here", "sys", "builtins"])
def test_a_function_whose_module_has_no_source_has_no_fresh_state(module: str) -> None:
    def classify(status: int) -> str:
        return "fatal"

    classify.__module__ = module
    assert open_candidate(classify).fresh() is None
    bare = ModuleType("bare")
    bare.classify = classify  # type: ignore[attr-defined]
    assert open_candidate(bare).fresh() is None


def test_a_function_is_found_again_in_a_second_run_of_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "with_a_memory.py").write_text(
        "class Kept:\n    asked = 0\n    @staticmethod\n    def classify(status):\n"
        "        Kept.asked += 1\n        return 'fatal' if Kept.asked == 1 else 'transient'\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    candidate = open_candidate("with_a_memory:Kept.classify")
    assert candidate.ask(Capability.CLASSIFY, [404, 404]) == ["fatal", "transient"]
    fresh = candidate.fresh()
    assert fresh is not None
    assert fresh.ask(Capability.CLASSIFY, [404]) == ["fatal"]
    assert candidate.in_process


def test_where_a_name_was_looked_for_is_told() -> None:
    with pytest.raises(CannotRun, match=r"bitsspec has no 'absent'\nlooked in .*__init__\.py"):
        open_candidate("bitsspec:absent")
    with pytest.raises(CannotRun, match="sys has no 'absent'\nlooked in a built-in module"):
        open_candidate("sys:absent")


def test_what_returns_itself_as_its_copy_has_no_fresh_state() -> None:
    class Single:
        def classify(self, status: int) -> str:
            return "fatal"

        def __deepcopy__(self, memo: object) -> object:
            return self

    assert open_candidate(Single()).fresh() is None
    assert open_candidate(len).fresh() is None


def test_a_class_that_can_be_called_only_once_has_no_fresh_state() -> None:
    class Once:
        made = False

        def __init__(self) -> None:
            if Once.made:
                raise RuntimeError("only once")
            Once.made = True

        def classify(self, status: int) -> str:
            return "fatal"

    assert open_candidate(Once).fresh() is None


def test_an_interrupted_copy_ends_the_run() -> None:
    class Interrupted:
        def classify(self, status: int) -> str:
            return "fatal"

        def __deepcopy__(self, memo: object) -> object:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_candidate(Interrupted())


class _Refusing(type):
    def __getattribute__(cls, name: str) -> Any:
        if name == "classify":
            raise SystemExit(3)
        if name == "interrupting":
            raise KeyboardInterrupt
        return super().__getattribute__(name)


class Refusing(metaclass=_Refusing):
    """What raises when it is looked up."""


def test_what_cannot_be_looked_up_is_a_clear_error() -> None:
    with pytest.raises(CannotRun, match="cannot be looked up: it raised SystemExit: 3"):
        open_candidate(f"{__name__}:Refusing.classify")
    with pytest.raises(KeyboardInterrupt):
        open_candidate(f"{__name__}:Refusing.interrupting")


def test_what_raises_when_its_methods_are_looked_up_is_a_clear_error() -> None:
    class Lazy:
        def __init__(self, error: BaseException) -> None:
            self.error = error

        @property
        def classify(self) -> object:
            raise self.error

    with pytest.raises(CannotRun, match="cannot be used: it raised ValueError: no"):
        open_candidate(Lazy(ValueError("no")))
    with pytest.raises(KeyboardInterrupt):
        open_candidate(Lazy(KeyboardInterrupt()))


class ShyFrom:
    """A candidate whose class can be looked at a few times, and then raises."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        self.looks -= 1
        if self.looks < 0:
            raise RuntimeError("has no\nclass")
        return ShyFrom

    def classify(self, status: int) -> str:
        return "fatal"


shy = ShyFrom(0)


def test_what_raises_when_its_class_is_looked_at_is_a_clear_error() -> None:
    with pytest.raises(CannotRun) as raised:
        open_candidate(f"{__name__}:shy")
    assert (
        str(raised.value) == f"python:{__name__}:shy cannot be used: it raised RuntimeError: has no\\nclass"
    )


def test_what_raises_when_its_class_is_looked_at_later_has_no_fresh_state() -> None:
    states = []
    for looks in range(40):
        with suppress(CannotRun):  # as it raises at once
            candidate = open_candidate(ShyFrom(looks))
            assert candidate.ask(Capability.CLASSIFY, [404]) == ["fatal"]
            states.append(candidate.fresh())
    assert states[0] is None
    assert states[-1] is not None


def test_an_interruption_of_a_second_state_ends_the_run() -> None:
    class Interrupted:
        made = False

        def __init__(self) -> None:
            if Interrupted.made:
                raise KeyboardInterrupt
            Interrupted.made = True

        def classify(self, status: int) -> str:
            return "fatal"

    with pytest.raises(KeyboardInterrupt):
        open_candidate(Interrupted).fresh()


def test_every_code_gets_its_own_answer_in_order() -> None:
    candidate = offering(count_posts=lambda given: given)
    assert candidate.ask(Capability.POSTS, list(STATUS_CODES)) == list(STATUS_CODES)
