"""Candidates in Python: a function, or an object, class or module with ``classify``."""

import copy
import importlib
import inspect
import operator
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from types import FunctionType, ModuleType
from typing import Any

from bitsspec import importing
from bitsspec.candidates import hints
from bitsspec.candidates.base import NO_ANSWER, OUTCOME_BY_TEXT, Candidate, Failure, in_order, unsigned
from bitsspec.candidates.replay import replay
from bitsspec.errors import CannotRun, why
from bitsspec.history import Call
from bitsspec.spec.vocabulary import STATUS_CODES, Capability, Outcome
from bitsspec.text import encodable, message_of, name_of, shorten, show, show_raised

Method = Callable[[Any], Any]


class PythonCandidate(Candidate):
    """A Python object whose methods are called in this process."""

    in_process = True

    def __init__(self, target: str, source: object, *, named: bool = False) -> None:
        """``named`` is whether ``target`` is how the source was found, rather than how it is shown."""
        self.target = target
        self._source = source
        self._named = named
        subject = _instantiate(source) if inspect.isclass(source) else source
        self._methods = _methods_of(subject, target)
        self._capabilities: tuple[Capability, ...] | None = None
        self._waiting: dict[int, Any] = {}  # by thread

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What it offers; whether ``get_error`` knows HRESULTs is found out by asking."""
        if self._capabilities is None:
            offered = set(self._methods)
            if Capability.HRESULT in offered and not self._knows_an_hresult():
                offered.discard(Capability.HRESULT)
            self._capabilities = in_order(offered)
        return self._capabilities

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        """Call the method once for each input and read what came back."""
        with _room_for_recursion:
            return [self._answer(capability, given) for given in inputs]

    def ask_each(self, calls: Sequence[Call]) -> list[Any]:
        """Call the methods one right after another."""
        with _room_for_recursion:
            return [self._answer(about, given) for about, given in calls]

    def _answer(self, capability: Capability, given: Any) -> Any:
        thread = get_ident()
        self._waiting[thread] = given
        try:
            # A copy, as what a candidate does to its argument must not change what is expected of it.
            answer = self._methods[capability](given if type(given) is int else copy.copy(given))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if _is_time_up(error):
                raise
            answer = Failure(show_raised(error), kind=f"raised {name_of(error)}")
        else:
            answer = answer if type(answer) is Outcome else _read(_READERS[capability], answer)
        del self._waiting[thread]
        return answer

    def waits_for(self) -> list[Any]:
        """Return what a call that has not returned was about, the last one first."""
        return list(self._waiting.values())[::-1]

    def function(self, capability: Capability) -> Method:
        """Return what is called for one answer; raises KeyError when it is not offered."""
        return self._methods[capability]

    def replay(self, calls: Sequence[Call], *, hash_seed: int | None = None) -> list[Any] | None:
        """Return the answers of a fresh interpreter; None where that cannot import what is judged here."""
        importable = self._importable()
        return None if importable is None else replay(importable, calls, hash_seed)

    def _importable(self) -> str | None:
        """Return the target by which a fresh interpreter finds the same source."""
        if self._named:
            return self.target
        source = self._source
        if isinstance(source, ModuleType):
            return f"python:{source.__name__}"
        if not isinstance(source, FunctionType | type):
            return None
        found: object = sys.modules.get(source.__module__)
        for step in source.__qualname__.split("."):
            found = getattr(found, step, None)
        is_there = found is source and source.__module__ != "__main__"
        return f"python:{source.__module__}:{source.__qualname__}" if is_there else None

    def _knows_an_hresult(self) -> bool:
        for status in STATUS_CODES:
            calls = [Call(each, status) for each in (Capability.CONTEXT, Capability.HRESULT) if status != 200]
            answers = self.ask_each(calls)
            self.history.note(calls, answers)
            if answers[1:] not in ([], [NO_ANSWER]):
                return True
        return False


def open_target(rest: str, timeout: float) -> Candidate:
    """Import ``PACKAGE.MODULE[:ATTRIBUTE]``, looking in the current directory first."""
    del timeout  # a call in this process cannot be given up
    with hint_of_hidden(rest):
        return _made(f"python:{rest.strip()}", look_up(rest), named=True)


@contextmanager
def hint_of_hidden(rest: str) -> Iterator[None]:
    """Say so where a file of the current directory would be what is meant, did no library have its name."""
    try:
        yield
    except CannotRun as error:
        names = [rest.strip().partition(":")[0], *_blamed(error.__cause__)]
        hidden = importing.hidden(names)
        if hidden is None:
            raise
        first = str(error).partition("\n")[0]
        raise CannotRun(
            f"{first}\n{hidden} has the name of a library, which comes first: rename it"
        ) from error


def look_up(rest: str, kind: str = "python") -> object:
    """Return what ``PACKAGE.MODULE[:ATTRIBUTE]`` names, looking in the current directory first.

    Raises `CannotRun`, with a hint, where that is nothing.
    """
    rest = rest.strip()
    try:
        here = str(Path.cwd())
    except OSError as error:
        raise CannotRun(f"the current directory cannot be used: {why(error)}") from error
    name, _, attribute = rest.partition(":")
    try:
        with importing.looking_first(name, here):
            found: object = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise CannotRun(_import_failure(rest, kind, error, here)) from error
    for step in filter(None, attribute.split(".")):
        try:
            found = getattr(found, step)
        except AttributeError:
            where = getattr(sys.modules[name], "__file__", None) or "a built-in module"
            has = hints.of_names(name, sys.modules[name], kind)
            raise CannotRun(f"{name} has no {attribute!r}\n{has or f'looked in {where}'}") from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise CannotRun(f"{kind}:{rest} cannot be looked up: it {show_raised(error)}") from error
    return found


def from_object(found: object) -> Candidate:
    """Return the candidate that a project's own fixture hands over."""
    kind = type(found)  # and not isinstance, which runs code of the object's, which may raise
    named = found if hasattr(found, "__qualname__") or issubclass(kind, ModuleType) else kind
    name = getattr(named, "__qualname__", None)
    module = getattr(named, "__module__", None) if name else getattr(named, "__name__", None)
    return _made(encodable(f"python:{module}:{name}" if name else f"python:{module}"), found)


def _made(target: str, source: object, *, named: bool = False) -> PythonCandidate:
    """Return the candidate; raises `CannotRun` whatever looking at ``source`` raises."""
    try:
        return PythonCandidate(target, source, named=named)
    except (CannotRun, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise CannotRun(f"{target} cannot be used: it {show_raised(error)}") from error


def _import_failure(rest: str, kind: str, error: BaseException, here: str) -> str:
    name = rest.partition(":")[0]
    cause = shorten(f"{name_of(error)}: {message_of(error)}".strip().splitlines()[-1])
    hint = hints.of_target(rest, kind)
    if hint is not None:
        return f"cannot import {rest!r}: it is not the name of a module\n{hint}"
    first = f"cannot import {name!r}: {cause}"
    if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
        hint = hints.of_attribute(name, kind) or hints.of_folder(name, Path(here))
        return f"{first}\n{hint or f'looked in {here}, then where {sys.executable} finds packages'}"
    if "no known parent package" in cause:
        above = f"{Path(here).name}.{rest}"
        return f"{first}\nname it with its package, from the directory above: {kind}:{above}"
    place = hints.place_of(error)
    where = (
        f"; packages come from where {sys.executable} finds them"
        if type(error) is ModuleNotFoundError
        else ""
    )
    return f"{first}\n{f'at {place}{where}' if place else f'looked in {here} first'}"


def _blamed(error: BaseException | None) -> Iterator[str]:
    """Yield the name of the module that lacks what was imported from it."""
    named = getattr(error, "name", None) if isinstance(error, ImportError) else None
    if isinstance(error, AttributeError) and type(error.obj) is ModuleType:
        named = error.obj.__name__
    if type(named) is str:
        yield named


def _instantiate(source: type) -> object:
    try:
        return source()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise CannotRun(
            f"cannot make a {shorten(source.__qualname__)}: it {show_raised(error)}\n"
            "a class is called without arguments; name an instance or a function instead"
        ) from error


def _methods_of(subject: object, target: str) -> dict[Capability, Method]:
    classify = getattr(subject, "classify", None)
    if classify is None and callable(subject) and not isinstance(subject, ModuleType):
        return {Capability.CLASSIFY: subject}
    if not callable(classify):
        raise CannotRun(
            f"{target} is not a candidate: it has no classify(status) that can be called\n"
            + (
                hints.of_names(target.removeprefix("python:"), subject)
                or "name a function, or an object, class or module with classify"
            )
        )
    methods: dict[Capability, Method] = {Capability.CLASSIFY: classify}
    for capability, name in _OPTIONAL.items():
        method = getattr(subject, name, None)
        if callable(method):
            methods[capability] = method
    return methods


class _RoomForRecursion:
    """Lets a candidate recurse as deep as in a program of its own, though pytest stands below it here.

    Several threads may be inside at once; the limit is put back by the last, unless the candidate set one.
    """

    FOR_TRACING = 50

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = self._before = self._set = 0

    def __enter__(self) -> None:
        depth, frame = self.FOR_TRACING, sys._getframe()
        while frame.f_back is not None:
            depth, frame = depth + 1, frame.f_back
        with self._lock:
            if not self._inside:
                self._before = self._set = sys.getrecursionlimit()
            self._inside += 1
            self._set_limit(max(self._set, self._before + depth))

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._set_limit(self._before)

    def _set_limit(self, limit: int) -> None:
        if sys.getrecursionlimit() == self._set:
            sys.setrecursionlimit(limit)
            self._set = limit


_room_for_recursion = _RoomForRecursion()


def _plain(value: Any) -> Any:
    """Return a NumPy scalar as the Python value it stands for."""
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return value


def _read(read: Callable[[Any], Any], answer: Any) -> Any:
    try:
        return read(answer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # its attributes are code of the candidate's, too
        if _is_time_up(error):
            raise
        return Failure(show(answer))


def _is_time_up(error: BaseException) -> bool:
    """Say whether pytest-timeout raised it, whose alarm may go off within any call."""
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_globals.get("__name__") == "pytest_timeout":
            return True
        at = at.tb_next
    return False


def _read_outcome(answer: Any) -> Outcome | Failure:
    value = getattr(answer, "value", None) if not isinstance(answer, str) else answer
    if isinstance(value, str):
        outcome = OUTCOME_BY_TEXT.get(str.__str__(value).lower())
        if outcome is not None:
            return outcome
    if inspect.iscoroutine(answer):
        answer.close()
    return Failure(show(answer))


def read_bool(answer: Any) -> bool | Failure:
    """Return a bool, or what shows the answer that is not one."""
    if inspect.iscoroutine(answer):
        answer.close()
    value = _plain(answer)
    return value if isinstance(value, bool) else Failure(show(answer))


def _read_number(answer: Any) -> int | Failure:
    value = _plain(answer)
    if isinstance(value, bool):
        return Failure(show(answer))
    try:
        return int(operator.index(value))
    except Exception:
        return Failure(show(answer))


def _read_context(answer: Any) -> int | Failure:
    return _read_number(answer[0]) if _is_pair(answer) else Failure(show(answer))


def _read_hresult(answer: Any) -> int | Failure:
    if not _is_pair(answer):
        return Failure(show(answer))
    if answer[1] is None:
        return NO_ANSWER
    number = _read_number(answer[1])
    return number if isinstance(number, Failure) else unsigned(number)


def _is_pair(answer: Any) -> bool:
    return isinstance(answer, tuple | list) and len(answer) == 2


_OPTIONAL = {
    Capability.REPOST: "may_repost",
    Capability.CONTEXT: "get_error",
    Capability.HRESULT: "get_error",
    Capability.POSTS: "count_posts",
}

_READERS: dict[Capability, Callable[[Any], Any]] = {
    Capability.CLASSIFY: _read_outcome,
    Capability.REPOST: read_bool,
    Capability.CONTEXT: _read_context,
    Capability.HRESULT: _read_hresult,
    Capability.POSTS: _read_number,
}
