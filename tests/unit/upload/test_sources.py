"""A file that is uploaded is read in parts, and may not change meanwhile."""

import io
from pathlib import Path
from typing import Any

import pytest

from bitsspec.upload import File, Unreadable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a file.bin"
    path.write_bytes(b"0123456789")
    return path


def test_a_file_is_read_in_parts_in_any_order(path: Path) -> None:
    with File(path) as file:
        assert (file.name, file.size) == ("a file.bin", 10)
        assert [file.read(5, 10), file.read(0, 3)] == [b"56789", b"012"]


@pytest.mark.parametrize("content", [b"01234", b"0123456789a", b"9876543210"])
def test_a_file_that_changes_is_an_error(path: Path, content: bytes) -> None:
    with File(path) as file:
        path.write_bytes(content)
        with pytest.raises(Unreadable) as raised:
            file.read(0, 10)
    assert raised.value.error.hresult == 0x8020001D


def test_a_file_that_can_no_longer_be_read_is_an_error(path: Path) -> None:
    class Failing(io.BytesIO):
        def seek(self, *args: Any) -> int:
            raise OSError(5, "Input/output error")

    with File(path) as file:
        file._file.close()
        file._file = Failing()  # type: ignore[assignment]
        with pytest.raises(Unreadable) as raised:
            file.read(0, 10)
    assert raised.value.error.hresult == 0x8007001E


def test_what_is_no_file_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="not a regular file"):
        File(path.parent)
