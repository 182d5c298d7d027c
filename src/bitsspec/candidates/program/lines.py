"""What goes over the pipe: one line for each request, and what the line that comes back says."""

from collections.abc import Sequence
from typing import Any

from bitsspec.candidates.base import NO_ANSWER, Failure
from bitsspec.candidates.fields import COLUMNS, read_field, read_number
from bitsspec.candidates.program.conversation import MOST_UNASKED_LINES, Reply
from bitsspec.spec.vocabulary import Capability
from bitsspec.text import shorten, show


def only_line(lines: Sequence[Reply]) -> Reply:
    """Return the line that is the whole answer, or the `Failure` of there being none or several."""
    return NO_ANSWER if not lines else lines[0] if len(lines) == 1 else several_lines(lines)


def after_answer(ending: Failure) -> Failure:
    """Return the `Failure` of a request that is answered, and ends the program all the same."""
    return Failure(f"answered, then {'ended' if ending == NO_ANSWER else ending.text}", ending.is_timeout)


def several_lines(lines: Sequence[Reply]) -> Failure:
    """Return the `Failure` of a request that gets two lines or more; the first three are shown."""
    shown = ", ".join(show_reply(line) for line in lines[:3])
    many = len(lines) > MOST_UNASKED_LINES
    count = f"over {MOST_UNASKED_LINES:,}" if many else f"{len(lines):,}"
    return Failure(shorten(f"printed {count} lines: {shown}{', …' if len(lines) > 3 else ''}"))


def show_reply(line: Reply) -> str:
    """Return a line in quotes, or what is wrong with it."""
    return show(line) if isinstance(line, str) else line.text


def request_for(capability: Capability, value: Any) -> str:
    """Return the line that asks about a status code, as three digits, or about a list of events."""
    if capability is Capability.POSTS:
        return " ".join(("posts", *(_word(event) for event in value)))
    return _word(value)


def _word(value: int | str) -> str:
    return f"{value:03d}" if isinstance(value, int) else value


def read_reply(capability: Capability, reply: Reply) -> Any:
    """Return what a reply says about a capability; a `Failure` where it is not an answer."""
    if isinstance(reply, Failure):
        return reply
    fields = reply.split()
    if capability is Capability.POSTS:
        count = read_number(fields[0]) if len(fields) == 1 else None
        return count if isinstance(count, int) else Failure(show(reply))
    if not 1 <= len(fields) <= len(COLUMNS):
        return Failure(show(reply))
    if isinstance(read_field(Capability.CLASSIFY, fields[0]), Failure):
        return Failure(show(reply))
    index = COLUMNS.index(capability)
    return read_field(capability, fields[index] if index < len(fields) else "")
