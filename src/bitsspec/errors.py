"""What ends a run before it has a verdict."""


class CannotRun(Exception):
    """The check could not be run: bad arguments, no such target, an unusable candidate (exit 2).

    The message is one or two lines that say what is wrong and what to do.
    """


class Interrupted(Exception):
    """The run was interrupted; ``report`` is the `Report` of what was judged until then."""

    def __init__(self, report: object, meanwhile: str = "") -> None:
        """``meanwhile`` is what went on, such as ``while python:x was answering 404``."""
        super().__init__(f"interrupted {meanwhile}".strip())
        self.report = report


def why(error: Exception) -> str:
    """Return what an error says of its cause; of the system's the words alone, without number and path."""
    return getattr(error, "strerror", None) or str(error)
