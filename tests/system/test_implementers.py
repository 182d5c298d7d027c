"""Whether the page for implementers is right: its programs are taken from it, built and run."""

import subprocess
from pathlib import Path

import pytest

from tests.support.documented import blocks, departures, follow, run_all
from tests.support.tools import need

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "implementers.md"

PROGRAMS = {
    "C#": ("csharp", "candidate.cs"),
    "PowerShell": ("powershell", "candidate.ps1"),
    "Go": ("go", "candidate.go"),
    "Rust": ("rust", "candidate.rs"),
    "C": ("c", "candidate.c"),
    "JavaScript": ("javascript", "candidate.js"),
}


def save(heading: str, language: str, path: Path) -> str:
    """Write the program below a heading to a file; return the commands that go with it."""
    found = blocks(PAGE, heading)
    path.write_text(found[language], encoding="utf-8")
    return found["sh"]


@pytest.mark.parametrize("heading", PROGRAMS)
def test_a_program_on_the_page_conforms(heading: str, tmp_path: Path) -> None:
    language, name = PROGRAMS[heading]
    report = follow(save(heading, language, tmp_path / name), tmp_path)
    assert departures(report) == {}
    assert report["strict"]
    assert report["capabilities"] == ["classify", "repost", "context", "hresult"]


@pytest.mark.parametrize(
    ("heading", "language", "program", "vectors", "right"),
    [
        (
            "JavaScript, with the JSON file",
            "javascript",
            "vectors.test.js",
            "vectors.json",
            '"status": 429, "outcome": "fatal"',
        ),
        ("Rust, with the CSV file", "rust", "vectors.rs", "vectors.csv", "429,fatal"),
    ],
    ids=["JSON", "CSV"],
)
def test_a_test_on_the_page_passes_on_the_vectors_and_on_no_others(
    heading: str, language: str, program: str, vectors: str, right: str, tmp_path: Path
) -> None:
    commands = save(heading, language, tmp_path / program)
    text = (ROOT / "spec" / vectors).read_text(encoding="utf-8")
    assert right in text
    wrong = right.replace("fatal", "transient")
    (tmp_path / vectors).write_text(text, encoding="utf-8")
    run_all(commands, tmp_path)
    (tmp_path / vectors).write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(AssertionError, match="429"):
        run_all(commands, tmp_path)


def test_the_answers_in_the_table_of_the_protocol_are_given(tmp_path: Path) -> None:
    save("JavaScript", "javascript", tmp_path / "candidate.js")
    programs = (tmp_path / "candidate.js", ROOT / "examples" / "programs" / "classify.js")
    table = PAGE.read_text(encoding="utf-8").partition("| request | answer | |\n")[2].partition("\n\n")[0]
    rows = [row.split("|")[1:3] for row in table.splitlines()[1:]]
    assert len(rows) == 6
    asked = [
        (request.strip(" `"), answer.strip(" `"))
        for requests, answer in rows
        for request in requests.split(",")
    ]
    lines = "".join(f"{request}\n" for request, _ in asked)
    given = [
        subprocess.run(
            [need("node"), program], input=lines, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for program in programs
    ]
    for (request, answer), *answers in zip(asked, *given, strict=True):
        assert answer in answers, request
