"""What is uploaded: a file, or bytes in memory."""

import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Protocol

from bitsspec.spec.vocabulary import ErrorContext, Outcome
from bitsspec.upload.vocabulary import JobError
from bitsspec.windows_errors import named


class Unreadable(Exception):
    """The file cannot be read; ``error`` is what a job says of it."""

    def __init__(self, name: str) -> None:
        """``name`` is that of the error in Microsoft's headers."""
        super().__init__(name)
        self.error = JobError(Outcome.FATAL, ErrorContext.LOCAL_FILE, named(name) or 0)


class Source(Protocol):
    """Some bytes that do not change."""

    name: str
    """What the server is told of where they come from; no path."""
    size: int

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from ``start`` to ``stop``; raises `Unreadable` where that is not possible."""


class Bytes:
    """Bytes in memory."""

    def __init__(self, data: bytes, name: str = "data") -> None:
        self.name = name
        self.size = len(data)
        self._data = data

    def read(self, start: int, stop: int) -> bytes:
        """Return a part of them."""
        return self._data[start:stop]


class File:
    """A file, held open until the end of ``with`` or `close`; it may not change meanwhile."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where it cannot be opened, ValueError where it is not a regular file."""
        if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait for who writes into it
            raise ValueError(f"{path} is not a regular file")
        self._file = path.open("rb")
        self.name = path.name
        self._state = self._look()
        self.size = self._state[0]

    def __enter__(self) -> "File":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        self._file.close()

    def read(self, start: int, stop: int) -> bytes:
        """Return a part of it; raises `Unreadable` where it changed since it was opened."""
        try:
            self._file.seek(start)
            data = self._file.read(stop - start)
            unchanged = self._look() == self._state
        except OSError as error:
            raise Unreadable("ERROR_READ_FAULT") from error
        if not unchanged or len(data) != stop - start:
            raise Unreadable("BG_E_LOCAL_FILE_CHANGED")
        return data

    def _look(self) -> tuple[int, int]:
        state = os.fstat(self._file.fileno())
        return state.st_size, state.st_mtime_ns
