"""The client as one function, which `bitsspec check bits-client:python:bitsspec.upload:upload` judges."""

import os
import time

from bitsspec.upload.job import Job
from bitsspec.upload.vocabulary import JobError

DELAY = "BITSSPEC_UPLOAD_RETRY_DELAY"
"""The variable of the environment that says how many seconds pass before the file is posted again."""
DELAY_S = 0.001
PATIENCE_S = 30.0
"""How long `upload` tries without progress."""


class UploadError(Exception):
    """The upload failed; ``context`` and ``hresult`` are what ``IBackgroundCopyError::GetError`` returns."""

    def __init__(self, error: JobError) -> None:
        super().__init__(str(error))
        self.error = error
        self.context = int(error.context)
        self.hresult = error.hresult


def upload(url: str, data: bytes, *, retry_delay: float | None = None, patience: float = PATIENCE_S) -> None:
    """Upload ``data`` (a byte at least) to ``url``, and return once the server application took it.

    After a transient error it posts the file again after ``retry_delay`` seconds, by default what the
    environment's BITSSPEC_UPLOAD_RETRY_DELAY says, or 0.001: soon, for a server that is there to judge it.
    `Job` has the delays of BITS. Raises `UploadError` after a fatal error, or ``patience`` seconds without
    progress, and ValueError for what `Job` refuses.
    """
    delay = float(os.environ.get(DELAY, DELAY_S)) if retry_delay is None else retry_delay
    job = Job(
        url,
        data,
        minimum_retry_delay=0,
        no_progress_timeout=patience,
        sleep=lambda _seconds: time.sleep(delay),
    )
    job.run()
    if job.error is not None:
        job.cancel()  # nobody will go on with this session
        raise UploadError(job.error)
