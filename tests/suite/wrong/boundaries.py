"""Rules with a range that begins or ends one code off, or with an exception moved, dropped or swapped."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from bitsspec import classify
from tests.suite.wrong.base import OUTCOME_CLAUSES, Family, WrongCandidate, owner

Codes = frozenset[int]


class Rules(NamedTuple):
    """The page's sentences as ranges and exceptions; the defaults are right."""

    success: range = range(200, 201)
    fatal_redirects: range = range(300, 306)
    client_errors: range = range(400, 500)
    fatal: Codes = frozenset({307, 501, 505})
    transient: Codes = frozenset({408, 409})

    def outcome(self, code: int) -> str:
        if code in self.success:
            return "success"
        if code in self.transient:
            return "transient"
        fatal = code in self.fatal or code in self.fatal_redirects or code in self.client_errors
        return "fatal" if fatal else "transient"


RIGHT = Rules()


class ByRules:
    """Classifies by a table made of rules."""

    def __init__(self, table: tuple[str, ...]) -> None:
        self.table = table

    def classify(self, status: int) -> object:
        classify(status)  # rejects what is not a status code
        return self.table[status]


def but(name: str, value: object) -> Rules:
    """Return the right rules but for one."""
    changed: dict[str, Any] = {name: value}
    return RIGHT._replace(**changed)


def wrong_rules() -> Iterator[tuple[str, Rules]]:
    """Yield each wrong set of rules with its name."""
    for name in ("success", "fatal_redirects", "client_errors"):
        right: range = getattr(RIGHT, name)
        for begin, end in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)):
            span = range(right.start + begin, right.stop + end)
            yield f"{name} {span.start}-{span.stop - 1}", but(name, span)
    for kind in ("fatal", "transient"):
        codes: Codes = getattr(RIGHT, kind)
        for code in sorted(codes):
            yield f"{code} dropped", but(kind, codes - {code})
            for moved in (code - 1, code + 1):
                yield f"{code} taken for {moved}", but(kind, codes - {code} | {moved})
            for near in sorted({code - 1, code + 1} - codes):
                yield f"{near} {kind} like {code}", but(kind, codes | {near})
        yield f"no exception {kind}", but(kind, frozenset())
    for code in sorted(RIGHT.fatal | RIGHT.transient):
        yield f"{code} the other way round", swapped({code})
    for one, other in combinations(sorted(RIGHT.fatal | RIGHT.transient), 2):
        if (one in RIGHT.fatal) != (other in RIGHT.fatal):
            yield f"{one} and {other} swapped", swapped({one, other})
    for code, elsewhere in {408: 508, 409: 509, 501: 401, 505: 405, 307: 407, 300: 400}.items():
        kind = "transient" if code in RIGHT.transient else "fatal"
        yield f"{elsewhere} for {code}", but(kind, getattr(RIGHT, kind) - {code} | {elsewhere})


def swapped(codes: set[int]) -> Rules:
    return RIGHT._replace(fatal=RIGHT.fatal ^ codes, transient=RIGHT.transient ^ codes)


def candidates() -> list[WrongCandidate]:
    """Return the candidates whose rules really differ, each table once."""
    found: dict[tuple[str, ...], WrongCandidate] = {}
    for name, rules in wrong_rules():
        table = tuple(rules.outcome(code) for code in range(1000))
        owners = frozenset(owner(code) for code in range(1000) if table[code] != classify(code))
        if owners:
            found.setdefault(table, WrongCandidate(name, ByRules(table), owners))
    return list(found.values())


FAMILY = Family(
    "boundaries", "a range one code off, an exception moved, dropped or swapped", OUTCOME_CLAUSES, candidates
)
