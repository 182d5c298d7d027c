"""What the project depends on: lower bounds, and a lock file that agrees with them."""

import re
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")

ENVIRONMENTS = [
    {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "os_name": name,
    }
    for python in ("3.11", "3.12", "3.13", "3.14")
    for platform, name in (("linux", "posix"), ("darwin", "posix"), ("win32", "nt"))
]
"""Where the project runs, as far as requirements tell such places apart."""


def direct_dependencies() -> list[Requirement]:
    """Return what pyproject.toml names: to build, to run, and for each extra."""
    project, to_build = PROJECT["project"], PROJECT["build-system"]["requires"]
    named = chain(to_build, project["dependencies"], *project["optional-dependencies"].values())
    requirements = [Requirement(text) for text in named]
    return [requirement for requirement in requirements if requirement.name != "bitsspec"]


@cache
def locked() -> list[tuple[Requirement, str]]:
    """Return each requirement of the lock file, and the lines with its hashes."""
    entries = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^ *#.*\n", "", LOCK, flags=re.M), flags=re.M)
    halves = (entry.partition("\\\n") for entry in entries if entry.strip())
    return [(Requirement(pinned.strip()), hashes) for pinned, _, hashes in halves]


def locked_version(name: str, environment: dict[str, str]) -> str | None:
    """Return the version that the lock file has of a package in an environment, None where it has none."""
    versions = [
        next(iter(pinned.specifier)).version
        for pinned, _ in locked()
        if canonicalize_name(pinned.name) == canonicalize_name(name)
        and (pinned.marker is None or pinned.marker.evaluate(environment))
    ]
    assert len(versions) <= 1, f"{name} is locked at {versions} for {environment}"
    return versions[0] if versions else None


@pytest.mark.parametrize("dependency", direct_dependencies(), ids=str)
def test_a_dependency_has_a_lower_bound(dependency: Requirement) -> None:
    assert ">=" in [specifier.operator for specifier in dependency.specifier]


@pytest.mark.parametrize("dependency", direct_dependencies(), ids=str)
def test_the_lock_names_a_dependency_at_a_version_that_is_allowed(dependency: Requirement) -> None:
    versions = {locked_version(dependency.name, environment) for environment in ENVIRONMENTS}
    wrong = {
        version for version in versions if version is None or Version(version) not in dependency.specifier
    }
    assert not wrong, (
        f"requirements-dev.txt has {dependency.name} at {wrong}; compile it again (CONTRIBUTING.md)"
    )


def test_the_lock_pins_everything_by_version_and_hash() -> None:
    for pinned, hashes in locked():
        assert [specifier.operator for specifier in pinned.specifier] == ["=="], pinned
        assert pinned.url is None, pinned
        assert re.fullmatch(r"(\s*--hash=sha256:[0-9a-f]{64}(\s\\)?\n)+", hashes), f"{pinned}: {hashes!r}"


def test_the_lock_names_no_index_and_no_place_of_the_machine_that_made_it() -> None:
    lines = [
        line for line in LOCK.splitlines() if re.search(r"://|--(extra-)?index|--find-links|[\s(=]/", line)
    ]
    assert lines == []


def test_the_lock_says_the_command_that_makes_it() -> None:
    command = re.search(r"^#    (uv pip compile .*)$", LOCK, re.M)
    assert command
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert command[1] in contributing
