"""The face of plain HTTP: a post is a complete PUT, POST or PATCH."""

from bitsspec.wire.advice import after
from bitsspec.wire.cases import Case, Cases, Post
from bitsspec.wire.exchanges import Answer, Exchange, Kindly, Request
from bitsspec.wire.storing import NOT_STORED, Store

METHODS = ("PUT", "POST", "PATCH")


class PlainFace:
    """Answers each post as its case says, and all else with 200."""

    keeps_alive = False

    def __init__(self, cases: Cases, *, store: Store | None = None) -> None:
        self._cases = cases
        self._store = store

    def begin(self, request: Request) -> Exchange:
        """Return the exchange of a post, or of another request."""
        case = self._cases.of(request.path)
        if request.is_packet:
            return Kindly(case, "nothing: it is a BITS packet, and this server speaks plain HTTP")
        return _Posting(case, request, self._store) if request.method in METHODS else Kindly(case)

    def refuse(self, status: int, why: str) -> Answer:
        """Return the answer to what is not a request."""
        return Answer(status, then=f"stop: {why}")

    def close(self) -> None:
        """Do nothing: nothing outlives a connection."""


class _Posting:
    def __init__(self, case: Case, request: Request, store: Store | None) -> None:
        self._case = case
        self._size = 0
        self._post: Post | None = None
        self._upload = store.new(request.path) if store else None
        self._stored = True

    def receive(self, data: bytes) -> None:
        if self._upload is not None and self._stored:
            self._stored = self._upload.write(self._size, data)
        self._size += len(data)

    def end(self) -> Answer:
        self._post = self._case.post(self._size)
        if self._upload is not None:
            if self._post.answered == 200 and not (self._stored and self._upload.keep()):
                self._post.answered = NOT_STORED
            self._upload.drop()
        return Answer(self._post.answered, then=after(self._post.answered), posted=True)

    def give_up(self) -> None:
        self._case.broken = True
        if self._post is not None:
            self._post.whole = False
        if self._upload is not None:
            self._upload.drop()
