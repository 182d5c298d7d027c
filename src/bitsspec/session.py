"""What one pytest run of the suite holds: its settings, the open candidates, the results of its checks."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, cast
from weakref import ref

import pytest
from msgspec import to_builtins

from bitsspec.baseline import apply, read
from bitsspec.candidates import Candidate, open_candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.errors import CannotRun
from bitsspec.history import History
from bitsspec.records import Record, empty_report, reports_of
from bitsspec.report.files import check_writable, write
from bitsspec.report.model import REQUIRED, ClauseResult, Report, Result
from bitsspec.report.story import in_short, offered_by, tell
from bitsspec.settings import Settings
from bitsspec.spec.clauses import CLAUSE_BY_ID, CLAUSES
from bitsspec.spec.vocabulary import Level
from bitsspec.text import inert

LIVES_ON = (BuiltinFunctionType, FunctionType, ModuleType, type)
"""What is there in every test, whoever holds it."""


@dataclass(frozen=True)
class _Begun:
    """A test that has begun: its check, and where its candidate comes from."""

    check: ClauseCheck
    place: str
    named: str | None
    """The target that named it; None where an object was handed over."""


BEGUN = pytest.StashKey[_Begun]()
RECORD = pytest.StashKey[Record]()


class Session:
    """The settings, the open candidates and in the end the reports of one pytest run."""

    def __init__(self, settings: Settings, candidate: Candidate | None = None) -> None:
        """Raise `CannotRun` where a file that the settings name cannot be used, or they contradict.

        A ``candidate`` that is open already is the one to judge; who opened it closes it.
        """
        self.settings = settings
        self.candidate = candidate
        self.reports: Sequence[Report] = ()
        """The verdict over each candidate, once the run has ended."""
        self.tell: Callable[[ClauseCheck], None] = lambda _: None
        """Called now and then while a clause is checked."""
        check_writable(settings.report)
        _refuse_what_is_required_in_vain(settings)
        self._baseline = read(settings.baseline) if settings.baseline else []
        self._opened: dict[object, tuple[object, Candidate | str]] = {}
        self._let_go: dict[object, tuple[ref[Any], History]] = {}
        self._told: dict[tuple[str, str], str] = {}

    def begin(self, item: pytest.Item, named: object, place: str = "") -> ClauseCheck:
        """Return what a test checks its clause with; skips the test where its clause does not run.

        ``place`` tells where the candidate comes from, if another place may hand over one of its name.
        """
        mark = item.get_closest_marker("bits_clause")
        if mark is None or not mark.args or mark.args[0] not in CLAUSE_BY_ID:
            pytest.fail('bits_check needs a test that is marked bits_clause("BITS-...")', pytrace=False)
        clause, settings = CLAUSE_BY_ID[mark.args[0]], self.settings
        candidate = self._open(item, named, place)
        check = ClauseCheck(clause, candidate, settings, tell=self.tell)
        item.stash[BEGUN] = _Begun(check, place, _text(named))
        is_offered = clause.capability in candidate.capabilities
        if not is_offered and clause.capability in settings.require:
            note = f"{REQUIRED}: {clause.capability} is not offered"
            check.result = ClauseResult(clause, Result.FAILED, notes=[note])
        elif clause.level is Level.SHOULD and not settings.strict and clause.id not in settings.only:
            self._skip(item, Result.NOT_RUN, "a 'should' clause, which a strict run checks")
        elif not is_offered:
            offer = f"offered by {offered_by(candidate.target, clause)}"
            self._skip(item, Result.NOT_OFFERED, offer)
        return check

    def is_decided(self, item: pytest.Item) -> bool:
        """Return whether a test has its result before it asks anything."""
        return BEGUN in item.stash and item.stash[BEGUN].check.result is not None

    def conclude(self, item: pytest.Item) -> None:
        """Keep the result of a test's check, and fail the test where the candidate departs."""
        result = item.stash[BEGUN].check.result if BEGUN in item.stash else None
        if result is None:
            pytest.fail(f"{item.name} came to no conclusion", pytrace=False)
        if not result.notes:
            result = apply(self._baseline, result, date.today())
        self._keep(item, result)
        if result.result is Result.FAILED:
            pytest.fail(inert(tell(result)), pytrace=False)
        if result.result is Result.ACCEPTED:
            pytest.xfail(inert(f"{result.clause.id}: {in_short(result)}"))

    def take_record(self, item: pytest.Item) -> Record | None:
        """Return what is kept of a test's check once there is something, and keep it no longer."""
        record = item.stash.get(RECORD, None)
        if record is not None:  # a test that is run again has another
            del item.stash[RECORD], item.stash[BEGUN]
        return record

    def let_go(self, named: object) -> None:
        """Hold an instance no longer that a fixture made for one test: there may be room for one alone.

        Should the next test be handed the same one, it has still been asked what it was.
        """
        key, owner = _key(named), _owner(named)
        if isinstance(key, str) or issubclass(type(owner), LIVES_ON):
            return
        with suppress(TypeError):  # what cannot be referred to weakly is held to the end
            reference = ref(owner)
            _, candidate = self._opened.pop(key, (None, None))
            if isinstance(candidate, Candidate):
                self._let_go[key] = reference, candidate.history

    def close(self) -> None:
        """Close every candidate that was opened here."""
        for _, candidate in self._opened.values():
            if candidate is not self.candidate and not isinstance(candidate, str):
                candidate.close()
        self._opened.clear()

    def finish(
        self,
        records: Iterable[Record],
        duration_s: float,
        *,
        complete: bool,
        unfinished: Collection[str] = (),
    ) -> list[str]:
        """Make the reports, one a candidate, and write them; return why one could not be written.

        ``complete`` is whether the run came to its end, ``unfinished`` the places of which a test did not.
        """
        self.reports = reports_of(
            records, self.settings, duration_s, complete=complete, unfinished=unfinished
        )
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
        return empty_report(candidate.target, candidate.capabilities, self.settings)

    def _open(self, item: pytest.Item, named: object, place: str) -> Candidate:
        key = _key(named)
        if key not in self._opened:
            candidate = self.candidate or self._open_here(named)
            reference, history = self._let_go.pop(key, (None, None))
            if reference is not None and reference() is _owner(named) and not isinstance(candidate, str):
                vars(candidate)["history"] = history
            self._opened[key] = named, candidate
        _, candidate = self._opened[key]
        if not isinstance(candidate, str):
            return candidate
        first = self._told.setdefault((place, candidate), item.nodeid)
        if first != item.nodeid:  # the whole story is told once
            candidate = f"the candidate cannot be used: {first} says why"
        pytest.fail(inert(candidate), pytrace=False)

    def _open_here(self, named: object) -> Candidate | str:
        """Return the candidate, or why there is none."""
        try:
            return open_candidate(named, timeout=self.settings.timeout, jobs=self.settings.jobs)
        except CannotRun as error:
            return str(error)

    def _skip(self, item: pytest.Item, result: Result, reason: str) -> None:
        clause = item.stash[BEGUN].check.clause
        self._keep(item, ClauseResult(clause, result))
        pytest.skip(f"{clause.id}: {result} ({reason})")

    def _keep(self, item: pytest.Item, result: ClauseResult) -> None:
        begun = item.stash[BEGUN]
        candidate = begun.check.candidate
        item.stash[RECORD] = Record(
            target=candidate.target,
            place=begun.place,
            named=begun.named,
            capabilities=[str(capability) for capability in candidate.capabilities],
            asked=sorted(result.asked),
            not_observable=to_builtins(list(candidate.not_observable)),
            remarks=candidate.remarks,
            uploads=candidate.uploads,
            result=result.as_json(),
            duration_s=0.0,
        )


def _owner(named: object) -> object:
    """Return the object that a method is bound to, else what is given."""
    return named.__self__ if type(named) is MethodType else named


def _key(named: object) -> object:
    """Return what tells a candidate from others; a method is another object each time it is looked up."""
    text = _text(named)
    if text is not None:
        return text
    return (id(named.__self__), id(named.__func__)) if type(named) is MethodType else id(named)


def _text(named: object) -> str | None:
    is_text = issubclass(type(named), str)  # isinstance runs code of a candidate's
    return str.__str__(cast("str", named)) if is_text else None


def _refuse_what_is_required_in_vain(settings: Settings) -> None:
    """Raise `CannotRun` where a capability is required and only clauses about others are to run."""
    about = {CLAUSE_BY_ID[name].capability for name in settings.only} or {each.capability for each in CLAUSES}
    for required in settings.require:
        if required not in about:
            raise CannotRun(
                f"{required} is required, and none of the clauses about it is to run\n"
                "leave out the requirement, or choose one of these clauses as well"
            )
