"""The face of plain HTTP: a post is a complete PUT, POST or PATCH."""

from bitsspec.wire.cases import Case, Cases, Post
from bitsspec.wire.exchanges import Answer, Exchange, Request

METHODS = ("PUT", "POST", "PATCH")


class PlainFace:
    """Answers each post as its case says, and all else with 200."""

    keeps_alive = False

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    def begin(self, request: Request) -> Exchange:
        """Return the exchange of a post, or of another request."""
        case = self._cases.of(request.path)
        return _Posting(case) if request.method in METHODS else Kindly(case)

    def refuse(self, status: int, _why: str) -> Answer:
        """Return the answer to what is no request."""
        return Answer(status)


class Kindly:
    """A request that posts nothing: it is counted apart and answered 200."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def receive(self, data: bytes) -> None:
        """Drop it."""

    def end(self) -> Answer:
        """Count it."""
        self._case.others += 1
        return Answer(200)

    def give_up(self) -> None:
        """Do nothing: it is no post."""


class _Posting:
    def __init__(self, case: Case) -> None:
        self._case = case
        self._size = 0
        self._post: Post | None = None

    def receive(self, data: bytes) -> None:
        self._size += len(data)

    def end(self) -> Answer:
        self._post = self._case.post(self._size)
        return Answer(self._post.answered)

    def give_up(self) -> None:
        self._case.broken = True
        if self._post is not None:
            self._post.whole = False
