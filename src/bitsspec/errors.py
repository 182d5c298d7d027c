"""What ends a run before it has a verdict."""


class CannotRun(Exception):
    """The check could not be run: bad arguments, no such target, an unusable candidate (exit 2).

    The message is one or two lines that say what is wrong and what to do.
    """


class Interrupted(Exception):
    """The run was interrupted; ``report`` is the `Report` of what was judged until then."""

    def __init__(self, report: object) -> None:
        super().__init__("interrupted")
        self.report = report
