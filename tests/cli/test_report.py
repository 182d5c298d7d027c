"""``bitsspec report``: drawing a stored report again."""

from pathlib import Path

import pytest

from bitsspec.errors import CannotRun
from bitsspec.report.files import FORMATS, read, replace_file, write
from tests.suite.test_stability import OnceAnotherCodeWasAsked
from tests.support.candidates import wrong_at
from tests.support.command import bitsspec
from tests.support.judging import judge


def test_every_format_is_drawn_from_the_stored_report_alike(tmp_path: Path) -> None:
    report = judge(wrong_at(404, 429))
    write(report, tmp_path / "stored.json")
    for suffix in FORMATS:
        write(report, tmp_path / f"first{suffix}")
        done = bitsspec("report", "stored.json", "--report", f"again{suffix}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        first, again = (tmp_path / f"{name}{suffix}" for name in ("first", "again"))
        assert again.read_text(encoding="utf-8") == first.read_text(encoding="utf-8"), suffix


def test_without_a_path_it_is_shown_in_the_terminal(tmp_path: Path) -> None:
    write(judge(wrong_at(404)), tmp_path / "stored.json")
    done = bitsspec("report", "stored.json", cwd=tmp_path)
    assert done.returncode == 0
    assert "  404: expected fatal, got transient" in done.stdout.splitlines()


def test_a_report_that_is_not_there_is_exit_code_2(tmp_path: Path) -> None:
    done = bitsspec("report", "absent.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "bitsspec: absent.json: cannot be read: No such file or directory\n"


def test_a_directory_that_is_gone_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be written"):
        replace_file(tmp_path / "gone" / "report.json", "{}")


def test_a_sequence_survives_storing(tmp_path: Path) -> None:
    report = judge(OnceAnotherCodeWasAsked, ["BITS-STABLE"])
    write(report, tmp_path / "stored.json")
    assert read(tmp_path / "stored.json").as_json() == report.as_json()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"target": "x"}', "\xff", "[" * 100_000, '{"clauses": 3}']
)
def test_what_is_no_report_is_exit_code_2(text: str, tmp_path: Path) -> None:
    (tmp_path / "stored.json").write_text(text, encoding="latin-1")
    done = bitsspec("report", "stored.json", "--report", "out.html", cwd=tmp_path)
    assert done.returncode == 2
    assert "is no JSON report of bitsspec" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.html").exists()
