"""What ends a run before it has a verdict."""


class CannotRun(Exception):
    """The check could not be run: bad arguments, no such target, an unusable candidate (exit 2).

    The message is one or two lines that say what is wrong and what to do.
    """
