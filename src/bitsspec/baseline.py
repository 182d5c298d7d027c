"""The departures that a project has accepted, each with its reason.

A baseline is a TOML file of ``[[accepted]]`` entries. What becomes of a departure is decided by the
table in docs/baselines.md, row by row, in `apply`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from bitsspec.errors import CannotRun
from bitsspec.files import is_a_file, read_text, replace_file
from bitsspec.ranges import by_likeness, runs, show_codes, show_range
from bitsspec.report.model import CONTESTED, ClauseResult, Departure, Result, show_input
from bitsspec.spec.clauses import BITS_POSTS, BITS_STABLE, CLAUSE_BY_ID, OUTCOME_CLAUSES, Clause
from bitsspec.spec.vocabulary import STATUS_CODES, Outcome
from bitsspec.text import show, without_code

PLACEHOLDER = "TODO: say why this departure is accepted"
KEYS = ("clause", "codes", "after", "got", "reason", "until")
HEADER = """\
# Departures from the BITS specification that this project accepts.
# An entry names a clause, the codes, what the candidate answers there, and the reason; `until`
# (a date such as 2027-01-31) is the last day on which it counts.
"""


@dataclass(frozen=True)
class Entry:
    """One accepted departure: at some codes of a clause, or from the whole of it."""

    name: str
    """How messages name it: ``accepted.toml, entry 2 (BITS-4XX)``."""
    clause: str
    codes: tuple[int, ...]
    """The codes, ascending; empty for a clause that is accepted as a whole."""
    got: str
    reason: str
    until: date | None = None
    after: str = ""
    """For BITS-POSTS the events that follow the code, such as ``resume``."""

    def covers(self, departure: Departure) -> bool:
        """Whether the entry speaks about what ``departure`` was found with."""
        code, after = _found_with(departure)
        return not self.codes or (code in self.codes and after == self.after)

    def matches(self, departure: Departure) -> bool:
        """Whether the candidate departs there as it was accepted."""
        return self.covers(departure) and (not self.codes or _got(departure) == self.got)


NO_CODE = -1
"""Stands for the code of events that start with a word."""


def by_codes(clause: Clause) -> bool:
    """Say whether departures from ``clause`` are accepted code by code, or for the clause as a whole."""
    return clause is BITS_POSTS or (bool(clause.governs) and clause is not BITS_STABLE)


def _found_with(departure: Departure) -> tuple[int, str]:
    """Return the code that a departure was found with, and the events after it."""
    if isinstance(departure.input, int):
        return departure.input, ""
    events = departure.input if isinstance(departure.input, list) else [departure.input]
    first = events[0] if events and isinstance(events[0], int) else NO_CODE
    return first, show_input(events[first != NO_CODE :])


def _got(departure: Departure) -> str:
    """Return what came back, so that departures which differ by their code alone are the same."""
    return without_code(departure.got, _found_with(departure)[0])


def read(path: Path, *, placeholders: bool = False) -> list[Entry]:
    """Return the entries of a baseline file.

    A reason that is still the placeholder is refused unless ``placeholders``. Raises `CannotRun`,
    naming file and line or entry, for anything that is not as docs/baselines.md describes.
    """
    return _entries(path, read_text(path), placeholders)


def _entries(path: Path, text: str, placeholders: bool) -> list[Entry]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(f"{path}: is not TOML: {error}") from error
    tables = data.pop("accepted", [])
    if data:
        raise CannotRun(
            f"{path}: unknown key {show(next(iter(data)))}: a baseline has [[accepted]] entries only"
        )
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CannotRun(f"{path}: 'accepted' must be written as [[accepted]] entries")
    entries = [
        _entry(f"{path}, entry {number}", table, placeholders) for number, table in enumerate(tables, 1)
    ]
    _refuse_overlaps(entries)
    return entries


def apply(entries: Sequence[Entry], result: ClauseResult, today: date) -> ClauseResult:
    """Return ``result`` as it stands once the accepted departures are known.

    departs, accepted         -> accepted
    departs, not accepted     -> failed
    departs otherwise         -> failed, and says what was accepted
    departs, entry expired    -> failed, and says when it expired
    conforms, accepted        -> failed: the entry is stale
    """
    if result.result in (Result.NOT_RUN, Result.NOT_OFFERED):
        return result
    departures: list[Departure] = []
    notes: list[str] = []
    mine = [entry for entry in entries if entry.clause == result.clause.id]
    for departure in result.departures:
        entry = next((entry for entry in mine if entry.covers(departure)), None)
        if entry is not None and entry.matches(departure) and not has_expired(entry, today):
            departure = structs.replace(departure, accepted=entry.reason)
        departures.append(departure)
    for entry in mine:
        covered = [departure for departure in result.departures if entry.covers(departure)]
        if has_expired(entry, today):
            if covered:
                notes.append(f"expired entry: {entry.name} counted until {entry.until} only")
            continue
        otherwise = sorted(_found_with(d)[0] for d in covered if not entry.matches(d))
        after = f" {entry.after}" if entry.after else ""
        if otherwise:
            where = f"{show_codes(otherwise)}{after}"
            notes.append(f"changed entry: {entry.name} accepts {entry.got} at {where}")
        conforming = sorted(set(entry.codes) - {_found_with(d)[0] for d in covered})
        if conforming or not covered:
            where = f" at {show_codes(conforming)}{after}" if conforming and conforming != [NO_CODE] else ""
            notes.append(f"stale entry: {entry.name} is no longer needed{where}; remove it")
    if notes or any(departure.accepted is None for departure in departures):
        verdict = Result.FAILED
    else:
        verdict = Result.ACCEPTED if departures else Result.PASSED
    return replace(result, result=verdict, departures=departures, notes=notes)


def write(path: Path, results: Iterable[ClauseResult], known: Sequence[Entry] = ()) -> list[Entry]:
    """Write the departures of ``results`` to ``path``; return the entries that stand there now.

    An entry that stands there and still applies keeps its reason; one that no longer does is dropped. A new
    one has the reason of the entry that accepts the same in ``known``, another baseline.
    """
    import tomlkit
    from tomlkit.items import InlineTable

    before = read_text(path) if is_a_file(path) else HEADER
    old = _entries(path, before, placeholders=True)
    document = tomlkit.parse(before)
    tables = document.get("accepted") or tomlkit.aot()
    kept = tomlkit.aot()
    found = list(results)
    reasons = {(entry.clause, entry.after, entry.got): entry.reason for entry in known}
    for entry, table in zip(old, tables, strict=True):
        still = _still_there(entry, found)
        if still is None:
            continue
        if still != entry.codes:
            table["codes"] = _codes_value(still)
        # accepted = [{...}] is a baseline too, and is written out here.
        kept.append(tomlkit.item(table.unwrap()) if isinstance(table, InlineTable) else table)
    for clause, codes, after, got in _not_yet_accepted(found, old):
        table = tomlkit.table()
        table.add("clause", clause)
        if codes and codes != (NO_CODE,):
            table.add("codes", _codes_value(codes))
        if after:
            table.add("after", after)
        if codes:
            table.add("got", got)
        table.add("reason", reasons.get((clause, after, got), PLACEHOLDER))
        kept.append(table)
    document.pop("accepted", None)
    if len(kept):
        document.add("accepted", kept)
    # tomlkit puts one more empty line before an entry each time.
    text = re.sub(r"\n{3,}(?=\[\[accepted\]\])", "\n\n", tomlkit.dumps(document))
    replace_file(path, text)
    return _entries(path, text, placeholders=True)


def _still_there(entry: Entry, results: Sequence[ClauseResult]) -> tuple[int, ...] | None:
    """Return the codes at which ``entry`` still applies, or None where it does not apply at all."""
    for result in results:
        if result.clause.id == entry.clause:
            if result.result in (Result.NOT_RUN, Result.NOT_OFFERED):
                return entry.codes
            matching = [departure for departure in result.departures if entry.matches(departure)]
            if matching:
                return tuple(sorted(_found_with(d)[0] for d in matching)) if entry.codes else ()
    return None


def _not_yet_accepted(
    results: Sequence[ClauseResult], entries: Sequence[Entry]
) -> Iterable[tuple[str, tuple[int, ...], str, str]]:
    for result in results:
        mine = [entry for entry in entries if entry.clause == result.clause.id]
        found = [d for d in result.departures if not (d.accepted or "").startswith(CONTESTED)]
        new = [d for d in found if not any(entry.matches(d) for entry in mine)]
        if not by_codes(result.clause):
            yield from [(result.clause.id, (), "", "")] if new else []
            continue
        told = ((*_found_with(d), _got(d)) for d in new)
        alike = by_likeness((code, (after, got, code == NO_CODE)) for code, after, got in told)
        for (after, got, _), codes in alike.items():
            yield result.clause.id, tuple(codes), after, got


def _codes_value(codes: Sequence[int]) -> Any:
    """Return codes as a baseline writes them: ``429``, ``"600-699"`` or a list of the two."""
    parts = [a if a == b else show_range(a, b) for a, b in runs(sorted(codes))]
    return parts[0] if len(parts) == 1 else parts


def has_expired(entry: Entry, today: date) -> bool:
    """Say whether the last day of ``entry`` is past."""
    return entry.until is not None and today > entry.until


def _entry(name: str, table: Mapping[str, Any], placeholders: bool) -> Entry:
    unknown = next((key for key in table if key not in KEYS), None)
    if unknown is not None:
        raise CannotRun(f"{name}: unknown key {show(unknown)}: the keys are {', '.join(KEYS)}")
    clause = CLAUSE_BY_ID.get(str(table.get("clause")))
    if clause is None:
        raise CannotRun(
            f"{name}: {_given(table, 'clause')} is not a clause: the clauses are {', '.join(CLAUSE_BY_ID)}"
        )
    name = f"{name} ({clause.id})"
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise CannotRun(f'{name}: the reason is missing: write reason = "why this is accepted"')
    if reason == PLACEHOLDER and not placeholders:
        raise CannotRun(f"{name}: the reason is still the placeholder: say why this departure is accepted")
    until = table.get("until")
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        raise CannotRun(f"{name}: {_given(table, 'until')} is not a date: write until = 2027-01-31")
    if not by_codes(clause):
        extra = next((key for key in ("codes", "after", "got") if key in table), None)
        if extra is not None:
            raise CannotRun(f"{name}: {extra!r} does not apply: this clause is accepted as a whole")
        return Entry(name, clause.id, (), "", reason, until)
    after = table.get("after", "")
    if clause is not BITS_POSTS and "after" in table:
        raise CannotRun(f"{name}: 'after' does not apply: it goes with BITS-POSTS alone")
    if not isinstance(after, str) or (clause is BITS_POSTS and "codes" not in table and not after):
        raise CannotRun(f'{name}: write the code and the events after it: codes = 403 and after = "resume"')
    got = table.get("got")
    if not isinstance(got, str) or not got:
        raise CannotRun(f"{name}: 'got' is missing: write what the candidate answers, such as \"fatal\"")
    if clause in OUTCOME_CLAUSES and _is_misspelt(got):
        raise CannotRun(
            f"{name}: {_given(table, 'got')} is not an outcome: write success, transient or fatal"
        )
    codes = _codes(name, clause, table) if "codes" in table or not after else (NO_CODE,)
    return Entry(name, clause.id, codes, got, reason, until, after)


def _is_misspelt(got: str) -> bool:
    """Say whether ``got`` is a word that nobody answers; True, None and the like are what Python shows."""
    is_word = got.isalpha() and (got.islower() or got.lower() in set(Outcome))
    return is_word and got not in {*Outcome, "nan", "inf"}


def _codes(name: str, clause: Clause, table: Mapping[str, Any]) -> tuple[int, ...]:
    given = table.get("codes")
    found: list[int] = []
    parts = given if isinstance(given, list) else [given]
    for part in parts or [None]:
        codes = _range(part)
        if not codes:
            raise CannotRun(f'{name}: {_given(table, "codes")} are not codes: write 429, "600-699" or a list')
        governs = STATUS_CODES if clause is BITS_POSTS else clause.governs
        if len(codes) > len(governs) or any(code not in governs for code in codes):
            raise CannotRun(f"{name}: {clause.id} does not speak about all of codes = {show(part)}")
        found += codes
    if len(set(found)) < len(found):
        raise CannotRun(f"{name}: {_given(table, 'codes')} names a code twice")
    return tuple(sorted(found))


def _range(part: object) -> range:
    """Return the codes of ``429`` or ``"600-699"``; none for anything else."""
    if isinstance(part, int) and not isinstance(part, bool):
        return range(part, part + 1)
    if not isinstance(part, str):
        return range(0)
    first, dash, last = part.partition("-")
    try:
        return range(int(first), int(last) + 1) if dash else range(0)  # a code in quotes is a mistake
    except ValueError:
        return range(0)


def _refuse_overlaps(entries: Sequence[Entry]) -> None:
    seen: dict[tuple[str, int | None, str], str] = {}
    for entry in entries:
        for code in entry.codes or (None,):
            other = seen.setdefault((entry.clause, code, entry.after), entry.name)
            if other != entry.name:
                at = f" at {code:03d}" if code is not None else ""
                raise CannotRun(f"{entry.name}: overlaps with {other}{at}: accept each code once")


def _given(table: Mapping[str, Any], key: str) -> str:
    return f"{key} = {show(table[key])}" if key in table else f"without {key!r} it"
