"""What the project depends on: every dependency has a lower bound."""

import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def direct_dependencies() -> list[Requirement]:
    """Return what pyproject.toml names: to build, to run, and for each extra."""
    project, to_build = PROJECT["project"], PROJECT["build-system"]["requires"]
    named = chain(to_build, project["dependencies"], *project["optional-dependencies"].values())
    requirements = [Requirement(text) for text in named]
    return [requirement for requirement in requirements if requirement.name != "bitsspec"]


@pytest.mark.parametrize("dependency", direct_dependencies(), ids=str)
def test_a_dependency_has_a_lower_bound(dependency: Requirement) -> None:
    assert ">=" in [specifier.operator for specifier in dependency.specifier]
