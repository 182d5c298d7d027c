"""The specification: eleven clauses, each one testable rule.

A BITS client decides from the status code alone. The first five clauses say what each code from
000 to 999 means, and every code is governed by exactly one of them; the others say what follows.
``permits`` is the rule itself: from what a clause governs to the answers that the rule allows.
Sentences are cited from "Handling Server Application Errors" (P2S1 is paragraph 2, sentence 1);
spec/README.md says how to read them and what was decided where the page is silent.
"""

from collections.abc import Callable, Sequence, Set
from functools import cache
from typing import Any, NamedTuple

from .vocabulary import (
    HTTP_HRESULT_BASE,
    REJECTED,
    RESUME,
    RETRY,
    STATUS_CODES,
    Capability,
    ErrorContext,
    Level,
    Outcome,
)

SUCCESS, TRANSIENT, FATAL = Outcome.SUCCESS, Outcome.TRANSIENT, Outcome.FATAL
ERROR_CODES = tuple(status for status in STATUS_CODES if status != 200)


class Clause(NamedTuple):
    """One testable rule of the specification."""

    id: str
    text: str
    cites: str
    level: Level
    capability: Capability
    """What a candidate must offer to be checked by this clause."""
    governs: Sequence[int]
    """The status codes the rule speaks about; empty where it does not speak about codes."""
    permits: Callable[[Any], Set[Any]]
    """From a governed code (or event sequence, earlier answer, value) to the permitted answers."""

    def holds(self, given: Any, answer: Any) -> bool:
        """Say whether ``answer`` is one that the rule permits for ``given``."""
        return answer in self.permits(given)


BITS_SUCCESS = Clause(
    id="BITS-SUCCESS",
    text="200 is success: the answer of a server application that processed the file.",
    cites="P1S1",
    level=Level.MUST,
    capability=Capability.CLASSIFY,
    governs=(200,),
    permits=lambda status: {SUCCESS},
)

BITS_3XX = Clause(
    id="BITS-3XX",
    text="From 300 to 399, the codes 300 to 305 and 307 are fatal and all others are transient.",
    cites="P2S1",
    level=Level.MUST,
    capability=Capability.CLASSIFY,
    governs=range(300, 400),
    permits=lambda status: {FATAL} if status <= 305 or status == 307 else {TRANSIENT},
)

BITS_4XX = Clause(
    id="BITS-4XX",
    text="From 400 to 499, the codes 408 and 409 are transient and all others are fatal.",
    cites="P2S2",
    level=Level.MUST,
    capability=Capability.CLASSIFY,
    governs=range(400, 500),
    permits=lambda status: {TRANSIENT} if status in (408, 409) else {FATAL},
)

BITS_5XX = Clause(
    id="BITS-5XX",
    text="From 500 to 599, the codes 501 and 505 are fatal and all others are transient.",
    cites="P2S3",
    level=Level.MUST,
    capability=Capability.CLASSIFY,
    governs=range(500, 600),
    permits=lambda status: {FATAL} if status in (501, 505) else {TRANSIENT},
)

BITS_OTHER = Clause(
    id="BITS-OTHER",
    text="Every code below 300 except 200, and every code above 599, is transient.",
    cites="P2S4",
    level=Level.MUST,
    capability=Capability.CLASSIFY,
    governs=tuple(status for status in ERROR_CODES if status < 300 or status > 599),
    permits=lambda status: {TRANSIENT},
)

BITS_REPOST = Clause(
    id="BITS-REPOST",
    text="403 is the one error code after which the file is never posted again.",
    cites="P2S5",
    level=Level.MUST,
    capability=Capability.REPOST,
    governs=ERROR_CODES,
    permits=lambda status: {status != 403},
)

BITS_CONTEXT = Clause(
    id="BITS-CONTEXT",
    text="For every code but 200 the error context is 7, BG_ERROR_CONTEXT_REMOTE_APPLICATION.",
    cites="P3S2",
    level=Level.MUST,
    capability=Capability.CONTEXT,
    governs=ERROR_CODES,
    permits=lambda status: {ErrorContext.REMOTE_APPLICATION},
)

BITS_POSTS = Clause(
    id="BITS-POSTS",
    text="The file is posted once, once more for each retry or resume that the last answer permits.",
    cites='P1S2, P2S5, "Life Cycle of a BITS Job"',
    level=Level.MUST,
    capability=Capability.POSTS,
    governs=(),
    permits=lambda events: {posts_due(events)},
)

BITS_STABLE = Clause(
    id="BITS-STABLE",
    text="The answer depends on the code alone, not on earlier calls, order, repetition or thread.",
    cites="P1S2",
    level=Level.MUST,
    capability=Capability.CLASSIFY,
    governs=STATUS_CODES,
    permits=lambda first_answer: {first_answer},
)

BITS_HRESULT = Clause(
    id="BITS-HRESULT",
    text="For every code but 200 the HRESULT is 0x80190000 plus the status code.",
    cites='"BITS Return Values"',
    level=Level.SHOULD,
    capability=Capability.HRESULT,
    governs=ERROR_CODES,
    permits=lambda status: {HTTP_HRESULT_BASE + status},
)

BITS_DOMAIN = Clause(
    id="BITS-DOMAIN",
    text="What is not a status code from 000 to 999 is rejected, or at least never a success.",
    cites="RFC 9112, section 4",
    level=Level.SHOULD,
    capability=Capability.CLASSIFY,
    governs=(),
    permits=lambda value: {REJECTED, TRANSIENT, FATAL},
)

OUTCOME_CLAUSES = (BITS_SUCCESS, BITS_3XX, BITS_4XX, BITS_5XX, BITS_OTHER)

CLAUSES = (
    *OUTCOME_CLAUSES,
    BITS_REPOST,
    BITS_CONTEXT,
    BITS_POSTS,
    BITS_STABLE,
    BITS_HRESULT,
    BITS_DOMAIN,
)

CLAUSE_BY_ID = {clause.id: clause for clause in CLAUSES}


@cache
def governing(status: int) -> Clause:
    """Return the one outcome clause that governs ``status`` (000-999)."""
    (clause,) = (clause for clause in OUTCOME_CLAUSES if status in clause.governs)
    return clause


def outcome_due(status: int) -> Outcome:
    """Return the one outcome that the specification permits for ``status`` (000-999)."""
    (outcome,) = governing(status).permits(status)
    return Outcome(outcome)


def posts_due(events: Sequence[int | str]) -> int:
    """Return how many posts the rules allow in one upload that meets ``events``.

    The client posts once at the start. An event is the server application's answer to the
    outstanding post, ``"retry"`` or ``"resume"``; an answer ends the outstanding post.
    """
    posts, last_answer = 1, None
    for event in events:
        if isinstance(event, int):
            last_answer = event
        elif last_answer is not None and may_post_after(last_answer, event):
            posts, last_answer = posts + 1, None
    return posts


def may_post_after(answer: int, event: str) -> bool:
    """Say whether ``event`` makes the client post again when the last answer was ``answer``."""
    if answer in (200, 403):
        return False
    if outcome_due(answer) is TRANSIENT:
        return event in (RETRY, RESUME)
    return event == RESUME
