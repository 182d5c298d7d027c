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
NAMED = [Requirement(text) for text in chain(PROJECT["build-system"]["requires"], BASE, *EXTRAS.values())]
PINNED = ("mypy", "ruff")


@pytest.mark.parametrize("dependency", [each for each in NAMED if each.name != "bitsspec"], ids=str)
def test_a_dependency_has_a_lower_bound_and_a_linter_one_version(dependency: Requirement) -> None:
    operators = [specifier.operator for specifier in dependency.specifier]
    assert operators == ["=="] if dependency.name in PINNED else ">=" in operators


def test_ruff_and_mypy_are_pinned_in_the_lint_extra_and_nowhere_else() -> None:
    assert {Requirement(text).name for text in EXTRAS["lint"]} >= {*PINNED}
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for text in (hooks, (ROOT / ".ci/run").read_text(encoding="utf-8")):
        assert not re.search(r"(ruff|mypy)\s*[=>~]=", text)
    (local,) = yaml.safe_load(hooks)["repos"]
    assert local["repo"] == "local"
    assert {hook["language"] for hook in local["hooks"]} == {"system"}


def test_installing_it_brings_no_pytest_plugin_but_its_own_and_hypothesis() -> None:
    here = {canonicalize_name(each.metadata["Name"]) for each in distributions()}
    waiting = [Requirement(text) for text in BASE]
    brought: set[str] = set()
    while waiting:
        needed = waiting.pop()
        name = canonicalize_name(needed.name)
        wanted = needed.marker is None or needed.marker.evaluate({"extra": ""})
        if wanted and name in here and name not in brought:
            brought.add(name)
            waiting += map(Requirement, distribution(name).requires or ())
    assert {"pytest", "pluggy", "hypothesis", "click"} <= brought
    plugins = {name for name in brought if distribution(name).entry_points.select(group="pytest11")}
    assert plugins == {"hypothesis"}


def test_the_workflow_runs_everything_and_audits_what_it_installs() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["checks"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    runs = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    assert "bash .ci/run" in runs["checks"]
    assert all("pytest -n auto --slow" in runs[job] for job in ("checks", "lowest"))
    assert "lowest-direct" in runs["lowest"]
    assert re.search(r"pip install .*\[lint\](.|\n)*pip_audit", runs["audit"])
