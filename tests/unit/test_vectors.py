"""The vectors that ship with the specification."""

import json
from importlib import resources

import jsonschema

from bitsspec import vectors

SHIPPED = resources.files("bitsspec.spec")


def test_the_shipped_vectors_are_what_the_command_prints() -> None:
    for name, made in (("vectors.json", vectors.as_json()), ("vectors.csv", vectors.as_csv())):
        stands = (SHIPPED / name).read_text(encoding="utf-8")
        assert stands == made, f"spec/{name} is stale: write it anew with bitsspec vectors"


def test_the_vectors_are_what_their_schema_describes() -> None:
    schema = json.loads((SHIPPED / "vectors.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(vectors.as_json()))
