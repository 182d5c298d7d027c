"""What a status code or an HRESULT means to a BITS client, and what a server developer should know."""

from dataclasses import dataclass

from bitsspec.errors import CannotRun
from bitsspec.reference import classify, get_error, may_repost
from bitsspec.spec.clauses import governing
from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE, STATUS_CODES, ErrorContext, Outcome
from bitsspec.text import show, show_hresult

NAMED = frozenset(
    (100, 101, *range(200, 207), *range(300, 306), 307, *range(400, 418), 449, *range(500, 506))
)
"""The statuses that "BITS Return Values" has a symbol for, ``BG_E_HTTP_ERROR_100`` and so on."""

_NEXT = {
    Outcome.SUCCESS: "moves the job to TRANSFERRED; the file is not posted again",
    Outcome.TRANSIENT: (
        "moves the job to TRANSIENT_ERROR and posts the file again by itself after the minimum retry "
        "delay (600 s unless set otherwise), until the no-progress timeout; Resume posts at once"
    ),
    Outcome.FATAL: "moves the job to ERROR and posts nothing until the application calls Resume",
}
_ADVICE = {
    308: "BITS does not follow this; it posts to the same URL again. Answer 200, or a 4xx to stop it.",
    403: "The only answer after which even Resume does not post the file again. Use it for a final no.",
    408: "One of two 4xx codes that BITS retries by itself; any other 4xx stops the job.",
    409: "One of two 4xx codes that BITS retries by itself; any other 4xx stops the job.",
    429: "BITS does not slow down and try later: it stops. To be asked again later, answer 503.",
    501: "Unlike its 5xx neighbours this stops the job. To be asked again later, answer 503.",
    505: "Unlike its 5xx neighbours this stops the job. To be asked again later, answer 503.",
}
_ADVICE_2XX = (
    "Looks like success and is an error: the file is sent again and again. Answer 200 once it is processed."
)


@dataclass(frozen=True)
class Explanation:
    """What one status code means, in labelled lines."""

    status: int
    outcome: Outcome
    lines: tuple[tuple[str, str], ...]


def parse(text: str) -> int:
    """Return the status code that ``text`` names: itself, or by its HRESULT.

    An HRESULT is hexadecimal after ``0x``, or a decimal number of either sign. Raises `CannotRun`.
    """
    try:
        value = int(text, 16) if text.lower().startswith("0x") else int(text)
    except ValueError:
        value = -1
    if not text.lower().startswith("0x") and value in STATUS_CODES:
        return value
    status = value % 2**32 - HTTP_HRESULT_BASE
    if -(2**31) <= value < 2**32 and status in STATUS_CODES:
        return status
    last = show_hresult(HTTP_HRESULT_BASE + STATUS_CODES[-1])
    raise CannotRun(
        f"{show(text)} is neither a status code nor the HRESULT of one\n"
        f"write 000 to 999, or {show_hresult(HTTP_HRESULT_BASE)} to {last}"
    )


def explain(status: int) -> Explanation:
    """Return what the status code (000-999) means."""
    clause, outcome = governing(status), classify(status)
    context, hresult = get_error(status)
    next_step = (
        "moves the job to ERROR; even Resume does not post the file" if status == 403 else _NEXT[outcome]
    )
    lines = [("outcome", _outcome_text(outcome)), ("next", f"the client {next_step}")]
    if outcome is Outcome.SUCCESS:
        lines.append(("post again", "no, there is nothing left to post"))
    else:
        lines.append(("post again", _post_again(status, outcome)))
    lines.append(("context", f"{context}  BG_ERROR_CONTEXT_{ErrorContext(context).name}"))
    if hresult is not None:
        symbol = f"BG_E_HTTP_ERROR_{status}" if status in NAMED else "(the documentation gives it no name)"
        lines.append(("HRESULT", f"{show_hresult(hresult)}  {symbol}"))
    lines.append(("clause", f"{clause.id} [{clause.cites}]  {clause.text}"))
    advice = _ADVICE_2XX if 200 < status < 300 else _ADVICE.get(status)
    if advice:
        lines.append(("advice", advice))
    return Explanation(status, outcome, tuple(lines))


def _outcome_text(outcome: Outcome) -> str:
    return "success" if outcome is Outcome.SUCCESS else f"{outcome} error"


def _post_again(status: int, outcome: Outcome) -> str:
    if not may_repost(status):
        return "never, whatever the application does [P2S5]"
    return "yes, by itself" if outcome is Outcome.TRANSIENT else "yes, but only after Resume"
