"""A job: one upload with its states, its error and its patience, as ``IBackgroundCopyJob`` has them.

From "Life Cycle of a BITS Job", "Handling Errors", and the pages of ``IBackgroundCopyJob``'s methods
``SetMinimumRetryDelay``, ``SetNoProgressTimeout``, ``Resume``, ``Cancel`` and ``Complete``.
"""

import time
from collections.abc import Callable
from typing import Any

from bitsspec.spec.vocabulary import Outcome
from bitsspec.upload.acks import Ack, Reading, Step, read
from bitsspec.upload.http import Http, Lost, Transport
from bitsspec.upload.session import Request, Session
from bitsspec.upload.sources import Bytes, Source, Unreadable
from bitsspec.upload.vocabulary import JobError, JobState

MINIMUM_RETRY_DELAY_S = 600.0
LEAST_RETRY_DELAY_S = 5.0
"""A shorter delay is lengthened to this."""
NO_PROGRESS_TIMEOUT_S = 1_209_600.0
"""14 days."""
CANCEL_S = 2.0
"""How long the server has to take a Cancel-Session: a user who cancels does not want to wait."""
CANCEL_TRIES = 2


class InvalidState(Exception):
    """The job is over, and what was called is for one that is not (``BG_E_INVALID_STATE``)."""


class Job:
    """Uploads a file by the BITS upload protocol; `run` does it, and nothing goes on outside of it.

    One thread at a time may use it. ``state`` is what ``GetState`` returns, ``error`` what ``GetError`` does
    (None without one), ``error_count`` what ``GetErrorCount`` does.
    """

    def __init__(
        self,
        url: str,
        source: Source | bytes,
        *,
        minimum_retry_delay: float = MINIMUM_RETRY_DELAY_S,
        no_progress_timeout: float = NO_PROGRESS_TIMEOUT_S,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] = time.sleep,
        notify: Callable[["Job"], Any] | None = None,
    ) -> None:
        """``notify`` is called whenever the state or the progress changes; the delays are in seconds.

        ``minimum_retry_delay`` is 5 at least; beyond ``no_progress_timeout`` nothing is tried twice.
        Raises ValueError for a URL that `Http` does not take, and for an empty file.
        """
        self._source = Bytes(source) if isinstance(source, bytes) else source
        if not self._source.size:
            raise ValueError("an empty file cannot be uploaded: a Fragment names the bytes that it has")
        self._transport = transport or Http(url, clock=clock)
        self._session = Session(self._source.size, self._source.name)
        self.minimum_retry_delay = max(LEAST_RETRY_DELAY_S, minimum_retry_delay)
        self.no_progress_timeout = no_progress_timeout
        self._clock, self._sleep, self._notify = clock, sleep, notify
        self._failing_since: float | None = None
        self.state = JobState.QUEUED
        self.error: JobError | None = None
        self.error_count = 0

    @property
    def bytes_transferred(self) -> int:
        """How many bytes the server has acknowledged."""
        return self._session.progress

    @property
    def bytes_total(self) -> int:
        """How many bytes the file has."""
        return self._session.total

    def run(self, *, once: bool = False) -> JobState:
        """Upload until the job is TRANSFERRED, in ERROR or over, and return its state.

        After a transient error it waits and tries again; with ``once`` it returns in TRANSIENT_ERROR instead.
        """
        try:
            while self.state is JobState.QUEUED or (self.state is JobState.TRANSIENT_ERROR and not once):
                if self.state is JobState.QUEUED:
                    self._try()
                elif self._wait():
                    self._queue()
                else:
                    self._move(JobState.ERROR)
        finally:
            self._transport.close()
        return self.state

    def resume(self) -> bool:
        """Queue a job with an error again, for `run`; return whether the file may be posted again.

        After the server application's 403 it may not: the job stays as it is. Raises `InvalidState` for a job
        that has been completed or cancelled.
        """
        self._check_not_over()
        if self.error is not None and not self.error.may_resume:
            return False
        if self.state in (JobState.ERROR, JobState.TRANSIENT_ERROR):
            self._failing_since = None
            self._queue()
        return True

    def cancel(self) -> None:
        """End the job, also after an exception in `run`; the server is told, if it answers soon.

        It does not withdraw a file that the server application was told of. Raises `InvalidState` for a job
        that is over.
        """
        self._check_not_over()
        self._transport.close(CANCEL_S)
        try:
            self._cancel_session()
        except Lost:
            pass
        finally:
            self._transport.close()
            self._move(JobState.CANCELLED)

    def complete(self) -> None:
        """Acknowledge that the file was transferred; raises `InvalidState` where it was not."""
        if self.state is not JobState.TRANSFERRED:
            raise InvalidState(f"the job is {self.state.name}")
        self._move(JobState.ACKNOWLEDGED)

    def _check_not_over(self) -> None:
        if self.state in (JobState.ACKNOWLEDGED, JobState.CANCELLED):
            raise InvalidState(f"the job is {self.state.name}")

    def _try(self) -> None:
        self._move(JobState.CONNECTING)
        error = self._transfer()
        if error is None:
            self.error = None
            self._move(JobState.TRANSFERRED)
            return
        self.error = error
        self.error_count += 1
        if self._failing_since is None:
            self._failing_since = self._clock()
        self._move(JobState.ERROR if error.outcome is Outcome.FATAL else JobState.TRANSIENT_ERROR)

    def _transfer(self) -> JobError | None:
        """Send packets until all is done, or an error ends this attempt."""
        while not self._session.is_done:
            request, before = self._session.request(), self._session.progress
            started = self._clock()
            try:
                ack = self._send(request)
            except Unreadable as unreadable:
                return unreadable.error
            except Lost as lost:
                self._session.lost()
                return lost.error
            error = self._session.answered(ack, self._clock() - started)
            if self._session.progress > before:
                self._failing_since = None
            if error is not None:
                return error
            self._move(JobState.TRANSFERRING)
        return None

    def _send(self, request: Request) -> Ack:
        body = self._source.read(request.start, request.stop) if request.stop else b""
        return self._transport.exchange(request.headers, body)

    def _cancel_session(self) -> None:
        request = self._session.cancellation()
        if request is None:
            return
        for _ in range(CANCEL_TRIES):
            if read(Step.CANCEL, self._send(request)) is not Reading.TRANSIENT:
                return

    def _wait(self) -> bool:
        """Wait for the retry delay; return false where the no-progress time-out ends that, and the job."""
        if self.minimum_retry_delay > self.no_progress_timeout:
            return False
        now = self._clock()
        left = (now if self._failing_since is None else self._failing_since) + self.no_progress_timeout - now
        if left < self.minimum_retry_delay:
            self._sleep(max(0.0, left))
            return False
        self._sleep(self.minimum_retry_delay)
        return True

    def _queue(self) -> None:
        self._session.reconnect()
        self._move(JobState.QUEUED)

    def _move(self, state: JobState) -> None:
        self.state = state
        if self._notify is not None:
            self._notify(self)
