"""How the suite draws from Hypothesis: reproducibly, in silence, and whatever the user's own settings are."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bitsspec.clause_check import ClauseCheck

T = TypeVar("T")
Found = TypeVar("Found")


class Departs(Exception):
    """Raised to make Hypothesis look for a smaller example."""


class _Stops(BaseException):
    """Raised to take another exception past Hypothesis, which would try to see it raised again."""


def chosen_from(options: Sequence[T]) -> SearchStrategy[T]:
    """Return a strategy for one of the options, the first at best.

    It is made of booleans alone: Hypothesis mixes the constants of the user's own modules into all others,
    into the places of ``sampled_from`` as well.
    """

    def choose(bits: Sequence[bool]) -> T:
        place = sum(bit << digit for digit, bit in enumerate(reversed(bits)))
        return options[place % len(options)]

    return st.tuples(*[st.booleans()] * len(options).bit_length()).map(choose)


def smallest(
    check: ClauseCheck, strategy: SearchStrategy[T], judge: Callable[[T], Found | None]
) -> Found | None:
    """Return what ``judge`` found for the smallest value, or None if it found nothing.

    What was found once is kept, even where it does not come again. The strategy must be made of booleans
    and lists, as `chosen_from` says.
    """
    found: list[Found] = []

    def test(value: T) -> None:
        try:
            departure = judge(value)
        except Exception:
            raise
        except BaseException as error:  # such as pytest-timeout's, after which no more time is kept
            raise _Stops(error) from error
        if departure is not None:
            found.append(departure)
            raise Departs

    # Every setting that could change what is drawn or shown, as a profile of the user's must not reach it.
    configure = settings(
        backend="hypothesis",
        database=None,
        deadline=None,
        derandomize=False,
        max_examples=check.settings.examples,
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    try:
        seed(check.settings.seed)(configure(given(strategy)(test)))()
    except _Stops as stopped:
        error: BaseException = stopped.args[0]
        raise error from None
    except Exception:
        if not found:
            raise
    return found[-1] if found else None
