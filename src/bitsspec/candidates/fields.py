"""The words that programs and tables answer with, in any letter case."""

from bitsspec.candidates.base import NO_ANSWER, OUTCOME_BY_TEXT, Failure, unsigned
from bitsspec.spec.vocabulary import Capability, Outcome
from bitsspec.text import show

COLUMNS = (Capability.CLASSIFY, Capability.REPOST, Capability.CONTEXT, Capability.HRESULT)
"""The fields of an answer, in their order on a line."""

_REPOST_BY_TEXT = {"yes": True, "no": False}


def read_field(capability: Capability, text: str) -> Outcome | bool | int | Failure:
    """Read one field of an answer; what cannot be read is the `Failure` that shows it."""
    if not text:
        return NO_ANSWER
    word = text.lower()
    if capability is Capability.CLASSIFY:
        return OUTCOME_BY_TEXT.get(word) or Failure(show(text))
    if capability is Capability.REPOST:
        return _REPOST_BY_TEXT[word] if word in _REPOST_BY_TEXT else Failure(show(text))
    if capability is Capability.HRESULT and text[0] == "-":
        number = read_number(text[1:])
        return number if isinstance(number, Failure) else unsigned(-number)
    return read_number(text)


def read_number(text: str) -> int | Failure:
    """Read a decimal number, or a hexadecimal one after ``0x``."""
    digits, base = (text[2:], 16) if text[:2].lower() == "0x" else (text, 10)
    if not digits.isascii() or not digits.isalnum() or len(digits) > 20:
        return Failure(show(text))
    try:
        return int(digits, base)
    except ValueError:
        return Failure(show(text))
