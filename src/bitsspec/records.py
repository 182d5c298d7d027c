"""From what is kept of a run's checks, which may come from several processes, to one report a candidate."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any, TypedDict

import msgspec

from bitsspec.report.model import ClauseResult, Departure, Hidden, Report, Result, in_full
from bitsspec.settings import Settings

WORST_FIRST = (Result.FAILED, Result.ACCEPTED, Result.PASSED, Result.NOT_OFFERED, Result.NOT_RUN)


class Record(TypedDict):
    """What is kept of one check: plain data, as it may come from another process."""

    target: str
    place: str
    """Where the candidate comes from; two places may hand over candidates of one name."""
    named: str | None
    """The target that named the candidate, wherever it comes from; None where an object was handed over."""
    capabilities: list[str]
    asked: list[int]
    not_observable: list[dict[str, str]]
    remarks: list[str]
    """What was to be said of the candidate when the check had ended."""
    uploads: int
    """How many it had made by then."""
    result: dict[str, Any]
    duration_s: float


def reports_of(
    records: Iterable[Record],
    settings: Settings,
    duration_s: float,
    *,
    complete: bool,
    unfinished: Collection[str] = (),
) -> list[Report]:
    """Return the report of each candidate that the records speak of, in an order that no run changes.

    ``unfinished`` are the places of which a test did not come to its end.
    """
    by_candidate: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        place = record["place"] if record["named"] is None else ""
        by_candidate.setdefault((place, record["target"]), []).append(record)
    names: Counter[str] = Counter()
    reports = []
    for (_, target), found in sorted(by_candidate.items()):
        names[target] += 1
        report = empty_report(target, found[0]["capabilities"], settings)
        if names[target] > 1:
            report.target += f" #{names[target]}"
        results, agree = _by_clause(found)
        report.clauses = in_full(results)
        report.not_observable = msgspec.convert(found[0]["not_observable"], tuple[Hidden, ...])
        report.remarks = tuple(max(found, key=itemgetter("uploads"))["remarks"])
        report.codes_asked = len({status for record in found for status in record["asked"]})
        report.duration_s = round(duration_s, 3)
        report.complete = complete and agree and not {record["place"] for record in found} & {*unfinished}
        reports.append(report)
    return reports


def empty_report(target: str, capabilities: Iterable[str], settings: Settings) -> Report:
    """Return the report of a run in which nothing was judged."""
    return Report(
        target=target,
        strict=settings.strict,
        seed=settings.seed,
        capabilities=[str(capability) for capability in capabilities],
        clauses=in_full(()),
        codes_asked=0,
        baseline=None if settings.baseline is None else str(settings.baseline),
        complete=False,
        examples=settings.examples,
        timeout_s=settings.timeout,
        only=settings.only,
        require=settings.require,
        jobs=settings.jobs,
    )


def _by_clause(records: Iterable[Record]) -> tuple[list[ClauseResult], bool]:
    """Return one result for each clause, and whether those that ran several times had one result."""
    by_clause: dict[str, list[ClauseResult]] = {}
    for record in records:
        result = ClauseResult.from_json(record["result"])
        result.duration_s = record["duration_s"]
        by_clause.setdefault(result.clause.id, []).append(result)
    agree = all(len({result.result for result in results}) == 1 for results in by_clause.values())
    return [_merged(results) for results in by_clause.values()], agree


def _merged(results: Sequence[ClauseResult]) -> ClauseResult:
    """Return the worst result, with every departure that was seen."""
    if len(results) == 1:
        return results[0]
    departures = {
        (str(departure.input), departure.got): departure
        for result in results
        for departure in result.departures
    }
    return ClauseResult(
        results[0].clause,
        min((result.result for result in results), key=WORST_FIRST.index),
        max(result.checked for result in results),
        sorted(departures.values(), key=_code),
        list(dict.fromkeys(note for result in results for note in result.notes)),
        remarks=list(dict.fromkeys(remark for result in results for remark in result.remarks)),
        not_observed=list(dict.fromkeys(hidden for result in results for hidden in result.not_observed)),
        duration_s=sum(result.duration_s for result in results),
    )


def _code(departure: Departure) -> int:
    return departure.input if isinstance(departure.input, int) else -1
