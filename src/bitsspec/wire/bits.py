"""The face of BITS: a post is when the server has the whole file and asks the server application."""

from collections.abc import Awaitable

from bitsspec.wire.application import Application
from bitsspec.wire.cases import Case, Cases, Post
from bitsspec.wire.exchanges import Answer, Exchange, Kindly, Request
from bitsspec.wire.sessions import Bounds, Fragment, Question, Session, Sessions, refusal
from bitsspec.wire.storing import NOT_STORED, Store, Upload


class BitsFace:
    """Receives files in sessions, and asks an application about them: that of the case, or a real one."""

    keeps_alive = True

    def __init__(
        self,
        cases: Cases,
        *,
        bounds: Bounds | None = None,
        store: Store | None = None,
        application: Application | None = None,
    ) -> None:
        self._cases = cases
        self._store = store
        self._application = application
        self._uploads: dict[Session, Upload] = {}
        self._sessions = Sessions(bounds, on_gone=self._forget)

    def begin(self, request: Request) -> Exchange:
        """Return the exchange of a packet, or of another request."""
        case = self._cases.of(request.path)
        if not request.is_packet:
            return Kindly(case, "nothing: it is not a BITS packet")
        begun = self._sessions.begin(request)
        return _Receiving(self, begun) if isinstance(begun, Fragment) else _Acknowledging(begun)

    def refuse(self, status: int, why: str) -> Answer:
        """Return the answer to what is not a request."""
        return refusal(status, why)

    def close(self) -> None:
        """End all sessions, and delete the files that are not whole."""
        self._sessions.clear()

    def case_of(self, session: Session) -> Case:
        """Return the case that a session belongs to."""
        return self._cases.of(session.path)

    def upload_of(self, session: Session) -> Upload | None:
        """Return where the file of a session is stored; None where nobody wants it."""
        if self._store is None:
            return None
        if session not in self._uploads:
            self._uploads[session] = self._store.new(session.path)
        return self._uploads[session]

    def ask(self, session: Session, post: Post) -> Answer | Awaitable[Answer]:
        """Return the Ack that carries what the application makes of a file."""
        if self._application is not None:
            return self._ask_for_real(self._application, session, post)
        return self._answered(session, post.answered)

    async def _ask_for_real(self, application: Application, session: Session, post: Post) -> Answer:
        upload = self.upload_of(session)
        assert upload is not None
        assert upload.path is not None
        post.answered = await application.post(session.url, upload.path)
        return self._answered(session, post.answered)

    def _answered(self, session: Session, status: int) -> Answer:
        upload = self._uploads.get(session)
        kept = status != 200 or upload is None or upload.keep()
        return session.answered(status if kept else NOT_STORED)

    def _forget(self, session: Session) -> None:
        upload = self._uploads.pop(session, None)
        if upload is not None:
            upload.drop()


class _Acknowledging:
    """A packet whose Ack was known when its head had come."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def receive(self, data: bytes) -> None:
        """Drop it."""

    def end(self) -> Answer:
        return self._answer

    def give_up(self) -> None:
        """Do nothing: the client asks again."""


class _Receiving:
    """A fragment."""

    def __init__(self, face: BitsFace, fragment: Fragment) -> None:
        self._face = face
        self._fragment = fragment
        self._upload = face.upload_of(fragment.session)
        self._post: Post | None = None

    def receive(self, data: bytes) -> None:
        offset, new = self._fragment.receive(data)
        if self._upload is not None and new and not self._upload.write(offset, new):
            self._fragment.fail(offset)

    def end(self) -> Answer | Awaitable[Answer]:
        self._pause()
        outcome = self._fragment.end()
        if not isinstance(outcome, Question):
            return outcome
        session = outcome.session
        self._post = self._face.case_of(session).post(session.received)
        return self._face.ask(session, self._post)

    def give_up(self) -> None:
        """Void the case if its answer is lost; what is lost before is sent again, as BITS means it to be."""
        self._pause()
        if self._post is not None:
            self._post.whole = False
            self._face.case_of(self._fragment.session).broken = True

    def _pause(self) -> None:
        if self._upload is not None:
            self._upload.pause()
