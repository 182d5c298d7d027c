"""The rows of the benchmark tables: the candidate, and what it is measured beside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, Final

from bitsspec.bench.subjects import Classify, answering, floor, served
from bitsspec.benchmarks import contrasts
from bitsspec.candidates import Candidate
from bitsspec.candidates.python import PythonCandidate
from bitsspec.reference import classify as reference
from bitsspec.spec.vocabulary import Capability

Row = Callable[[Sequence[int]], object]
"""Has every code of a sequence answered, in order."""

CALLED: Final[Mapping[str, Classify]] = {
    "reference": reference,
    "floor": floor,
    "if-chain": contrasts.if_chain,
    "bisect": contrasts.c_bisect,
    "if x in list": contrasts.in_list,
    "match": contrasts.match_statement,
}
SERVED: Final = {"reference as a program": "reference", "protocol alone": "alone"}


def calling(classify: Classify) -> Row:
    """Return the row that calls a function of this process for every code."""
    code = _call_each.__code__.replace()  # CPython adapts bytecode to what it calls: no two rows share it
    call_each: Callable[[Classify, Iterable[int]], None] = FunctionType(code, globals())
    return lambda codes: call_each(classify, codes)


def asking(candidate: Candidate) -> Row:
    """Return the row that asks a candidate of any kind; a program gets many requests before it answers."""
    if isinstance(candidate, PythonCandidate):
        return calling(answering(candidate.function(Capability.CLASSIFY)))
    return lambda codes: candidate.ask(Capability.CLASSIFY, codes)


def serving(name: str) -> tuple[Row, Candidate]:
    """Return the row of a program that is served over the protocol, and the program, to be closed."""
    program = served(SERVED[name])
    return asking(program), program


def _call_each(classify: Callable[[int], Any], codes: Iterable[int]) -> None:
    for status in codes:
        classify(status)
