"""The words of a job, as ``bits.h`` and Microsoft's pages on ``IBackgroundCopyJob`` have them."""

from dataclasses import dataclass
from enum import IntEnum

from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE, ErrorContext, Outcome
from bitsspec.text import show_hresult
from bitsspec.windows_errors import describe


class JobState(IntEnum):
    """``BG_JOB_STATE`` of ``bits.h``."""

    QUEUED = 0
    CONNECTING = 1
    TRANSFERRING = 2
    SUSPENDED = 3
    ERROR = 4
    TRANSIENT_ERROR = 5
    TRANSFERRED = 6
    ACKNOWLEDGED = 7
    CANCELLED = 8

    @property
    def symbol(self) -> str:
        """Its name in ``bits.h``."""
        return f"BG_JOB_STATE_{self.name}"


@dataclass(frozen=True)
class JobError:
    """What ``IBackgroundCopyError::GetError`` says of a job, and what the job makes of it."""

    outcome: Outcome
    """``TRANSIENT`` or ``FATAL``."""
    context: ErrorContext
    hresult: int
    status: int | None = None
    """The status code of the answer, where there was one."""
    may_resume: bool = True
    """Whether ``Resume`` may have the file posted again; not after the server application's 403."""

    def __str__(self) -> str:
        return (
            f"{self.outcome} error: context {self.where}, HRESULT {show_hresult(self.hresult)} ({self.what})"
        )

    @property
    def where(self) -> str:
        """The context with its name in ``bits.h``."""
        return f"{self.context:d} BG_ERROR_CONTEXT_{self.context.name}"

    @property
    def what(self) -> str:
        """What the HRESULT means, and the status code of the answer."""
        if self.hresult >> 16 == HTTP_HRESULT_BASE >> 16:
            return f"status code {self.hresult & 0xFFFF:03d}"
        what = describe(self.hresult) or "an error that is not listed"
        return f"{what}; status code {self.status:03d}" if self.status is not None else what
