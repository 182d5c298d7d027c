"""Several candidates side by side: how each stands to every clause, and where any of them departs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bitsspec import __version__
from bitsspec.ranges import alike, show_range
from bitsspec.report.model import ClauseResult, Departure, Report, Result
from bitsspec.report.story import MOST_LINES
from bitsspec.spec.clauses import CLAUSES, Clause
from bitsspec.text import without_code

NOT_JUDGED = "-"


@dataclass(frozen=True)
class Column:
    """One candidate: its report, or why there is none."""

    target: str
    report: Report | None
    error: str = ""

    def result(self, clause: Clause) -> ClauseResult | None:
        """Return how the candidate stands to ``clause``, or None where it could not be judged."""
        if self.report is None:
            return None
        return next(result for result in self.report.clauses if result.clause is clause)

    def judged(self, clause: Clause) -> bool:
        """Whether the candidate was checked by ``clause``."""
        result = self.result(clause)
        return result is not None and result.result not in (Result.NOT_OFFERED, Result.NOT_RUN)

    def count(self, clause: Clause) -> str:
        """Return how many codes depart from ``clause``, or why there is no such number."""
        result = self.result(clause)
        if result is None:
            return "not judged"
        if result.result is not Result.FAILED:
            return "0" if result.result is Result.PASSED else str(result.result)
        return f"{len(result.departures):,}" if _has_codes(result) else "departs"

    @property
    def total(self) -> str:
        """How many codes depart from any clause, or why there is no such number."""
        return "not judged" if self.report is None else f"{len(self.report.departing_codes()):,}"

    def verdict(self) -> str:
        """Return the verdict in a word or two."""
        if self.report is None:
            return "could not be judged"
        return "conforms" if self.report.conforms else "departs"


@dataclass(frozen=True)
class Row:
    """Neighbouring codes of one clause at which the candidates answer alike."""

    clause: Clause
    codes: tuple[int, int]
    """The first and the last code."""
    expected: str
    got: tuple[str, ...]
    """What each candidate answers; empty where it conforms."""

    def shown_codes(self) -> str:
        """Return ``429`` or ``600-699``."""
        return show_range(*self.codes)


@dataclass(frozen=True)
class Comparison:
    """The verdicts of several candidates, in the order they were named."""

    columns: Sequence[Column]
    strict: bool
    seed: int
    version: str = __version__

    @property
    def rows(self) -> list[Row]:
        """The codes at which any candidate departs, clause by clause, as ranges."""
        found: list[Row] = []
        for clause in CLAUSES:
            departures = [_by_code(column.result(clause)) for column in self.columns]
            answers = ((code, _answers(departures, code)) for code in set[int]().union(*departures))
            found += [Row(clause, (first, last), *these) for first, last, these in alike(answers)]
        return found

    @property
    def clauses(self) -> list[Clause]:
        """The clauses that any candidate was judged by, or could have been."""
        reports = [column.report for column in self.columns if column.report is not None]
        ran = {r.clause.id for report in reports for r in report.clauses if r.result is not Result.NOT_RUN}
        return [clause for clause in CLAUSES if clause.id in ran]

    def told(self) -> tuple[list[Row], list[str]]:
        """Return the rows that a person is shown, and what is said of those that are left out."""
        rows, more = [], []
        for clause, of in groupby(self.rows, key=lambda row: row.clause):
            found = list(of)
            rows += found[:MOST_LINES]
            if len(found) > MOST_LINES:
                left_out = len(found) - MOST_LINES
                more.append(f"{clause.id}: {left_out:,} rows more: --report out.json lists them")
        return rows, more

    def cells(self, row: Row, conforms: str) -> list[str]:
        """Return what a row says of each candidate: what departs, ``conforms``, or that it was not judged."""
        return [
            got or (conforms if column.judged(row.clause) else NOT_JUDGED)
            for got, column in zip(row.got, self.columns, strict=True)
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as data: each candidate's report, and the rows."""
        return {
            "bitsspec": self.version,
            "strict": self.strict,
            "seed": self.seed,
            "candidates": [
                {
                    "target": column.target,
                    "error": column.error or None,
                    "report": None if column.report is None else column.report.as_json(),
                }
                for column in self.columns
            ],
            "rows": [
                {
                    "clause": row.clause.id,
                    "codes": list(row.codes),
                    "expected": row.expected,
                    "got": [answer or None for answer in row.got],
                }
                for row in self.rows
            ],
        }


def _by_code(result: ClauseResult | None) -> dict[int, Departure]:
    if result is None:
        return {}
    return {d.input: d for d in result.departures if isinstance(d.input, int)}


def _answers(departures: Sequence[dict[int, Departure]], code: int) -> tuple[str, tuple[str, ...]]:
    """Return what is expected at ``code``, and what each candidate answers that departs there."""
    expected = next(by_code[code].expected for by_code in departures if code in by_code)
    got = (without_code(by_code[code].got, code) if code in by_code else "" for by_code in departures)
    return expected, tuple(got)


def _has_codes(result: ClauseResult) -> bool:
    return any(isinstance(departure.input, int) for departure in result.departures)
