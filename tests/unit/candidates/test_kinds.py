"""What a new kind of candidate has to bring along."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bitsspec.candidates import Candidate
from bitsspec.spec import Capability


class Whole(Candidate):
    """A kind that brings along what it must and no more."""

    target = "whole"

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        return (Capability.CLASSIFY,)

    def ask(self, capability: Capability, inputs: Sequence[Any]) -> list[Any]:
        return ["fatal" for _ in inputs]

    def fresh(self) -> None:
        return None


def test_a_kind_that_brings_along_what_it_must_is_a_candidate() -> None:
    kind = Whole()
    assert not kind.in_process
    assert not kind.takes_text_only
    kind.close()


@pytest.mark.parametrize("missing", ["capabilities", "ask", "fresh"])
def test_a_kind_that_leaves_something_out_cannot_be_made(missing: str) -> None:
    make: Callable[[], Candidate] = type("Kind", (Whole,), {missing: getattr(Candidate, missing)})
    with pytest.raises(TypeError, match=missing):
        make()
