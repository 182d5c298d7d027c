"""Where uploads are stored: in one folder, under names that no URL can lead out of it."""

import contextlib
import re
import tempfile
from io import FileIO
from itertools import count
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

from bitsspec.errors import CannotRun, why

LONGEST_NAME = 80
PART = ".part"
NOT_STORED = 500
"""The status where a file could not be stored."""
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


class Store:
    """A folder of uploads; without one, a temporary folder for as long as the store is open."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises `CannotRun` where ``folder`` cannot be written to."""
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._numbers = count(1)
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="bitsspec-", ignore_cleanup_errors=True)
            self._folder = Path(self._temporary.name)
            return
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise CannotRun(
                f"{folder}: uploads cannot be stored there: {why(error)}\nname another folder"
            ) from error

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def new(self, path: str) -> "Upload":
        """Return where a file that is uploaded to ``path``, of a URL, will be stored."""
        return Upload(self._folder, name_in(path), self._numbers)


class Upload:
    """One file that is being received, and perhaps kept; it is made when its first bytes come."""

    def __init__(self, folder: Path, name: str, numbers: "count[int]") -> None:
        self._folder = folder
        self._name = name
        self._numbers = numbers
        self._file: FileIO | None = None
        self._kept = False
        self.path: Path | None = None
        """Where it is now."""

    def write(self, offset: int, data: bytes) -> bool:
        """Store bytes at an offset, and return whether that succeeded."""
        if self._kept:  # the client sends the file once more
            self.path, self._kept = None, False
        try:
            if self._file is None:
                self._file = self._create() if self.path is None else self.path.open("r+b", buffering=0)
            self._file.seek(offset)
            return self._file.write(data) == len(data)
        except OSError:
            return False

    def pause(self) -> None:
        """Have the file closed until more comes."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def keep(self) -> bool:
        """Keep the file, under its last name, and return whether that succeeded; it may be empty."""
        stored = self.path is not None or self.write(0, b"")
        self.pause()
        if not stored or self.path is None:
            return False
        if not self._kept:
            try:
                self.path = self.path.rename(self.path.with_name(self.path.name.removesuffix(PART)))
            except OSError:
                return False
            self._kept = True
        return True

    def drop(self) -> None:
        """Delete the file, unless it is kept."""
        self.pause()
        if self.path is not None and not self._kept:
            with contextlib.suppress(OSError):
                self.path.unlink()
            self.path = None

    def _create(self) -> FileIO:
        """Return a new file with a number of its own, so that it takes the place of no other."""
        while True:
            path = self._folder / f"{next(self._numbers):04}-{self._name}{PART}"
            if not path.with_name(path.name.removesuffix(PART)).exists():
                try:
                    file = path.open("xb", buffering=0)
                except FileExistsError:
                    continue
                self.path = path
                return file


def name_in(path: str) -> str:
    """Return the file name in the path of a URL, of characters that mean nothing to any file system."""
    last = unquote(path.partition("?")[0].rstrip("/")).replace("\\", "/").rpartition("/")[2]
    return _ODD.sub("_", last)[-LONGEST_NAME:].strip(".") or "upload"
