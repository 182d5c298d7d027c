"""Files that a user names: read and written with errors that name them."""

import contextlib
import os
import tempfile
from pathlib import Path

from bitsspec.errors import CannotRun


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file; raises `CannotRun` where that is not possible."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path}: is not UTF-8 text: {error}") from error
    except (OSError, ValueError) as error:  # a path with a null character is a ValueError
        raise CannotRun(f"{path}: cannot be read: {_why(error)}") from error


def check_folder(path: Path) -> None:
    """Raise `CannotRun` where ``path`` lies in no directory."""
    if not path.parent.is_dir():
        raise CannotRun(f"{path}: there is no directory {path.parent}")


def replace_file(path: Path, content: str | bytes) -> None:
    """Write ``content`` beside ``path`` and move it there; raises `CannotRun` where that fails."""
    path = path.resolve() if path.is_symlink() else path
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".bitsspec-")
    except OSError as error:
        raise CannotRun(f"{path}: cannot be written: {_why(error)}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(beside).chmod(_mode(path))
        Path(beside).replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        if not isinstance(error, OSError | ValueError):
            raise
        raise CannotRun(f"{path}: cannot be written: {_why(error)}") from error


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _mode(path: Path) -> int:
    """Return the permissions of ``path``, or those that a new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
