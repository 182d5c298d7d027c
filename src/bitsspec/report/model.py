"""The one model of a run's verdict, from which every report is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from bitsspec import __version__
from bitsspec.settings import Settings
from bitsspec.spec.clauses import CLAUSE_BY_ID, CLAUSES, OUTCOME_CLAUSES, Clause
from bitsspec.spec.vocabulary import Capability, Level
from bitsspec.text import printable, shorten, show

Count = Annotated[int, Meta(ge=0)]
Code = Annotated[int, Meta(ge=0, le=999)]


BASELINE_NOTES = {"stale entry": "stale", "expired entry": "expired", "changed entry": "changed"}
"""How the notes of a baseline begin, and what a verdict calls that."""
CONTESTED = "contested: "
"""How the reason begins where a departure does not count as another document has another rule."""
REQUIRED = "required"
"""How the note begins where the run requires what the candidate does not offer."""


class Result(StrEnum):
    """How a candidate stands to one clause."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_OFFERED = "not offered"
    NOT_RUN = "not run"
    ACCEPTED = "accepted"


class Hidden(Struct, frozen=True, forbid_unknown_fields=True):
    """Status codes at which it cannot be seen, or was not, what a live client does, and why."""

    codes: Annotated[str, Meta(pattern="^[0-9]{3}(-[0-9]{3})?$")]
    reason: str

    @property
    def all(self) -> range:
        """Every one of the codes."""
        first, _, last = self.codes.partition("-")
        return range(int(first), int(last or first) + 1)


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """What a live client did in one upload."""

    posts_at_s: list[Annotated[float, Meta(ge=0)]]
    """When it posted the file, in seconds after the upload was begun."""
    ended: str
    """How it ended, as reports write it: ``exit 22``, ``said fatal``, ``no end within 10 s``."""

    @property
    def within_s(self) -> float:
        """The seconds from its first post to its last one."""
        return self.posts_at_s[-1] - self.posts_at_s[0] if self.posts_at_s else 0.0

    def says(self) -> str:
        """Return ``posted 3 times within 0.4 s, exit 0``."""
        count = len(self.posts_at_s)
        posted = {0: "posted nothing", 1: "posted once"}.get(count)
        if posted is None:
            posted = f"posted {count:,} times within {max(self.within_s, 0.001):.1g} s"
        return f"{posted}, {self.ended}"


class Departure(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One status code, sequence or value where a candidate differs from a clause."""

    input: Code | list[int | str] | str
    expected: str
    got: str
    accepted: str | None = None
    """Why the project accepts it, where a baseline says so."""
    seen: Seen | None = None
    """What a live client did."""


@dataclass
class ClauseResult:
    """How a candidate stands to one clause, with every departure from it."""

    clause: Clause
    result: Result = Result.NOT_RUN
    checked: int = 0
    departures: list[Departure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What else there is to say: entries of a baseline that are stale, expired or accept something else;
    what is required and not offered."""
    remarks: list[str] = field(default_factory=list)
    """What was noticed and decides nothing."""
    not_observed: list[Hidden] = field(default_factory=list)
    """The codes that a live client was shown, and what came of it could not be told."""
    asked: frozenset[int] = frozenset()
    """The status codes that the candidate was asked about; not part of a report."""
    duration_s: float = field(default=0.0, compare=False)
    """How long the check took; the JUnit report alone has it."""

    @property
    def open(self) -> list[Departure]:
        """The departures that no baseline accepts."""
        return [departure for departure in self.departures if departure.accepted is None]

    @property
    def blames(self) -> set[str]:
        """What its notes say is wrong: ``stale``, ``expired``, ``changed``, ``required``."""
        kinds = {note.partition(":")[0] for note in self.notes}
        return {BASELINE_NOTES[kind] for kind in kinds & {*BASELINE_NOTES}} | (kinds & {REQUIRED})

    @property
    def is_consistent(self) -> bool:
        """Whether the result is one that these departures and notes can have."""
        if self.open or self.notes:
            return self.result is Result.FAILED
        if self.departures:
            return self.result is Result.ACCEPTED
        return self.result in (Result.PASSED, Result.NOT_OFFERED, Result.NOT_RUN)

    def as_json(self) -> dict[str, Any]:
        """Return the clause's part of the JSON report."""
        said = {
            "notes": list(self.notes),
            "remarks": list(self.remarks),
            "not_observed": msgspec.to_builtins(self.not_observed),
        }
        return {
            "id": self.clause.id,
            "level": str(self.clause.level),
            "result": str(self.result),
            "checked": self.checked,
            "departures": msgspec.to_builtins(self.departures),
            **{name: lines for name, lines in said.items() if lines},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ClauseResult":
        """Return what `as_json` was made from."""
        return msgspec.convert(data, _StoredClause).as_result()


class _StoredClause(Struct, forbid_unknown_fields=True):
    """A clause's part of a JSON report that is read."""

    id: str
    level: Level
    result: Result
    checked: Count
    departures: list[Departure]
    notes: list[str] = []
    remarks: list[str] = []
    not_observed: list[Hidden] = []

    def __post_init__(self) -> None:
        if self.id not in CLAUSE_BY_ID:
            raise ValueError(f"there is no clause {show(self.id)}")
        if self.level is not CLAUSE_BY_ID[self.id].level:
            raise ValueError(f"{self.id} is not a clause of level {self.level}")

    def as_result(self) -> ClauseResult:
        """Return what the part was made from."""
        clause = CLAUSE_BY_ID[self.id]
        result = ClauseResult(clause, self.result, self.checked, self.departures, self.notes)
        result.remarks, result.not_observed = self.remarks, self.not_observed
        return result


class _StoredReport(Struct, forbid_unknown_fields=True):
    """A JSON report that is read."""

    bitsspec: str
    target: Annotated[str, Meta(min_length=1)]
    conforms: bool
    complete: bool
    strict: bool
    seed: int
    examples: Annotated[int, Meta(ge=1)]
    timeout_s: Annotated[float, Meta(gt=0)]
    jobs: Annotated[int, Meta(ge=1)] | None
    only: list[str]
    require: list[Capability]
    duration_s: Annotated[float, Meta(ge=0, lt=1e9)]
    baseline: str | None
    codes_asked: Annotated[int, Meta(ge=0, le=1000)]
    not_observable: list[Hidden]
    remarks: list[str]
    capabilities: list[Capability]
    clauses: list[_StoredClause]

    def as_report(self) -> "Report":
        """Return what the file was made from; raises ValueError where its parts contradict each other."""
        if [clause.id for clause in self.clauses] != list(CLAUSE_BY_ID):
            raise ValueError(f"clauses: {len(CLAUSES)} are needed, each once and in their order")
        results = [clause.as_result() for clause in self.clauses]
        for index, result in enumerate(results):
            if not result.is_consistent:
                raise ValueError(f"clauses[{index}]: {result.result} contradicts its departures and notes")
        report = Report(
            self.target,
            self.strict,
            self.seed,
            [str(capability) for capability in self.capabilities],
            results,
            self.codes_asked,
            self.duration_s,
            self.bitsspec,
            self.baseline,
            self.complete,
            self.examples,
            self.timeout_s,
            tuple(self.only),
            tuple(str(capability) for capability in self.require),
            tuple(self.not_observable),
            tuple(self.remarks),
            self.jobs,
        )
        if self.conforms is not report.conforms:
            raise ValueError("conforms: contradicts the results of the clauses")
        return report


@dataclass
class Report:
    """The verdict of one run over one candidate."""

    target: str
    strict: bool
    seed: int
    capabilities: Sequence[str]
    clauses: list[ClauseResult]
    codes_asked: int
    duration_s: float = 0.0
    version: str = __version__
    baseline: str | None = None
    """The file of accepted departures that the run was given."""
    complete: bool = True
    """Whether every clause that was to run came to its end, with one result however often it ran."""
    examples: int = Settings.examples
    timeout_s: float = Settings.timeout
    only: Sequence[str] = ()
    """The clauses that the run was restricted to; none where it was not."""
    require: Sequence[str] = ()
    """The capabilities without which the candidate fails."""
    not_observable: Sequence[Hidden] = ()
    """The status codes that a live client cannot be shown."""
    remarks: Sequence[str] = ()
    """What there is to say of a live client before anything else."""
    jobs: int | None = None
    """How many uploads were made at once, where the run was told."""

    def __post_init__(self) -> None:
        self.duration_s = round(self.duration_s, 3)  # as every format has it, also when it is drawn again

    @property
    def conforms(self) -> bool:
        """Whether the run came to its end, judged something, and no clause failed."""
        return bool(self.judged) and not self.failed and self.complete

    @property
    def judged(self) -> list[ClauseResult]:
        """The clauses that the candidate was checked by."""
        return [c for c in self.clauses if c.result not in (Result.NOT_RUN, Result.NOT_OFFERED)]

    @property
    def failed(self) -> list[ClauseResult]:
        """The clauses that the candidate departs from."""
        return [clause for clause in self.clauses if clause.result is Result.FAILED]

    @property
    def telling(self) -> list[ClauseResult]:
        """The clauses that reports have more to say of: the failed ones, then the others."""
        found = [
            c
            for c in self.clauses
            if c.departures or c.notes or c.not_observed or (c.remarks and c in self.judged)
        ]
        return sorted(found, key=lambda clause: clause.result is not Result.FAILED)

    @property
    def hidden(self) -> frozenset[int]:
        """The status codes that a live client cannot be shown."""
        return frozenset(code for each in self.not_observable for code in each.all)

    @property
    def missed(self) -> frozenset[int]:
        """The status codes of which it was not observed what they mean to a live client."""
        results = (clause for clause in self.clauses if clause.clause in OUTCOME_CLAUSES)
        return frozenset(code for clause in results for each in clause.not_observed for code in each.all)

    @property
    def is_live(self) -> bool:
        """Whether it is about a live client, which was watched."""
        return bool(self.not_observable)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON report, as `report.schema.json` describes it."""
        return {
            "bitsspec": self.version,
            "target": self.target,
            "conforms": self.conforms,
            "complete": self.complete,
            "strict": self.strict,
            "seed": self.seed,
            "examples": self.examples,
            "timeout_s": self.timeout_s,
            "jobs": self.jobs,
            "only": list(self.only),
            "require": list(self.require),
            "duration_s": self.duration_s,
            "baseline": self.baseline,
            "codes_asked": self.codes_asked,
            "not_observable": msgspec.to_builtins(list(self.not_observable)),
            "remarks": list(self.remarks),
            "capabilities": list(self.capabilities),
            "clauses": [clause.as_json() for clause in self.clauses],
        }

    @classmethod
    def from_json(cls, data: Any) -> "Report":
        """Return the report that `as_json` wrote; raises ValueError, which says where, for anything else."""
        try:
            return msgspec.convert(data, _StoredReport).as_report()
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$.")
            raise ValueError(shorten(f"{where.removesuffix('`')}: {what}" if where else what)) from error

    def departing_codes(self) -> dict[int, list[tuple[ClauseResult, Departure]]]:
        """Return the departures of every status code that has one."""
        found: dict[int, list[tuple[ClauseResult, Departure]]] = {}
        for clause in self.clauses:
            for departure in clause.departures:
                if isinstance(departure.input, int):
                    found.setdefault(departure.input, []).append((clause, departure))
        return found

    def verdict(self) -> str:
        """Return the one sentence that a person can quote, printable whatever the candidate is called."""
        return printable(self._verdict())

    def _verdict(self) -> str:
        made_by = f"(bitsspec {self.version}, seed {self.seed})"
        part = "" if self.complete else ", in a run that is not complete"
        if self.failed:
            return f"{self.target} {self.blame()}{part} {made_by}."
        if not self.complete:
            return f"{self.target} was judged in part{part} {made_by}."
        if not self.judged:
            offers = any(clause.result is Result.NOT_OFFERED for clause in self.clauses)
            why = "it offers nothing of what was asked for" if offers else "none of its clauses ran"
            return f"{self.target} was not judged: {why}."
        accepted = sum(d.accepted is not None for clause in self.judged for d in clause.departures)
        but = f" but for {_count(accepted, 'accepted departure')}" if accepted else ""
        held = _count(sum(clause.result is Result.PASSED for clause in self.judged), "clause")
        if self.is_live:
            return f"{self.target} conforms{but}{self._at(self.codes_asked)}: {held} held {made_by}."
        asked = f", {_count(self.codes_asked, 'status code')} asked" if self.codes_asked else ""
        return f"{self.target} conforms{but}: {held} held{asked} {made_by}."

    def _at(self, codes: int) -> str:
        """Return at how many of which codes."""
        if not codes:
            return ""
        of = f"{1000 - len(self.hidden):,} status codes that a client can be shown"
        return f" at {codes:,} of {of if self.is_live else f'{self.codes_asked:,} status codes'}"

    def blame(self) -> str:
        """Return what is wrong with the candidate or its baseline, and at which clauses."""
        departing = [clause for clause in self.failed if clause.open]
        parts = []
        if departing:
            codes = len({d.input for clause in departing for d in clause.open if isinstance(d.input, int)})
            parts.append(f"departs from {_ids(departing)}{self._at(codes)}")
        missing = [clause for clause in self.failed if REQUIRED in clause.blames]
        if missing:
            parts.append(f"does not offer what is required for {_ids(missing)}")
        kinds = {
            kind: [clause for clause in self.failed if kind in clause.blames]
            for kind in BASELINE_NOTES.values()
        }
        told = [f"{kind} at {_ids(clauses)}" for kind, clauses in kinds.items() if clauses]
        if told:
            parts.append(f"does not match its baseline: {', '.join(told)}")
        return "; ".join(parts) or f"does not match its baseline at {_ids(self.failed)}"


def in_full(results: Iterable[ClauseResult]) -> list[ClauseResult]:
    """Return one result for every clause in the specification's order; what is missing did not run."""
    by_id = {result.clause.id: result for result in results}
    return [by_id.get(clause.id, ClauseResult(clause)) for clause in CLAUSES]


def show_input(given: int | Sequence[int | str] | str) -> str:
    """Return what a departure was found with: ``429``, ``503 retry 404``, a value's ``repr``."""
    if isinstance(given, int):
        return f"{given:03d}"
    if isinstance(given, str):
        return given
    if len(given) > 3 and len(set(given)) == 1:
        return f"{show_input(given[0])} × {len(given)}"
    return " ".join(f"{event:03d}" if isinstance(event, int) else event for event in given) or "no events"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _ids(results: Iterable[ClauseResult]) -> str:
    return ", ".join(result.clause.id for result in results)
