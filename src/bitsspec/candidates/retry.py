"""Candidates as a predicate: ``should_retry(status) -> bool``, which many clients have anyway."""

import inspect
from typing import Any

from bitsspec.candidates.base import Candidate, Failure
from bitsspec.candidates.hints import of_names
from bitsspec.candidates.python import Method, PythonCandidate, hint_of_hidden, look_up, read_bool
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import Outcome


class Predicate:
    """The classifier that a predicate makes: true is transient; false is success at 200, else fatal."""

    def __init__(self, should_retry: Method) -> None:
        self._should_retry = should_retry

    def __call__(self, status: Any) -> Any:
        """Return the outcome, or what shows the answer that is not a bool."""
        retries = read_bool(self._should_retry(status))
        if isinstance(retries, Failure):
            return Shown(retries.text)
        if retries:
            return Outcome.TRANSIENT
        return Outcome.SUCCESS if type(status) is int and status == 200 else Outcome.FATAL


class Shown:
    """An answer that is not an outcome, whatever word it may be; reports show it as it was."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def open_target(rest: str, timeout: float) -> Candidate:
    """Import the predicate ``PACKAGE.MODULE:FUNCTION``, looking in the current directory first."""
    del timeout  # a call in this process cannot be given up
    target = f"retry:{rest.strip()}"
    with hint_of_hidden(rest):
        found = look_up(rest, "retry")
    if inspect.isclass(found) or not callable(found):
        raise CannotRun(
            f"{target} is not a predicate: it cannot be called with a status\n"
            + (
                of_names(rest.strip(), found, "retry")
                or "write retry:PACKAGE.MODULE:FUNCTION, a should_retry(status) that returns True or False"
            )
        )
    return PythonCandidate(target, Predicate(found), named=True)
