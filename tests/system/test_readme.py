"""What the README shows is what there is."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from bitsspec import baseline
from bitsspec.spec import CLAUSES
from tests.support.in_process import invoke
from tests.support.tools import need

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(start: str) -> str:
    """Return the code block that starts with ``start``."""
    found = re.search(rf"^```\w*\n({re.escape(start)}.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, f"no code block starts with {start!r}"
    return found[1]


@pytest.mark.parametrize("command", ["check python:examples.adapters.azure_core_retry", "explain 201"])
def test_a_shown_result_is_a_real_one(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    if "azure" in command and find_spec("azure") is None:
        pytest.skip("needs azure-core: pip install bitsspec[examples]")
    shown = block(f"$ bitsspec {command}").splitlines()[1:]
    printed = [line.strip() for line in invoke(*command.split(), COLUMNS="200").output.splitlines()]
    for line in filter(None, shown):
        wanted = line.strip().removesuffix(" ...")
        assert line == "..." or any(other.startswith(wanted) for other in printed), f"{line!r} is not printed"


def test_the_awk_program_conforms(project: Path) -> None:
    need("awk")
    (project / "bits.awk").write_text(block("# The program for:"), encoding="utf-8")
    target = re.search(r'bitsspec check "(exec:.*?)" --strict', block("# The program for:"))
    assert target
    done = invoke("check", target[1], "--strict", "-q")
    assert done.exit_code == 0, done.output


def test_the_baseline_shown_is_valid(tmp_path: Path) -> None:
    (tmp_path / "accepted.toml").write_text(block("[[accepted]]"), encoding="utf-8")
    first, posts = baseline.read(tmp_path / "accepted.toml")
    assert first.codes == (429, *range(440, 450))
    assert (posts.codes, posts.after) == ((403,), "resume")


def test_the_table_lists_every_clause_with_its_level() -> None:
    rows = re.findall(r"^\| `(BITS-\w+)` \|.*\| (must|should)", README, re.MULTILINE)
    assert rows == [(clause.id, clause.level) for clause in CLAUSES]


PAGES = [*sorted(path.name for path in ROOT.glob("*.md")), "docs", "spec", "examples"]


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    start = ROOT / page
    for path in start.rglob("*.md") if start.is_dir() else [start]:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
            assert "://" in link or (path.parent / link).exists(), f"{path.name} links to {link}"
