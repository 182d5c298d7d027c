"""What is observed of a live client in one upload: from the posts that were seen and what it reports.

The table, with a case that is answered its code first and 200 from the second post on:

    posts      the client reports       observed
    1          success                  success
    1          failure                  fatal
    1          an outcome in words      that outcome
    2 or more  anything, or no end      transient: it posted the file again by itself
    1          no end in time           not observed: it may be waiting to post again
    0          anything                 not observed
"""

from dataclasses import dataclass

from bitsspec.candidates.base import Failure, NotObserved
from bitsspec.candidates.fields import COLUMNS, read_field
from bitsspec.report.model import Seen
from bitsspec.spec.vocabulary import Capability, Outcome
from bitsspec.text import show
from bitsspec.wire.cases import Case

FAILURE = "failure"
"""The word of a client that does not tell a transient error from a fatal one."""
BROKEN = "a connection ended before the whole answer was taken"
NOTHING = "it posted nothing"


@dataclass(frozen=True)
class Said:
    """What a client reports of one upload at its end."""

    is_success: bool
    how: str
    """As reports write it: ``exit 22``, ``said fatal``, ``raised HTTPError: 404``."""
    outcome: Outcome | None = None
    """What it makes of the answer, where it says that in a word."""
    context: int | Failure | None = None
    hresult: int | Failure | None = None
    unreadable: Failure | None = None
    """What it said that says nothing."""


@dataclass(frozen=True)
class Observation:
    """What came of one upload."""

    answer: Outcome | Failure | NotObserved
    said: Said | None
    """What the client reported; None where it did not come to an end."""
    seen: Seen
    note: str = ""
    """What there is to say beside the answer."""


def observe(case: Case, said: Said | None, timeout: float) -> Observation:
    """Return what is observed of ``case``, on which the client ``said`` something; None: no end in time."""
    ended = said.how.replace(case.url, "{url}") if said else f"no end within {timeout:g} s"
    posts = list(case.posts)
    seen = Seen([round(post.at, 3) for post in posts], ended)
    is_lost = len(posts) > 1 and said is not None and not (said.is_success or said.outcome)
    note = f"posted again, was answered 200, and still reported a failure: {ended}" if is_lost else ""
    return Observation(_answer(case, said, timeout), said, seen, note)


def _answer(case: Case, said: Said | None, timeout: float) -> Outcome | Failure | NotObserved:
    if case.broken:
        return NotObserved(BROKEN)
    if not case.posts:
        return NotObserved(NOTHING)
    if said is not None and said.unreadable is not None:
        return said.unreadable
    if len(case.posts) > 1:
        return Outcome.TRANSIENT
    if said is None:
        return NotObserved(f"no decision within {timeout:g} s")
    return said.outcome or (Outcome.SUCCESS if said.is_success else Outcome.FATAL)


def read_answer(text: str) -> Said:
    """Return what ``success``, ``failure`` or an answer such as ``transient no 7 0x801901F7`` says."""
    fields = text.split()
    word = fields[0].lower() if fields else ""
    if word == FAILURE and len(fields) == 1:
        return Said(is_success=False, how="said failure")
    outcome = read_field(Capability.CLASSIFY, word)
    if not isinstance(outcome, Outcome) or len(fields) > len(COLUMNS):
        return Said(is_success=False, how=f"said {show(text)}", unreadable=Failure(f"said {show(text)}"))
    values = {about: read_field(about, field) for about, field in zip(COLUMNS, fields, strict=False)}
    context, hresult = values.get(Capability.CONTEXT), values.get(Capability.HRESULT)
    return Said(
        is_success=outcome is Outcome.SUCCESS,
        how=f"said {outcome}",
        outcome=outcome,
        context=context if isinstance(context, int | Failure) else None,
        hresult=hresult if isinstance(hresult, int | Failure) else None,
    )
