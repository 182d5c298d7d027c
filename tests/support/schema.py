"""Validating a JSON report against the schema that the package ships."""

import json
from importlib import resources
from typing import Any

import jsonschema

SCHEMA = json.loads((resources.files("bitsspec.report") / "report.schema.json").read_text(encoding="utf-8"))


def valid(report: dict[str, Any]) -> dict[str, Any]:
    """Return ``report``; raises where it is not what the schema describes."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    return report
