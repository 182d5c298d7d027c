"""What a BITS client must do now that the server application has answered, in a line."""

from bitsspec.reference import classify, may_repost
from bitsspec.spec.vocabulary import Outcome

_AFTER = {
    Outcome.SUCCESS: "success: nothing more",
    Outcome.TRANSIENT: "transient error: post again by itself after the retry delay",
    Outcome.FATAL: "fatal error: stop, and post again only if the application calls Resume",
}


def after(status: int) -> str:
    """Return what follows from an answer, ``status`` being its code from 0 to 999."""
    if status != 200 and not may_repost(status):
        return "fatal error: stop, and never post this file again"
    return _AFTER[classify(status)]
