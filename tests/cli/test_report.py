"""``bitsspec report``: drawing a stored report again."""

from pathlib import Path

import pytest

from bitsspec.report.files import FORMATS, read, write
from bitsspec.report.model import Report
from tests.support.candidates import OnceAnotherCodeWasAsked
from tests.support.in_process import invoke
from tests.support.judging import judge
from tests.support.reports import departs, report, result

ACCEPTED = result("BITS-4XX", *departs(404, accepted="known"))
STALE = result("BITS-5XX", notes=["stale entry"])


@pytest.mark.parametrize(
    "given",
    [
        report(result("BITS-4XX", *departs(404, 429)), duration_s=1.24951),
        report(ACCEPTED, STALE, baseline="accepted.toml", strict=True),
        report(ACCEPTED, complete=False),
    ],
    ids=["departs", "with a baseline", "interrupted"],
)
def test_a_stored_report_says_the_same_again_in_every_format(given: Report, project: Path) -> None:
    write(given, project / "stored.json")
    for suffix in FORMATS:
        write(given, project / f"first{suffix}")
        done = invoke("report", "stored.json", "--report", f"again{suffix}")
        assert (done.exit_code, done.output) == (0, "")
        first, again = (project / f"{name}{suffix}" for name in ("first", "again"))
        assert again.read_bytes() == first.read_bytes(), suffix
    shown = invoke("report", "stored.json")
    assert shown.exit_code == 0
    assert shown.output.splitlines()[-1] == given.verdict()


def test_a_check_and_its_stored_report_show_the_same(project: Path) -> None:
    checked = invoke("check", "reference", "--only", "4XX", "--report", "stored.json", "--report", "first.md")
    assert invoke("report", "stored.json").output == checked.output
    assert invoke("report", "stored.json", "--report", "again.md").exit_code == 0
    assert (project / "again.md").read_bytes() == (project / "first.md").read_bytes()


@pytest.mark.usefixtures("replays_here")
def test_a_sequence_survives_storing(tmp_path: Path) -> None:
    given = judge(OnceAnotherCodeWasAsked, ["BITS-STABLE"])
    write(given, tmp_path / "stored.json")
    assert read(tmp_path / "stored.json").as_json() == given.as_json()


def test_what_is_not_a_report_is_exit_code_2_and_nothing_is_written(project: Path) -> None:
    done = invoke("report", "absent.json")
    assert done.exit_code == 2
    assert done.output == "bitsspec: absent.json: cannot be read: No such file or directory\n"
    (project / "stored.json").write_text("[]", encoding="utf-8")
    done = invoke("report", "stored.json", "--report", "out.html")
    assert done.exit_code == 2
    assert done.output.startswith("bitsspec: stored.json: is not a JSON report of bitsspec: ")
    assert not (project / "out.html").exists()
