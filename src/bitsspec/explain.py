"""What a status code means to a BITS client, and what to do about it at either end."""

from collections.abc import Sequence
from dataclasses import dataclass

from bitsspec.ranges import by_likeness
from bitsspec.reference import classify, get_error, may_repost
from bitsspec.spec.clauses import Clause, governing
from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE, Capability, ErrorContext, Level, Outcome
from bitsspec.text import show_hresult

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
_TO_A_SERVER = {
    308: "BITS does not follow this; it posts to the same URL again. Answer 200, or a 4xx to stop it.",
    403: "The only answer after which even Resume does not post the file again. Use it for a final no.",
    408: "One of two 4xx codes that BITS retries by itself; any other 4xx stops the job.",
    409: "One of two 4xx codes that BITS retries by itself; any other 4xx stops the job.",
    429: "BITS does not slow down and try later: it stops. To be asked again later, answer 503.",
    501: "Unlike its 5xx neighbours this stops the job. To be asked again later, answer 503.",
    505: "Unlike its 5xx neighbours this stops the job. To be asked again later, answer 503.",
    **dict.fromkeys(
        (*range(201, 300),),
        "Looks like success and is an error: the file is sent again and again. "
        "Answer 200 once it is processed.",
    ),
}
_TO_A_CLIENT = {
    308: "Do not follow it: post to the same URL again after the retry delay.",
    403: "Never post the file again, whatever the application calls.",
    **dict.fromkeys((408, 409), "Retry it, though a rule such as 400 <= status < 500 takes it for fatal."),
    429: "Stop, though most HTTP libraries retry it: Retry-After plays no part.",
    **dict.fromkeys((501, 505), "Stop, though a rule such as status >= 500 retries it."),
    **dict.fromkeys(
        (*range(201, 300),), "Compare with 200: a rule such as 200 <= status < 300 takes this for success."
    ),
}
_TO_A_SERVER_OTHERWISE = {
    Outcome.SUCCESS: "Answer this once the file is processed, and only then.",
    Outcome.TRANSIENT: "Answer this when a later attempt may succeed: it will come.",
    Outcome.FATAL: "Answer this when another attempt is of no use until somebody has done something.",
}
_TO_A_CLIENT_OTHERWISE = {
    Outcome.SUCCESS: "Be done with the file.",
    Outcome.TRANSIENT: "Post again after the retry delay, until the no-progress timeout.",
    Outcome.FATAL: "Stop, and post again only when the application calls Resume.",
}

SURPRISING = frozenset(_TO_A_SERVER)
"""The codes whose meaning is not what many expect."""


@dataclass(frozen=True)
class Explanation:
    """What status codes of one meaning mean, in labelled lines."""

    codes: tuple[int, ...]
    outcome: Outcome
    lines: tuple[tuple[str, str], ...]


def explain(*codes: int) -> Explanation:
    """Return what the status code means, or several codes of one meaning."""
    status = codes[0]
    clause, outcome = governing(status), classify(status)
    context, _ = get_error(status)
    next_step = (
        "moves the job to ERROR; even Resume does not post the file" if status == 403 else _NEXT[outcome]
    )
    lines = [("outcome", _outcome_text(outcome)), ("next", f"the client {next_step}")]
    if outcome is Outcome.SUCCESS:
        lines.append(("post again", "no, there is nothing left to post"))
    else:
        lines.append(("post again", _post_again(status, outcome)))
    lines.append(("context", f"{context}  BG_ERROR_CONTEXT_{ErrorContext(context).name}"))
    if outcome is not Outcome.SUCCESS:
        lines.append(("HRESULT", _hresult_text(codes)))
    lines.append(("clause", f"{clause.id} [{clause.cites}]  {clause.text}"))
    lines.append(("to a server", _TO_A_SERVER.get(status, _TO_A_SERVER_OTHERWISE[outcome])))
    lines.append(("to a client", _TO_A_CLIENT.get(status, _TO_A_CLIENT_OTHERWISE[outcome])))
    return Explanation(codes, outcome, tuple(lines))


def explain_all(codes: Sequence[int]) -> list[Explanation]:
    """Return an explanation for each group of codes that mean the same, in order of appearance."""
    meanings = ((code, (explain(code).outcome, *_but_hresult(explain(code)))) for code in codes)
    return [explain(*together) for together in by_likeness(meanings).values()]


def _but_hresult(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    return tuple(line for line in explanation.lines if line[0] != "HRESULT")


def about(clause: Clause) -> tuple[tuple[str, str], ...]:
    """Return what there is to say of a clause itself, in labelled lines."""
    level = f"{clause.level}: " + (
        "checked in every run" if clause.level is Level.MUST else "checked with --strict, or --only"
    )
    if clause.capability is not Capability.CLASSIFY:
        level += f", of a candidate that offers {clause.capability}"
    return (("rule", clause.text), ("cites", clause.cites), ("level", level))


def _hresult_text(codes: Sequence[int]) -> str:
    numbers = [show_hresult(HTTP_HRESULT_BASE + code) for code in (codes[0], codes[-1])]
    if len(codes) > 1:
        return f"{show_hresult(HTTP_HRESULT_BASE)} + status, from {numbers[0]} to {numbers[1]}"
    status = codes[0]
    name = f"BG_E_HTTP_ERROR_{status}" if status in NAMED else "(the documentation gives it no name)"
    return f"{numbers[0]}  {name}"


def _outcome_text(outcome: Outcome) -> str:
    return "success" if outcome is Outcome.SUCCESS else f"{outcome} error"


def _post_again(status: int, outcome: Outcome) -> str:
    if not may_repost(status):
        return "never, whatever the application does [P2S5]"
    return "yes, by itself" if outcome is Outcome.TRANSIENT else "yes, but only after Resume"
