"""Files that a user names: what stands at the path before, meanwhile and afterwards."""

import os
from pathlib import Path

import pytest

from bitsspec.errors import CannotRun
from bitsspec.files import append_text, check_folder, is_a_file, read_text, replace_file

not_on_windows = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions and links")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "report"
    path.write_text("earlier, and longer than what comes", encoding="utf-8")
    return path


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"], ids=repr)
@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeff\ufeff"], ids=ascii)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_any_encoding_of_windows_and_with_any_line_ends(
    encoding: str, mark: str, line_end: str, path: Path
) -> None:
    path.write_bytes(f"{mark}a größe{line_end}b{line_end}".encode(encoding))
    assert read_text(path) == "a größe\nb\n"


@pytest.mark.parametrize("data", [b"", b"a", b"\0\0", "ö".encode()], ids=repr)
def test_a_text_of_a_letter_is_not_taken_for_another_encoding(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    assert read_text(path).encode() == data


def test_what_has_no_end_is_not_read_on_and_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bitsspec.files.LONGEST_TEXT", len(path.read_bytes()) - 1)
    with pytest.raises(CannotRun, match=r"is longer than \d+ bytes\nname a smaller file"):
        read_text(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_text_is_appended_in_the_encoding_that_the_file_has(encoding: str, path: Path) -> None:
    path.write_bytes("\ufeffä".encode(encoding))
    append_text(path, "ö", most=100)
    append_text(path, "x" * 100, most=100)
    assert path.read_bytes().decode(encoding) == "\ufeffä\n\nö"


def test_what_cannot_be_read_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"absent: cannot be read: No such file or directory$"):
        read_text(tmp_path / "absent")
    with pytest.raises(CannotRun, match=r"cannot be read: .*null"):
        read_text(Path("a\0.csv"))
    (tmp_path / "latin").write_bytes(b"\xe9")
    with pytest.raises(CannotRun, match="latin: is not text in UTF-8 or UTF-16: "):
        read_text(tmp_path / "latin")


@pytest.mark.parametrize(("content", "written"), [("größe\n", "größe\n".encode()), (b"\r\n\0", b"\r\n\0")])
def test_text_and_bytes_are_written_as_they_are(content: str | bytes, written: bytes, path: Path) -> None:
    replace_file(path, content)
    assert path.read_bytes() == written
    assert list(path.parent.iterdir()) == [path]


@not_on_windows
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444, 0o755])
def test_a_file_keeps_its_permissions(mode: int, path: Path) -> None:
    path.chmod(mode)
    replace_file(path, "text")
    assert path.stat().st_mode & 0o7777 == mode


@not_on_windows
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o000, 0o666)])
def test_a_new_file_gets_the_permissions_that_the_process_gives(mask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        replace_file(tmp_path / "report", "text")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert (tmp_path / "report").stat().st_mode & 0o7777 == mode


@not_on_windows
def test_a_link_stays_a_link(path: Path) -> None:
    link = path.parent / "link"
    link.symlink_to(path)
    replace_file(link, "text")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "text"


@not_on_windows
@pytest.mark.parametrize("linked", [False, True], ids=["itself", "by a link"])
def test_what_is_not_a_file_is_written_to_and_stays(linked: bool, tmp_path: Path) -> None:
    pipe = path = tmp_path / "pipe"
    os.mkfifo(pipe)
    if linked:
        path = tmp_path / "link"
        path.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replace_file(path, "text")
    assert os.read(reader, 100) == b"text"
    os.close(reader)
    assert pipe.is_fifo()
    assert not is_a_file(path)


@not_on_windows
def test_a_descriptor_is_written_to_where_it_stands(path: Path) -> None:
    link = path.parent / "link"
    with path.open("r+b", buffering=0) as file:
        link.symlink_to(f"/dev/fd/{file.fileno()}")
        file.write(b"kept, ")
        replace_file(link, "added")
        file.write(b", added")
    assert path.read_text(encoding="utf-8").startswith("kept, added, added")


@not_on_windows
def test_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    for use in (check_folder, is_a_file, read_text, lambda path: replace_file(path, "text")):
        with pytest.raises(CannotRun, match=r"one: cannot be .*: Too many levels of symbolic links$"):
            use(one)
    assert one.is_symlink()


def test_what_cannot_be_written_is_said_and_leaves_the_earlier_file_alone(path: Path) -> None:
    folder = path.parent / "folder"
    folder.mkdir()
    for unwritable, content in ((path, "\ud800"), (path.parent / "absent" / "report", "x"), (folder, "x")):
        with pytest.raises(CannotRun, match=f"{unwritable.name}: cannot be written: ") as raised:
            replace_file(unwritable, content)
        assert "[Errno" not in str(raised.value)
    with pytest.raises(CannotRun, match="there is no directory"):
        check_folder(path.parent / "absent" / "report")
    assert path.read_text(encoding="utf-8").startswith("earlier")
    assert sorted(path.parent.iterdir()) == [folder, path]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=repr)
def test_what_ends_the_writing_leaves_the_earlier_file_and_nothing_beside_it(
    error: BaseException, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Path, target: Path) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(CannotRun if isinstance(error, OSError) else KeyboardInterrupt):
        replace_file(path, "text")
    assert path.read_text(encoding="utf-8").startswith("earlier")
    assert list(path.parent.iterdir()) == [path]
