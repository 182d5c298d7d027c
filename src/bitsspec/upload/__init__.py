"""A client of the BITS upload protocol, for every platform: the reference on the wire.

`Job` is for programs: an upload with the states, the errors and the delays of BITS. `upload` is one function
that uploads some bytes without waiting long. What either makes of an answer, `bitsspec.reference` says.
"""

from bitsspec.upload.http import Http, Lost, Transport
from bitsspec.upload.job import InvalidState, Job
from bitsspec.upload.simple import UploadError, upload
from bitsspec.upload.sources import Bytes, File, Source, Unreadable
from bitsspec.upload.vocabulary import JobError, JobState

__all__ = [
    "Bytes",
    "File",
    "Http",
    "InvalidState",
    "Job",
    "JobError",
    "JobState",
    "Lost",
    "Source",
    "Transport",
    "Unreadable",
    "UploadError",
    "upload",
]
