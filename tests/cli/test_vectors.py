"""``bitsspec vectors``."""

import csv
import json
from pathlib import Path

from bitsspec import __version__
from bitsspec.spec import STATUS_CODES, outcome_due
from tests.support.command import bitsspec


def test_json_names_specification_and_version_and_lists_every_code() -> None:
    data = json.loads(bitsspec("vectors").stdout)
    assert data["bitsspec"] == __version__
    assert "Handling Server Application Errors" in data["specification"]
    assert [entry["status"] for entry in data["vectors"]] == list(STATUS_CODES)
    assert all(entry["outcome"] == outcome_due(entry["status"]) for entry in data["vectors"])
    assert data["vectors"][403] == {
        "status": 403,
        "outcome": "fatal",
        "repost": False,
        "context": 7,
        "hresult": "0x80190193",
    }
    assert data["vectors"][200]["hresult"] is None


def test_csv_is_a_table_that_conforms(tmp_path: Path) -> None:
    text = bitsspec("vectors", "--format", "csv").stdout
    (tmp_path / "vectors.csv").write_text(text, encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows[429] == {
        "status": "429",
        "outcome": "fatal",
        "repost": "yes",
        "context": "7",
        "hresult": "0x801901AD",
    }
    done = bitsspec("check", "table:vectors.csv", "--strict", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
