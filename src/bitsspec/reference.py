"""The reference implementation: one table, built once, from which every answer is read.

It is written without looking at the clauses, so that checking it by them means something.
"""

import operator
from collections.abc import Iterable
from typing import SupportsIndex

from bitsspec.spec.vocabulary import ErrorContext, Outcome

__all__ = ["InvalidEvents", "NotAStatusCode", "classify", "count_posts", "get_error", "may_repost"]

_SUCCESS, _TRANSIENT, _FATAL = Outcome.SUCCESS, Outcome.TRANSIENT, Outcome.FATAL

_table = [_TRANSIENT] * 1000
_table[200] = _SUCCESS
_table[300:306] = [_FATAL] * 6
_table[307] = _FATAL
_table[400:408] = [_FATAL] * 8
_table[410:500] = [_FATAL] * 90
_table[501] = _table[505] = _FATAL
_OUTCOMES = tuple(_table)
_LOWEST_CODES = (0, 1)


class NotAStatusCode(ValueError):
    """Raised for anything but an integer from 0 to 999; the message names the value."""


class InvalidEvents(ValueError):
    """Raised for events that cannot happen: an unknown word, or an answer when none is awaited."""


def classify(status: int) -> Outcome:
    """Say what a BITS client makes of the status code of a server application's answer.

    ``status`` is an ``int`` from 0 to 999, or of a subclass such as ``http.HTTPStatus``.
    The outcome is ``success`` for 200 alone, ``transient`` where the client posts the file again
    by itself, and ``fatal`` where it stops. Three that few expect: 201 is transient (the file is
    sent again and again), 429 is fatal, and so is 501.

    >>> classify(201)
    <Outcome.TRANSIENT: 'transient'>

    Raises `NotAStatusCode` for everything else, ``True`` and ``200.0`` included.
    From "Handling Server Application Errors", paragraphs 1 and 2.
    """
    try:
        # True and False are 1 and 0 to an index, and a negative index counts from the end.
        if status > 1:
            return _OUTCOMES[status]
        if _LOWEST_CODES[status] is status:
            return _TRANSIENT
    except Exception:  # whatever a value that is not a number makes of the comparison
        pass
    return _OUTCOMES[_status_code(status)]


def may_repost(status: int) -> bool:
    """Say whether the file may ever be posted again after this answer.

    ``status`` is an ``int`` from 0 to 999. Of all error codes only 403 forbids it, whatever the
    application does; after 200 there is nothing left to post.

    >>> may_repost(403), may_repost(404)
    (False, True)

    Raises `NotAStatusCode` for anything else.
    From "Handling Server Application Errors", paragraph 2, sentence 5.
    """
    return _status_code(status) not in (200, 403)


def get_error(status: int) -> tuple[int, int | None]:
    """Return the error context and the HRESULT that ``IBackgroundCopyError::GetError`` yields.

    ``status`` is an ``int`` from 0 to 999. The context is ``BG_ERROR_CONTEXT_REMOTE_APPLICATION``
    (7) and the HRESULT 0x80190000 plus the status; 200 is not an error: ``(0, None)``.

    >>> context, hresult = get_error(403)
    >>> context, hex(hresult)
    (7, '0x80190193')

    Raises `NotAStatusCode` for anything else.
    From "Handling Server Application Errors", paragraph 3, and "BITS Return Values".
    """
    code = _status_code(status)
    if code == 200:
        return int(ErrorContext.NONE), None
    return int(ErrorContext.REMOTE_APPLICATION), 0x80190000 | code


def count_posts(events: Iterable[int | str]) -> int:
    """Replay one upload and return how often the client posts the file (1 or more).

    The client posts once at the start. Each event is the server application's answer to the
    outstanding post (an ``int`` from 0 to 999), ``"retry"`` (the retry delay has run out) or
    ``"resume"`` (the application calls ``Resume``). After a transient error each of the two posts
    again, after a fatal one only ``"resume"``, after 403 and after 200 neither.

    >>> count_posts([503, "retry", 404, "retry", "resume", 200])
    3

    Raises `NotAStatusCode` for an event that is neither a status code nor one of the two words,
    and `InvalidEvents` for an answer while no post is outstanding.
    From "Handling Server Application Errors" and "Life Cycle of a BITS Job".
    """
    posts = 1
    posts_again: tuple[str, ...] | None = None  # None while a post is outstanding
    for event in events:
        if isinstance(event, str) and event in ("retry", "resume"):
            if posts_again is not None and event in posts_again:
                posts, posts_again = posts + 1, None
        elif posts_again is not None:
            raise InvalidEvents(f"the answer {event!r} comes while no post is outstanding")
        elif not may_repost(event):  # type: ignore[arg-type]
            posts_again = ()
        else:
            fatal = classify(event) is _FATAL  # type: ignore[arg-type]
            posts_again = ("resume",) if fatal else ("retry", "resume")
    return posts


def _status_code(value: SupportsIndex) -> int:
    if not isinstance(value, bool):
        try:
            code = operator.index(value)
        except TypeError:
            pass
        else:
            if 0 <= code <= 999:
                return code
    raise NotAStatusCode(f"{value!r} is not a status code: an integer from 0 to 999 is")
