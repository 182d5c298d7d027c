"""The exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """What a script may rely on; each command's ``--help`` says what its 0 and 1 mean."""

    OK = 0
    FAILED = 1
    CANNOT_RUN = 2
    GIVEN_UP = 3
    INTERRUPTED = 130
