"""What a new kind of candidate has to bring along."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bitsspec.candidates import Candidate
from bitsspec.spec import Capability


class Whole(Candidate):
    """A kind that brings along what it must and no more."""

    capabilities = (Capability.CLASSIFY,)

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        return ["fatal" for _ in inputs]

    def fresh(self) -> None:
        return None


def test_a_kind_needs_nothing_else() -> None:
    Whole().close()


@pytest.mark.parametrize("missing", ["capabilities", "ask", "fresh"])
def test_a_kind_that_leaves_something_out_cannot_be_made(missing: str) -> None:
    make: Callable[[], Candidate] = type("Kind", (Whole,), {missing: getattr(Candidate, missing)})
    with pytest.raises(TypeError, match=missing):
        make()
