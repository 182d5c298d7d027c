"""Rules with a range that begins or ends one code off, or with an exception moved, dropped or swapped."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from typing import Any

from bitsspec import classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate, owner

Span = tuple[int, int]
"""The first and the last code of a range."""


@dataclass(frozen=True)
class Rules:
    """The page's sentences as ranges and exceptions; the defaults are right."""

    success: Span = (200, 200)
    fatal_redirects: Span = (300, 305)
    client_errors: Span = (400, 499)
    fatal: frozenset[int] = field(default=frozenset({307, 501, 505}))
    transient: frozenset[int] = field(default=frozenset({408, 409}))

    def but(self, name: str, value: object) -> "Rules":
        """Return the same rules but for one."""
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    def outcome(self, code: int) -> str:
        if _within(code, self.success):
            return "success"
        if code in self.transient:
            return "transient"
        if code in self.fatal or _within(code, self.fatal_redirects) or _within(code, self.client_errors):
            return "fatal"
        return "transient"


class ByRules:
    """Classifies by a table made of rules."""

    def __init__(self, table: tuple[str, ...]) -> None:
        self.table = table

    def classify(self, status: int) -> object:
        classify(status)  # rejects what is no status code
        return self.table[status]


def wrong_rules() -> Iterator[tuple[str, Rules]]:
    """Yield each wrong set of rules with its name."""
    right = Rules()
    for span in ("success", "fatal_redirects", "client_errors"):
        first, last = getattr(right, span)
        for begin, end in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)):
            yield (
                f"{span} {first + begin}-{last + end}",
                right.but(span, (first + begin, last + end)),
            )
    for kind in ("fatal", "transient"):
        codes: frozenset[int] = getattr(right, kind)
        for code in sorted(codes):
            yield f"{code} dropped", right.but(kind, codes - {code})
            for moved in (code - 1, code + 1):
                yield f"{code} taken for {moved}", right.but(kind, codes - {code} | {moved})
            for near in sorted({code - 1, code + 1} - codes):
                yield f"{near} {kind} like {code}", right.but(kind, codes | {near})
        yield f"no exception {kind}", right.but(kind, frozenset[int]())
    for code in sorted(right.fatal | right.transient):
        yield (
            f"{code} the other way round",
            replace(right, fatal=right.fatal ^ {code}, transient=right.transient ^ {code}),
        )
    for one, other in combinations(sorted(right.fatal | right.transient), 2):
        if (one in right.fatal) != (other in right.fatal):
            both = {one, other}
            yield (
                f"{one} and {other} swapped",
                replace(right, fatal=right.fatal ^ both, transient=right.transient ^ both),
            )
    last_digits = {408: 508, 409: 509, 501: 401, 505: 405, 307: 407, 300: 400}
    for code, elsewhere in last_digits.items():
        kind = "transient" if code in right.transient else "fatal"
        codes = getattr(right, kind)
        yield f"{elsewhere} for {code}", right.but(kind, codes - {code} | {elsewhere})


def _within(code: int, span: Span) -> bool:
    return span[0] <= code <= span[1]


def mutants() -> list[WrongCandidate]:
    """Return the mutants whose rules really differ, each table once."""
    right = [str(classify(code)) for code in range(1000)]
    found: dict[tuple[str, ...], WrongCandidate] = {}
    for name, rules in wrong_rules():
        table = tuple(rules.outcome(code) for code in range(1000))
        owners = frozenset(owner(code) for code in range(1000) if table[code] != right[code])
        if owners:
            found.setdefault(table, WrongCandidate(name, partial(ByRules, table), owners))
    return list(found.values())


FAMILY = Family(
    "boundaries",
    "a range one code off, an exception moved, dropped or swapped",
    OUTCOME_CLAUSES,
    mutants,
)
