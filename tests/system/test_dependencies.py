"""What the project depends on, what that brings along, and where each version is stated."""

import re
import tomllib
from importlib.metadata import distribution, distributions
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BASE: list[str] = PROJECT["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
PINNED = ("mypy", "ruff")


def direct_dependencies() -> list[Requirement]:
    """Return what pyproject.toml names: to build, to run, and for each extra."""
    requirements = map(Requirement, chain(PROJECT["build-system"]["requires"], BASE, *EXTRAS.values()))
    return [each for each in requirements if each.name not in ("bitsspec", *PINNED)]


@pytest.mark.parametrize("dependency", direct_dependencies(), ids=str)
def test_a_dependency_has_a_lower_bound(dependency: Requirement) -> None:
    assert ">=" in [specifier.operator for specifier in dependency.specifier]


def brought_along(names: list[str]) -> set[str]:
    """Return the distributions that these need, with all that those need, as far as they are here."""
    here = {canonicalize_name(each.metadata["Name"]) for each in distributions()}
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found and name in here:
            found.add(name)
            needed = map(Requirement, distribution(name).requires or ())
            names += [
                canonicalize_name(each.name)
                for each in needed
                if each.marker is None or each.marker.evaluate({"extra": ""})
            ]
    return found


def test_installing_it_brings_no_pytest_plugin_but_its_own_and_hypothesis() -> None:
    brought = brought_along([canonicalize_name(Requirement(text).name) for text in BASE])
    assert {"pytest", "hypothesis", "click"} <= brought
    plugins = {name for name in brought if distribution(name).entry_points.select(group="pytest11")}
    assert plugins == {"hypothesis"}


def test_ruff_and_mypy_are_pinned_in_the_lint_extra_and_nowhere_else() -> None:
    pins = [each for each in EXTRAS["lint"] if Requirement(each).name in PINNED]
    assert [re.fullmatch(r"(\w+)==[\d.]+", pin) is not None for pin in pins] == [True, True]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for text in (hooks, (ROOT / ".ci/run").read_text(encoding="utf-8")):
        assert not re.search(r"(ruff|mypy)\s*[=>~]=", text)
    (local,) = yaml.safe_load(hooks)["repos"]
    assert local["repo"] == "local"
    assert {hook["language"] for hook in local["hooks"]} == {"system"}


def test_the_workflow_runs_everything_on_each_system_and_audits_what_it_installs() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    versions = [
        text.rpartition(" ")[2]
        for text in PROJECT["project"]["classifiers"]
        if re.search(r":: 3\.\d+$", text)
    ]
    assert jobs["checks"]["strategy"]["matrix"]["python"] == (versions or ["3.11", "3.12", "3.13", "3.14"])
    runs = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    assert "bash .ci/run" in runs["checks"]
    assert "pytest -n auto --slow" in runs["checks"]
    assert "pytest -n auto --slow" in runs["lowest"]
    assert "lowest-direct" in runs["lowest"]
    assert "pip_audit" in runs["audit"]
    assert "requirements" not in runs["audit"]
