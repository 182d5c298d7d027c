"""What a BITS client makes of a server application's HTTP status: the reference implementation.

>>> import bitsspec
>>> str(bitsspec.classify(429))
'fatal'
"""

from bitsspec import starting

starting.start()

from bitsspec.reference import (  # noqa: E402
    InvalidEvents,
    NotAStatusCode,
    classify,
    count_posts,
    get_error,
    may_repost,
)
from bitsspec.spec.vocabulary import Outcome  # noqa: E402

__all__ = [
    "InvalidEvents",
    "NotAStatusCode",
    "Outcome",
    "__version__",
    "classify",
    "count_posts",
    "get_error",
    "may_repost",
]

__version__ = "0.2.0"

pytest_plugins = ["bitsspec.plugin"]
"""For pytest, which loads what is named here once, however often and by whichever name it is asked to."""
