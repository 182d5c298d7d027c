"""The story of a clause's result, told alike in pytest, the terminal, Markdown, JUnit and annotations."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from msgspec import structs

from bitsspec.ranges import alike, runs, show_codes, show_range
from bitsspec.report.causes import cause
from bitsspec.report.model import ClauseResult, Departure, Report, Result, Seen, show_input
from bitsspec.spec.clauses import BITS_DOMAIN, BITS_POSTS, BITS_STABLE, Clause
from bitsspec.spec.vocabulary import Capability, Level
from bitsspec.text import printable, shorten, without_code

MOST_LINES = 40
"""How many lines the story of one clause has; the JSON report lists every departure."""
LONGEST_HEADLINE = 160
LONGEST_LIST = 400
MOST_EXPLAINED = 4
MOST_NOTICED = 8
PAGE = "https://learn.microsoft.com/en-us/windows/win32/bits/handling-server-application-errors"
"""Microsoft's page, "Handling Server Application Errors"."""


def tell(result: ClauseResult) -> str:
    """Return the whole story of a failed clause; its first line stands alone in a summary."""
    rule = f"rule: {result.clause.text} [{result.clause.cites}]"
    return "\n".join([headline(result), rule, *details(result, MOST_LINES - 2)])


def details(result: ClauseResult, most: int = MOST_LINES) -> list[str]:
    """Return what a result says beside its rule, in at most so many lines: what is accepted comes last."""
    first = [f"cause: {remedy}"] if (remedy := cause(result)) else []
    first += map(printable, result.notes)
    last = [f"why: {where}"] if (where := explained(result)) else []
    last += noticed(result)
    lines = [*lines_of(result.clause, result.open), *accepted_lines(result)]
    room = max(1, most - len(first) - len(last))
    if len(lines) > room:
        more = len(lines) - room + 1
        lines = [*lines[: room - 1], f"and {more:,} lines more: --report out.json lists every departure"]
    return [*first, *lines, *last][:most]


def noticed(result: ClauseResult) -> list[str]:
    """Return what was not observed and what else decides nothing, in a few printable lines."""
    codes: dict[str, list[str]] = {}
    for each in result.not_observed:
        codes.setdefault(each.reason, []).append(each.codes)
    lines = [f"not observed: {reason}: {', '.join(of)}" for reason, of in codes.items()]
    lines += [f"note: {remark}" for remark in result.remarks]
    if len(lines) > MOST_NOTICED:
        more = len(lines) - MOST_NOTICED
        lines = [*lines[:MOST_NOTICED], f"and {more:,} notes more: --report out.json lists them"]
    return [shorten(line) for line in lines]


def headline(result: ClauseResult) -> str:
    """Return ``BITS-4XX: 2 of 100 codes depart: 409 expected transient, got fatal; 429 …``."""
    clause, departures = result.clause, result.open
    if not departures:
        notes = "; ".join(result.notes)
        return shorten(f"{clause.id}: {notes or result.result}", LONGEST_HEADLINE)
    many = len(departures) > 1
    if isinstance(departures[0].input, int):
        what = f"{len(departures):,} of {result.checked:,} codes depart{'' if many else 's'}"
    else:
        what = f"{len(departures):,} departures" if many else "departs"
    told = "; ".join(line.replace(": ", " ", 1) for line in lines_of(clause, departures[:100]))
    return shorten(f"{clause.id}: {what}: {told}", LONGEST_HEADLINE)


def lines_of(clause: Clause, departures: Sequence[Departure]) -> list[str]:
    """Return departures as printable lines in plain words, codes in a row that differ alike as a range."""
    ranges, others = in_ranges(departures)
    lines = [
        f"{each.given}: {_posted(each.expected, each.got) if each.word else each.difference}{each.seen}"
        for each in ranges
    ]
    lines += [in_words(clause, departure) + in_brackets([departure]) for departure in others]
    return [printable(line) for line in lines]


class Alike(NamedTuple):
    """Departures at codes in a row that are alike: at the code alone, or after it and a ``word``."""

    first: int
    last: int
    word: str
    expected: str
    got: str
    accepted: str | None
    seen: str
    """What a live client did, in brackets; nothing where none was watched."""

    @property
    def given(self) -> str:
        """The codes: ``429``, ``after 400-407, resume``."""
        codes = show_range(self.first, self.last)
        return f"after {codes}, {self.word}" if self.word else codes

    @property
    def difference(self) -> str:
        """What was expected, and what came."""
        return f"expected {self.expected}, got {self.got}"


def in_ranges(
    departures: Sequence[Departure], shown: Callable[[str], str] = str
) -> tuple[list[Alike], list[Departure]]:
    """Return the departures at codes, alike ones in a row as one, and all others.

    Texts are alike when what is ``shown`` of them is.
    """
    by_pair = {pair: d for d in departures if (pair := _code_and_word(d)) is not None}
    coded = [
        (
            code,
            (
                word,
                shown(d.expected),
                shown(without_code(d.got, code)),
                None if d.accepted is None else shown(d.accepted),
                _likeness(d.seen),
            ),
        )
        for (code, word), d in by_pair.items()
    ]
    ranges = [
        Alike(
            *(first, last, word, expected, got, accepted),
            in_brackets([by_pair[code, word] for code in range(first, last + 1)]),
        )
        for first, last, (word, expected, got, accepted, _) in alike(coded)
    ]
    return ranges, [d for d in departures if _code_and_word(d) is None]


def _likeness(seen: Seen | None) -> tuple[int, str] | None:
    """Return what departures of a live client in one range share: all but times and what exceptions say."""
    return None if seen is None else (len(seen.posts_at_s), seen.ended.partition(":")[0])


def in_brackets(alike: Sequence[Departure]) -> str:
    """Return ``(posted 3 times within 0.4 s, exit 0)`` of departures at which a live client did the same."""
    seen = [departure.seen for departure in alike if departure.seen is not None]
    if not seen:
        return ""
    kind = seen[0].ended.partition(":")[0]
    ended = seen[0].ended if all(each.ended == seen[0].ended for each in seen) else kind
    longest = max(seen, key=lambda each: each.within_s)
    return f" ({shorten(structs.replace(longest, ended=ended).says())})"


def _code_and_word(departure: Departure) -> tuple[int, str] | None:
    """Return the code of a departure at one code, with the word after it in a pair; None for all others."""
    match departure.input:
        case int(code):
            return code, ""
        case [int(code), str(word)]:
            return code, word
    return None


def accepted_lines(result: ClauseResult) -> Iterator[str]:
    """Yield the departures that a baseline accepts, with the reasons."""
    accepted = [departure for departure in result.departures if departure.accepted is not None]
    for reason, group in groupby(accepted, key=lambda departure: departure.accepted):
        for line in lines_of(result.clause, list(group)):
            yield f"accepted: {line} ({printable(reason or '')})"


def in_words(clause: Clause, departure: Departure) -> str:
    """Return a counterexample as one would say it: ``after 403, resume: posted 2 times, expected 1``."""
    given, expected, got = departure.input, departure.expected, departure.got
    if clause is BITS_POSTS and isinstance(given, list):
        return f"after {_counted(given)}: {_posted(expected, got)}"
    if clause is BITS_STABLE and isinstance(given, list):
        *before, last = given
        when = f"{got} after {_counted(before, ' ')}" if before else got
        return f"{_word(last)}: {expected} when asked first, {when}"
    if clause is BITS_DOMAIN:
        return f"{given} was a {got}: reject it or answer an error"
    return f"{show_input(given)}: expected {expected}, got {got}"


def _posted(expected: str, got: str) -> str:
    count, space, note = got.partition(" ")
    times = "time" if count == "1" else "times"
    posted = f"posted {count} {times}{space}{note}" if count.isdigit() else f"answered {got}"
    return f"{posted}, expected {expected}"


def explained(result: ClauseResult) -> str:
    """Return the command that explains the rule at the codes that depart, or the clause where no codes do."""
    codes = sorted({pair[0] for departure in result.open if (pair := _code_and_word(departure)) is not None})
    about = [show_codes([first]) for first, _ in runs(codes)] or [result.clause.id]
    return f"bitsspec explain {' '.join(about[:MOST_EXPLAINED])}" if result.open else ""


def unjudged(report: Report) -> list[str]:
    """Return what a client cannot be shown, and what would have the clauses run that did not."""
    ids: dict[str, list[str]] = {}
    for result in report.clauses:
        if result.result is Result.NOT_RUN:
            why = "; ".join(noticed(result)) or _would_run(result.clause, report)
            ids.setdefault(why, []).append(result.clause.id)
    lines = [shorten(f"not observable: {each.codes} ({each.reason})") for each in report.not_observable]
    lines += [f"not run: {', '.join(of)} ({how})" for how, of in ids.items()]
    missing = [c.clause for c in report.clauses if c.result is Result.NOT_OFFERED]
    if missing:
        offer = dict.fromkeys(offered_by(report.target, clause) for clause in missing)
        names = ", ".join(clause.id for clause in missing)
        lines.append(f"not offered: {names} (offered by {', '.join(offer)})")
    return lines


def skipped(result: ClauseResult, report: Report) -> str:
    """Return why a clause was not judged or does not fail, and what would change that."""
    if result.result is Result.ACCEPTED:
        return in_short(result)
    if result.result is Result.NOT_RUN:
        return f"not run: {'; '.join(noticed(result)) or f'judged {_would_run(result.clause, report)}'}"
    return f"not offered: offered by {offered_by(report.target, result.clause)}"


def in_short(result: ClauseResult) -> str:
    """Return ``2 accepted departures: our proxy``."""
    reasons = dict.fromkeys(d.accepted or "" for d in result.departures if d.accepted is not None)
    count = f"{len(result.departures):,} accepted departure{'' if len(result.departures) == 1 else 's'}"
    return shorten(f"{count}: {'; '.join(reasons)}")


def _would_run(clause: Clause, report: Report) -> str:
    if not report.complete:
        return "in a run that comes to its end"
    if report.strict or clause.level is Level.MUST:
        return "in a run without --only"
    return "with --strict, or where --only names them"


def offered_by(target: str, clause: Clause) -> str:
    """Return what has a candidate of this kind offer what ``clause`` is about."""
    return OFFERED_BY[clause.capability][OFFERS.get(target.partition(":")[0], 0)]


RESUMES = "a loaded client whose first line is resume"
SAYS = "a client that ends with a line such as: fatal no 7 0x80190194"
OFFERS = {"exec": 1, "table": 2, "client": 3, "bits-client": 3}
OFFERED_BY = {
    Capability.CLASSIFY: ("classify", "a first field", "a column outcome", "every client"),
    Capability.REPOST: ("may_repost", "a second field (yes or no)", "a column repost", RESUMES),
    Capability.CONTEXT: ("get_error", "a third field (the error context)", "a column context", SAYS),
    Capability.HRESULT: ("get_error", "a fourth field (the HRESULT)", "a column hresult", SAYS),
    Capability.POSTS: ("count_posts", "a number as the answer to posts", "other candidates", "every client"),
}
"""What offers a capability: in Python, in a program, in a table, in a live client."""


def _counted(words: Sequence[int | str], separator: str = ", ") -> str:
    """Return words, the same ones in a row as ``25 times 503 retry``."""
    for size in (1, 2, 4):
        first, times = list(words[:size]), len(words) // size if words else 0
        if times > 3 and list(words) == first * times:
            return f"{times} times {separator.join(map(_word, first))}"
    return shorten(separator.join(map(_word, words)), LONGEST_LIST) or "nothing"


def _word(word: int | str) -> str:
    return f"{word:03d}" if isinstance(word, int) else word
