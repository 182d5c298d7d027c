"""What one pytest run of the suite holds: its settings, the opened candidates, the records of trials."""

import math
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bitsspec.baseline import apply, read
from bitsspec.candidates import DEFAULT_TIMEOUT, Candidate, open_candidate
from bitsspec.clause_check import DEFAULT_EXAMPLES, DEFAULT_SEED, ClauseCheck
from bitsspec.errors import CannotRun
from bitsspec.report.files import check_writable, write
from bitsspec.report.model import ClauseResult, Report, Result, in_full, tell
from bitsspec.selection import clause_id
from bitsspec.spec.clauses import CLAUSE_BY_ID, Clause
from bitsspec.spec.vocabulary import Level
from bitsspec.text import inert

CANDIDATE = pytest.StashKey[Candidate]()
"""A candidate that was opened before the run for the target that the options name."""
CHECK = pytest.StashKey[ClauseCheck]()
RECORD = pytest.StashKey[dict[str, Any]]()
Record = dict[str, Any]


class Session:
    """The settings and open candidates of one pytest run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.strict = bool(config.getoption("--bits-strict") or config.getini("bits_strict"))
        self.only = [clause_id(name) for name in config.getoption("--bits-only") or []]
        self.timeout: float = self._number("timeout", float, DEFAULT_TIMEOUT, 0.001)
        self.examples: int = self._number("examples", int, DEFAULT_EXAMPLES, 1)
        self.seed: int = self._number("seed", int, DEFAULT_SEED, 0)
        self._reports = _paths(config, "report")
        check_writable(self._reports)
        self._baseline_path = next(iter(_paths(config, "baseline")), None)
        self._baseline = read(self._baseline_path) if self._baseline_path else []
        self._opened: dict[int, tuple[object, Candidate, dict[int, Any]]] = {}

    def begin(self, item: pytest.Item, named: object) -> ClauseCheck:
        """Return the trial of a test; skips the test where its clause does not run."""
        mark = item.get_closest_marker("bits_clause")
        if mark is None or not mark.args or mark.args[0] not in CLAUSE_BY_ID:
            pytest.fail('bits_check needs a test that is marked bits_clause("BITS-...")', pytrace=False)
        clause = CLAUSE_BY_ID[mark.args[0]]
        candidate, first_answers = self._open(named)
        if clause.level is Level.SHOULD and not self.strict and clause.id not in self.only:
            self._skip(
                item, clause, candidate, Result.NOT_RUN, "a 'should' clause, which a strict run checks"
            )
        if clause.capability not in candidate.capabilities:
            self._skip(item, clause, candidate, Result.NOT_OFFERED, f"{clause.capability} is not offered")
        check = ClauseCheck(clause, candidate, self.examples, self.seed, first_answers)
        item.stash[CHECK] = check
        return check

    def conclude(self, item: pytest.Item) -> None:
        """Keep the record of a test's trial, and fail the test where the candidate departs."""
        result = item.stash[CHECK].result if CHECK in item.stash else None
        if result is None:
            pytest.fail(f"{item.name} came to no conclusion", pytrace=False)
        result = apply(self._baseline, result, date.today())
        self._keep(item, item.stash[CHECK].candidate, result)
        if result.result is Result.FAILED:
            pytest.fail(inert(tell(result)), pytrace=False)
        if result.result is Result.ACCEPTED:
            pytest.xfail(f"{result.clause.id}: {len(result.departures):,} accepted departures")

    def record(self, item: pytest.Item) -> Record | None:
        """Return the record of a test's trial once there is one."""
        return item.stash.get(RECORD, None)

    def close(self) -> None:
        """Close every candidate that was opened."""
        for _, candidate, _ in self._opened.values():
            candidate.close()
        self._opened.clear()

    def write_reports(self, records: Iterable[Record], duration_s: float, ended_early: bool) -> Iterator[str]:
        """Write the reports that the options ask for, one a candidate; yield why one could not be."""
        for number, report in enumerate(reports_of(records, duration_s, ended_early), 1):
            report.baseline = str(self._baseline_path) if self._baseline_path else None
            for path in self._reports:
                try:
                    write(report, path if number == 1 else path.with_stem(f"{path.stem}-{number}"))
                except CannotRun as error:
                    yield inert(str(error))

    def verdicts(self, records: Iterable[Record], ended_early: bool) -> list[str]:
        """Return one quotable line, with the seed, for each candidate."""
        return [inert(report.verdict()) for report in reports_of(records, 0.0, ended_early)]

    def _open(self, named: object) -> tuple[Candidate, dict[int, Any]]:
        if id(named) not in self._opened:
            try:
                candidate = self._config.stash.get(CANDIDATE, None) or open_candidate(
                    named, timeout=self.timeout
                )
            except CannotRun as error:
                if named is None or issubclass(type(named), str):  # isinstance runs code of a candidate's
                    pytest.exit(inert(f"bitsspec: {error}"), returncode=2)
                pytest.fail(inert(str(error)), pytrace=False)
            targets = [other.target.partition(" #")[0] for _, other, _ in self._opened.values()]
            alike = targets.count(candidate.target)
            if alike:
                candidate.target += f" #{alike + 1}"
            self._opened[id(named)] = named, candidate, {}
        _, candidate, first_answers = self._opened[id(named)]
        return candidate, first_answers

    def _skip(
        self, item: pytest.Item, clause: Clause, candidate: Candidate, result: Result, reason: str
    ) -> None:
        self._keep(item, candidate, ClauseResult(clause, result))
        pytest.skip(f"{clause.id}: {result} ({reason})")

    def _keep(self, item: pytest.Item, candidate: Candidate, result: ClauseResult) -> None:
        item.stash[RECORD] = {
            "target": candidate.target,
            "strict": self.strict,
            "seed": self.seed,
            "capabilities": [str(capability) for capability in candidate.capabilities],
            "asked": sorted(result.asked),
            "result": result.as_json(),
        }

    def _number(self, name: str, kind: type[float] | type[int], default: float, least: float) -> Any:
        given = self._config.getoption(f"--bits-{name}")
        text = self._config.getini(f"bits_{name}") if given is None else given
        try:
            number = kind(text) if text != "" else default
        except ValueError:
            number = math.nan
        if not number >= least:
            raise CannotRun(f"bits_{name} = {text}: a number from {least:g} upwards is needed")
        return number


def reports_of(records: Iterable[Record], duration_s: float, interrupted: bool = False) -> list[Report]:
    """Return the report of each candidate that the records speak of, in order of appearance."""
    by_target: dict[str, list[Record]] = {}
    for record in records:
        by_target.setdefault(record["target"], []).append(record)
    return [
        Report(
            target=target,
            strict=of_target[0]["strict"],
            seed=of_target[0]["seed"],
            capabilities=of_target[0]["capabilities"],
            clauses=in_full(ClauseResult.from_json(record["result"]) for record in of_target),
            codes_asked=len({status for record in of_target for status in record["asked"]}),
            duration_s=duration_s,
            complete=not interrupted,
        )
        for target, of_target in by_target.items()
    ]


def _paths(config: pytest.Config, name: str) -> list[Path]:
    """Return the paths of an option, or those of the ini file, which are relative to it."""
    given: str | list[str] | None = config.getoption(f"--bits-{name}")
    if given:
        return [Path(path) for path in ([given] if isinstance(given, str) else given)]
    beside = config.inipath.parent if config.inipath is not None else Path()
    lines: str | list[str] = config.getini(f"bits_{name}")
    here = Path.cwd()
    found = [beside / line for line in ([lines] if isinstance(lines, str) else lines) if line]
    return [path.relative_to(here) if path.is_relative_to(here) else path for path in found]
