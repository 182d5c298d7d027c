"""What the pages for users show is what there is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bitsspec import baseline
from bitsspec.spec import CLAUSES
from tests.support.documented import blocks
from tests.support.in_process import invoke
from tests.support.tools import need

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CANDIDATES = ROOT / "docs" / "candidates.md"


def test_the_readme_is_short_and_its_lines_fit_a_screen() -> None:
    lines = README.splitlines()
    assert len(lines) < 200
    assert [line for line in lines if len(line) > 110] == []
    assert (ROOT / "docs" / "report.png").stat().st_size < 150_000


def test_the_awk_program_conforms(project: Path) -> None:
    need("awk")
    program = blocks(CANDIDATES, "As a program in any language")["awk"]
    (project / "bits.awk").write_text(program, encoding="utf-8")
    target = re.search(r'bitsspec check "(exec:.*?)" --strict', program)
    assert target
    done = invoke("check", target[1], "--strict", "-q")
    assert done.exit_code == 0, done.output


def test_the_table_conforms(project: Path) -> None:
    (project / "bits.csv").write_text(blocks(CANDIDATES, "As a table")["csv"], encoding="utf-8")
    done = invoke("check", "table:bits.csv", "-q")
    assert done.exit_code == 0, done.output


def test_the_baseline_shown_is_valid(tmp_path: Path) -> None:
    shown = blocks(ROOT / "docs" / "baselines.md", "Baselines")["toml"]
    (tmp_path / "accepted.toml").write_text(shown, encoding="utf-8")
    first, posts = baseline.read(tmp_path / "accepted.toml")
    assert first.codes == (429, *range(440, 450))
    assert (posts.codes, posts.after) == ((403,), "resume")


def test_the_table_lists_every_clause_with_its_level() -> None:
    rows = re.findall(r"^\| `(BITS-\w+)` \|.*\| (must|should)", README, re.MULTILINE)
    assert rows == [(clause.id, clause.level) for clause in CLAUSES]


@pytest.mark.parametrize("rules", [(), ("--select=E4,E7,E9,F",)], ids=["its own defaults", "older defaults"])
def test_ruff_has_nothing_against_what_a_project_is_shown_and_given(
    rules: tuple[str, ...], project: Path
) -> None:
    pytest.importorskip("ruff", reason="needs the extra lint")
    invoke("init")
    for page, heading in (("README.md", "The first hour"), ("docs/pytest.md", "bitsspec in pytest")):
        shown = blocks(ROOT / page, heading)["python"]
        (project / f"shown_in_{Path(page).stem}.py").write_text(shown, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", *rules, "."]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


PAGES = [*sorted(path.name for path in ROOT.glob("*.md")), "docs", "spec", "examples"]


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    start = ROOT / page
    pages = [path for path in start.rglob("*.md") if "node_modules" not in path.parts] or [start]
    for path in pages:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
            assert "://" in link or (path.parent / link).exists(), f"{path.name} links to {link}"
