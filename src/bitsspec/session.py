"""What one pytest run of the suite holds: its settings, the open candidates, the results of its checks."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest

from bitsspec.baseline import apply, read
from bitsspec.candidates import Candidate, open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.errors import CannotRun
from bitsspec.history import History
from bitsspec.report.files import check_writable, write
from bitsspec.report.model import ClauseResult, Report, Result, in_full
from bitsspec.report.story import in_short, offered_by, tell
from bitsspec.settings import Settings
from bitsspec.spec.clauses import CLAUSE_BY_ID, Clause
from bitsspec.spec.vocabulary import Level
from bitsspec.text import inert

CHECK = pytest.StashKey[ClauseCheck]()
RECORD = pytest.StashKey[dict[str, Any]]()
Record = dict[str, Any]
"""What is kept of one check: plain data, as it may come from another process."""


class Session:
    """The settings, the open candidates and in the end the reports of one pytest run."""

    def __init__(self, settings: Settings, candidate: Candidate | None = None) -> None:
        """Raise `CannotRun` where a file that the settings name cannot be used.

        A ``candidate`` that is open already is the one to judge; who opened it closes it.
        """
        self.settings = settings
        self.candidate = candidate
        self.reports: Sequence[Report] = ()
        """The verdict over each candidate, once the run has ended."""
        check_writable(settings.report)
        self._baseline = read(settings.baseline) if settings.baseline else []
        self._opened: dict[int, tuple[object, Candidate, History]] = {}

    def begin(self, item: pytest.Item, named: object) -> ClauseCheck:
        """Return what a test checks its clause with; skips the test where its clause does not run."""
        mark = item.get_closest_marker("bits_clause")
        if mark is None or not mark.args or mark.args[0] not in CLAUSE_BY_ID:
            pytest.fail('bits_check needs a test that is marked bits_clause("BITS-...")', pytrace=False)
        clause = CLAUSE_BY_ID[mark.args[0]]
        candidate, history = self._open(named)
        settings = self.settings
        if clause.level is Level.SHOULD and not settings.strict and clause.id not in settings.only:
            self._skip(
                item, clause, candidate, Result.NOT_RUN, "a 'should' clause, which a strict run checks"
            )
        if clause.capability not in candidate.capabilities:
            offer = f"offered by {offered_by(candidate.target, clause)}"
            self._skip(item, clause, candidate, Result.NOT_OFFERED, offer)
        check = ClauseCheck(clause, candidate, settings, history)
        item.stash[CHECK] = check
        return check

    def conclude(self, item: pytest.Item) -> None:
        """Keep the result of a test's check, and fail the test where the candidate departs."""
        result = item.stash[CHECK].result if CHECK in item.stash else None
        if result is None:
            pytest.fail(f"{item.name} came to no conclusion", pytrace=False)
        result = apply(self._baseline, result, date.today())
        self._keep(item, item.stash[CHECK].candidate, result)
        if result.result is Result.FAILED:
            pytest.fail(inert(tell(result)), pytrace=False)
        if result.result is Result.ACCEPTED:
            pytest.xfail(inert(f"{result.clause.id}: {in_short(result)}"))

    def record(self, item: pytest.Item) -> Record | None:
        """Return what is kept of a test's check once there is something."""
        return item.stash.get(RECORD, None)

    def close(self) -> None:
        """Close every candidate that was opened here."""
        for _, candidate, _ in self._opened.values():
            if candidate is not self.candidate:
                candidate.close()
        self._opened.clear()

    def finish(self, records: Iterable[Record], duration_s: float, *, complete: bool) -> list[str]:
        """Make the reports, one a candidate, and write them; return why one could not be written.

        ``complete`` is whether the run came to its end.
        """
        self.reports = self._reports_of(records, duration_s, complete)
        trouble = []
        for number, report in enumerate(self.reports, 1):
            for path in self.settings.report:
                try:
                    write(report, path if number == 1 else path.with_stem(f"{path.stem}-{number}"))
                except CannotRun as error:
                    trouble.append(inert(str(error)))
        return trouble

    def report_of_nothing(self, candidate: Candidate) -> Report:
        """Return the report of a run that was ended before anything was judged."""
        capabilities = [str(capability) for capability in candidate.capabilities]
        return self._report(candidate.target, capabilities, (), 0, 0.0, complete=False)

    def _open(self, named: object) -> tuple[Candidate, History]:
        if id(named) not in self._opened:
            candidate = self.candidate or self._open_here(named)
            self._opened[id(named)] = named, candidate, History()
        _, candidate, history = self._opened[id(named)]
        return candidate, history

    def _open_here(self, named: object) -> Candidate:
        try:
            candidate = open_candidate(named, timeout=self.settings.timeout)
        except CannotRun as error:
            if named is None or issubclass(type(named), str):  # isinstance runs code of a candidate's
                pytest.exit(inert(f"bitsspec: {error}"), returncode=2)
            pytest.fail(inert(str(error)), pytrace=False)
        targets = [other.target.partition(" #")[0] for _, other, _ in self._opened.values()]
        alike = targets.count(candidate.target)
        if alike:
            candidate.target += f" #{alike + 1}"
        return candidate

    def _skip(
        self, item: pytest.Item, clause: Clause, candidate: Candidate, result: Result, reason: str
    ) -> None:
        self._keep(item, candidate, ClauseResult(clause, result))
        pytest.skip(f"{clause.id}: {result} ({reason})")

    def _keep(self, item: pytest.Item, candidate: Candidate, result: ClauseResult) -> None:
        item.stash[RECORD] = {
            "target": candidate.target,
            "capabilities": [str(capability) for capability in candidate.capabilities],
            "asked": sorted(result.asked),
            "result": result.as_json(),
        }

    def _reports_of(self, records: Iterable[Record], duration_s: float, complete: bool) -> list[Report]:
        """Return the report of each candidate that the records speak of, in order of appearance."""
        by_target: dict[str, list[Record]] = {}
        for record in records:
            by_target.setdefault(record["target"], []).append(record)
        return [
            self._report(
                target,
                of_target[0]["capabilities"],
                [ClauseResult.from_json(record["result"]) for record in of_target],
                len({status for record in of_target for status in record["asked"]}),
                duration_s,
                complete=complete,
            )
            for target, of_target in by_target.items()
        ]

    def _report(
        self,
        target: str,
        capabilities: Sequence[str],
        results: Iterable[ClauseResult],
        codes_asked: int,
        duration_s: float,
        *,
        complete: bool,
    ) -> Report:
        baseline = self.settings.baseline
        return Report(
            target=target,
            strict=self.settings.strict,
            seed=self.settings.seed,
            capabilities=capabilities,
            clauses=in_full(results),
            codes_asked=codes_asked,
            duration_s=duration_s,
            baseline=None if baseline is None else str(baseline),
            complete=complete,
        )
