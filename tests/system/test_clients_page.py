"""Whether the page about live clients is right: its clients are taken from it and judged."""

from pathlib import Path

import pytest

from tests.support.documented import blocks, departures, follow, path_of

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"
CLIENTS = {
    "A command": ("sh", "", "curl"),
    "A Python function": ("python", "my_upload.py", ""),
    "Node.js": ("javascript", "upload.mjs", "node"),
    "PowerShell": ("powershell", "upload.ps1", "pwsh"),
}


@pytest.mark.parametrize("heading", CLIENTS)
def test_a_client_on_the_page_is_judged_by_its_command(heading: str, project: Path) -> None:
    language, name, tool = CLIENTS[heading]
    found = blocks(PAGE, heading)
    if tool:
        path_of(tool)
    if name:
        (project / name).write_text(found[language], encoding="utf-8")
    report = follow(found["sh"], project)
    assert report["complete"]
    at_409 = [each["got"] for each in departures(report)["BITS-4XX"] if each["input"] == 409]
    assert at_409 == ["fatal"]
