"""The vectors: what each status code means, as data."""

import csv
import json
from importlib import resources

import jsonschema

from bitsspec import __version__, vectors
from bitsspec.spec import STATUS_CODES, outcome_due


def test_json_names_specification_and_version_and_lists_every_code() -> None:
    data = json.loads(vectors.as_json())
    schema = json.loads(
        (resources.files("bitsspec.spec") / "vectors.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)
    assert data["bitsspec"] == __version__
    assert "Handling Server Application Errors" in data["specification"]
    assert [(entry["status"], entry["outcome"]) for entry in data["vectors"]] == [
        (status, outcome_due(status)) for status in STATUS_CODES
    ]
    error = {"repost": False, "context": 7, "hresult": "0x80190193"}
    assert data["vectors"][403] == {"status": 403, "outcome": "fatal", **error}
    assert data["vectors"][200]["hresult"] is None


def test_csv_has_the_columns_of_a_table() -> None:
    rows = list(csv.DictReader(vectors.as_csv().splitlines()))
    error = {"repost": "yes", "context": "7", "hresult": "0x801901AD"}
    assert rows[429] == {"status": "429", "outcome": "fatal", **error}
