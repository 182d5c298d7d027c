"""Files that a user names: read and written with errors that name them."""

import codecs
import contextlib
import os
import re
import stat
import tempfile
from pathlib import Path

from bitsspec import streams
from bitsspec.errors import CannotRun, why

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LINE_END = re.compile("\r+\n|\r")


LONGEST_TEXT = 256 * 1024 * 1024
"""Bytes of a file that is read; a device may have no end."""


def read_text(path: Path) -> str:
    r"""Return the text of a file in UTF-8 or UTF-16, with lines that end in ``\n``.

    Raises `CannotRun` where that is not possible.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_TEXT + 1)
        if len(data) > LONGEST_TEXT:
            raise CannotRun(f"{path}: is longer than {LONGEST_TEXT:,} bytes\nname a smaller file")
        text = data.decode(encoding_of(data))
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path}: is not text in UTF-8 or UTF-16: {error}\nsave it as UTF-8") from error
    except (OSError, ValueError) as error:  # a path with a null character is a ValueError
        raise CannotRun(f"{path}: cannot be read: {why(error)}") from error
    return _LINE_END.sub("\n", text.lstrip("\ufeff"))


def encoding_of(data: bytes) -> str:
    """Return the encoding of a text: what its byte order mark says, else UTF-8.

    Without a mark it is UTF-16 where one byte of its first character is 0, as in any ASCII character.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if len(data) > 1 and 0 in data[:2] and any(data[:2]):
        return "utf-16-be" if data[0] == 0 else "utf-16-le"
    return "utf-8"


def check_folder(path: Path) -> None:
    """Raise `CannotRun` where ``path`` lies in no directory, or is one of a circle of links."""
    if not path.parent.is_dir():
        raise CannotRun(f"{path}: there is no directory {path.parent}")
    _mode(path)


def is_a_file(path: Path) -> bool:
    """Say whether a regular file stands at ``path``, rather than nothing, a device or a pipe."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def replace_file(path: Path, content: str | bytes) -> None:
    """Write ``content`` beside ``path`` and move it there; raises `CannotRun` where that fails.

    What stands there and is not a regular file, such as a device or a pipe, is written to instead.
    """
    mode = _mode(path)
    try:
        data = content.encode() if isinstance(content, str) else content
        descriptor = _descriptor_at(path)
        if descriptor is not None:
            _write(os.dup(descriptor), data)
        elif mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            _write(os.open(path, os.O_WRONLY), data)
        else:
            _replace(path.resolve(), data, mode)
    except (OSError, ValueError) as error:
        raise CannotRun(f"{path}: cannot be written: {why(error)}") from error


def append_text(path: Path, text: str, *, most: int) -> None:
    """Append ``text`` in the encoding of the file, after an empty line, if all fits in ``most`` bytes.

    Raises OSError where it cannot be written.
    """
    start, size = b"", 0
    if is_a_file(path):
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    data = (("\n\n" if size else "") + text).encode(encoding_of(start))
    if size + len(data) <= most:
        _write(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666), data)


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".bitsspec-")
    try:
        _write(handle, data)
        Path(beside).chmod(_mode_of_new() if mode is None else mode & 0o777)
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _descriptor_at(path: Path) -> int | None:
    """Return the file descriptor to which ``path`` leads, such as ``/dev/stdout``; None for any other path.

    What it stands for is not opened again: a file would lose what it has, and a socket cannot be opened.
    """
    while True:
        folder = os.path.realpath(path.parent)
        if folder in ("/dev/fd", f"/proc/{os.getpid()}/fd") and path.name.isdigit():
            return streams.descriptor(int(path.name))
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()


def _mode(path: Path) -> int | None:
    """Return what stands at ``path``, None for nothing; raises `CannotRun` where that cannot be known."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CannotRun(f"{path}: cannot be used: {why(error)}") from error


def _mode_of_new() -> int:
    """Return the permissions that a new file gets."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
