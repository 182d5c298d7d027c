"""How the suite draws from Hypothesis: reproducibly, in silence, and from a given number of examples."""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from bitsspec.clause_check import ClauseCheck

T = TypeVar("T")


class Departs(Exception):
    """Raised to make Hypothesis look for a smaller example."""


class _Stops(BaseException):
    """Raised to take another exception past Hypothesis, which would try to see it raised again."""


def draw(check: ClauseCheck, strategy: SearchStrategy[T], each: Callable[[T], None], examples: int) -> None:
    """Call ``each`` with up to ``examples`` values, the simplest first; the check's seed decides which."""
    _drive(check, strategy, each, examples, (Phase.generate,))


def smallest(check: ClauseCheck, strategy: SearchStrategy[T], departs: Callable[[T], bool]) -> T | None:
    """Return the smallest value found for which ``departs`` is true, or None if none was found."""
    found: list[T] = []

    def each(value: T) -> None:
        if departs(value):
            found.append(value)
            raise Departs

    try:
        _drive(check, strategy, each, check.examples, (Phase.generate, Phase.shrink))
    except Exception:
        if not found:
            raise
    return found[-1] if found else None


def _drive(
    check: ClauseCheck,
    strategy: SearchStrategy[T],
    each: Callable[[T], None],
    examples: int,
    phases: tuple[Phase, ...],
) -> None:
    configure = settings(
        max_examples=examples,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )

    def test(value: T) -> None:
        try:
            each(value)
        except Exception:
            raise
        except BaseException as error:  # such as pytest-timeout's, after which no more time is kept
            raise _Stops(error) from error

    try:
        seed(check.seed)(configure(given(strategy)(test)))()
    except _Stops as stopped:
        error: BaseException = stopped.args[0]
        raise error from None
