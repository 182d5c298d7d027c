"""Reports as files: what stands at the path before, meanwhile and afterwards."""

import json
import os
from pathlib import Path

import pytest

from bitsspec.errors import CannotRun
from bitsspec.report.files import check_folder, check_writable, read, replace_file, write
from bitsspec.report.model import Report, in_full

REPORT = Report("t", False, 0, ["classify"], in_full([]), 0)


@pytest.mark.parametrize(("content", "written"), [("größe\n", "größe\n".encode()), (b"\r\n\0", b"\r\n\0")])
def test_text_and_bytes_are_written_as_they_are(content: str | bytes, written: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("earlier, and longer than what comes", encoding="utf-8")
    replace_file(path, content)
    assert path.read_bytes() == written
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444, 0o755])
def test_a_file_keeps_its_permissions(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.touch()
    path.chmod(mode)
    replace_file(path, "text")
    assert path.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o000, 0o666)])
def test_a_new_file_gets_the_permissions_that_the_process_gives(mask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        replace_file(tmp_path / "report", "text")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert (tmp_path / "report").stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few accounts make links")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "report", tmp_path / "link"
    target.touch()
    link.symlink_to(target)
    replace_file(link, "text")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "text"


def test_what_cannot_be_written_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("earlier", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"report: cannot be written: .*surrogates not allowed"):
        replace_file(path, "\ud800")
    with pytest.raises(CannotRun, match="cannot be written: ") as raised:
        replace_file(tmp_path / "absent" / "report", "text")
    assert "[Errno" not in str(raised.value)
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotRun, match="folder: cannot be written: ") as raised:
        replace_file(tmp_path / "folder", "text")
    assert "[Errno" not in str(raised.value)
    assert path.read_text(encoding="utf-8") == "earlier"
    assert sorted(tmp_path.iterdir()) == [tmp_path / "folder", path]


def test_an_interruption_leaves_the_earlier_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report"
    path.write_text("earlier", encoding="utf-8")

    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, "text")
    assert path.read_text(encoding="utf-8") == "earlier"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".json", ".xml", ".html", ".md", ".JSON"])
def test_the_suffix_names_the_format_in_any_letter_case(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"report{suffix}"
    check_writable([path])
    write(REPORT, path)
    first = {".json": "{", ".xml": "<testsuites", ".html": "<!doctype html>", ".md": "## bitsspec:"}
    assert path.read_text(encoding="utf-8").lower().startswith(first[suffix.lower()])


@pytest.mark.parametrize("name", ["report.txt", "report", "json"])
def test_any_other_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"a report ends in \.json, \.html, \.md, \.xml"):
        check_writable([tmp_path / "good.json", tmp_path / name])
    with pytest.raises(CannotRun, match="there is no directory"):
        check_folder(tmp_path / "absent" / name)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"clauses": []}', "[" * 100_000, '{"target": 1e999}', "null", "\x00"]
)
def test_what_is_no_report_is_not_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRun, match=r"other\.json: is no JSON report of bitsspec: raised "):
        read(path)


@pytest.mark.parametrize(
    ("spoiled", "raised"),
    [
        ({"codes_asked": float("inf")}, "OverflowError"),
        ({"clauses": [{}]}, "KeyError"),
        ({"clauses": 1}, "TypeError"),
        ({"seed": "seven"}, "ValueError"),
        ({"clauses": [{"id": "BITS-4XX", "result": "passed", "checked": 1, "departures": [1]}]}, "TypeError"),
    ],
)
def test_a_report_with_something_else_in_a_field_is_not_read(
    spoiled: dict[str, object], raised: str, tmp_path: Path
) -> None:
    path = tmp_path / "spoiled.json"
    path.write_text(json.dumps(REPORT.as_json() | spoiled), encoding="utf-8")
    with pytest.raises(CannotRun, match=f"is no JSON report of bitsspec: raised {raised}"):
        read(path)


def test_a_report_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"absent\.json: cannot be read: No such file or directory"):
        read(tmp_path / "absent.json")
