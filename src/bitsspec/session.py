"""What one pytest run of the suite holds: its settings, the opened candidates, the records of trials."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bitsspec.baseline import apply, read
from bitsspec.candidates import DEFAULT_TIMEOUT, Candidate, open_candidate
from bitsspec.errors import CannotRun
from bitsspec.report import ClauseResult, Report, Result, in_full, tell
from bitsspec.spec.clauses import CLAUSE_BY_ID, Clause
from bitsspec.spec.vocabulary import Level
from bitsspec.trial import DEFAULT_EXAMPLES, DEFAULT_SEED, Trial

CANDIDATE = pytest.StashKey[Candidate]()
"""A candidate that was opened before the run for the target that the options name."""
TRIAL = pytest.StashKey[Trial]()
RECORD = pytest.StashKey[dict[str, Any]]()
Record = dict[str, Any]


class Session:
    """The settings and open candidates of one pytest run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.strict = bool(config.getoption("--bits-strict")) or _is_true(config.getini("bits_strict"))
        self.only: list[str] = config.getoption("--bits-only") or []
        self.timeout: float = self._number("timeout", float, DEFAULT_TIMEOUT)
        self.examples: int = self._number("examples", int, DEFAULT_EXAMPLES)
        self.seed: int = self._number("seed", int, DEFAULT_SEED)
        self._baseline_path = config.getoption("--bits-baseline") or config.getini("bits_baseline") or None
        self._baseline = read(Path(self._baseline_path)) if self._baseline_path else []
        self._opened: dict[int, tuple[object, Candidate, dict[int, Any]]] = {}

    def begin(self, item: pytest.Item, named: object) -> Trial:
        """Return the trial of a test; skips the test where its clause does not run."""
        mark = item.get_closest_marker("bits_clause")
        if mark is None:
            raise pytest.UsageError("bits_trial serves tests that are marked bits_clause(id) only")
        clause = CLAUSE_BY_ID[mark.args[0]]
        candidate, first_answers = self._open(named)
        if clause.level is Level.SHOULD and not self.strict and clause.id not in self.only:
            self._skip(
                item, clause, candidate, Result.NOT_RUN, "a 'should' clause, which a strict run checks"
            )
        if clause.capability not in candidate.capabilities:
            self._skip(item, clause, candidate, Result.NOT_OFFERED, f"{clause.capability} is not offered")
        trial = Trial(clause, candidate, self.examples, self.seed, first_answers)
        item.stash[TRIAL] = trial
        return trial

    def conclude(self, item: pytest.Item) -> None:
        """Keep the record of a test's trial, and fail the test where the candidate departs."""
        result = item.stash[TRIAL].result
        if result is None:
            pytest.fail(f"{item.name} came to no conclusion", pytrace=False)
        result = apply(self._baseline, result, date.today())
        self._keep(item, item.stash[TRIAL].candidate, result)
        if result.result is Result.FAILED:
            pytest.fail(tell(result), pytrace=False)
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

    def write_reports(self, records: Iterable[Record], duration_s: float) -> None:
        """Write the reports that the options ask for, one for each candidate."""
        paths = self._config.getoption("--bits-report") or self._config.getini("bits_report")
        if not paths:
            return
        from bitsspec.reports import write

        for number, report in enumerate(reports_of(records, duration_s), 1):
            report.baseline = self._baseline_path
            for path in map(Path, paths):
                write(report, path if number == 1 else path.with_stem(f"{path.stem}-{number}"))

    def verdicts(self, records: Iterable[Record]) -> list[str]:
        """Return one quotable line, with the seed, for each candidate."""
        return [report.verdict() for report in reports_of(records, 0.0)]

    def _open(self, named: object) -> tuple[Candidate, dict[int, Any]]:
        if id(named) not in self._opened:
            try:
                candidate = self._config.stash.get(CANDIDATE, None) or open_candidate(
                    named, timeout=self.timeout
                )
            except CannotRun as error:
                if named is None or isinstance(named, str):
                    pytest.exit(f"bitsspec: {error}", returncode=2)
                pytest.fail(str(error), pytrace=False)
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

    def _number(self, name: str, kind: type[float] | type[int], default: float) -> Any:
        given = self._config.getoption(f"--bits-{name}")
        if given is not None:
            return given
        text = self._config.getini(f"bits_{name}")
        try:
            return kind(text) if text else default
        except ValueError:
            raise pytest.UsageError(f"bits_{name} = {text}: a number is needed") from None


def reports_of(records: Iterable[Record], duration_s: float) -> list[Report]:
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
        )
        for target, of_target in by_target.items()
    ]


def _is_true(text: str) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "on")
