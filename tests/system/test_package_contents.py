"""What is uploaded is what is meant to be: the wheel and the source distribution, file by file."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.metadata import Metadata

from bitsspec import __version__
from tests.support.tools import need

ROOT = Path(__file__).parents[2]
NAME = f"bitsspec-{__version__}"

SAME: dict[str, list[str]] = {"missing": [], "stray": []}

INSTALLED = {
    "src/bitsspec/": "bitsspec/",
    "benchmarks/": "bitsspec/benchmarks/",
    "conformance/": "bitsspec/conformance/",
    "spec/": "bitsspec/spec/",
}
"""The folders whose files the wheel holds, every one but a README.md, and where they go."""

DESCRIBED = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}
"""What the wheel's ``.dist-info`` holds."""

ONLY_IN_THE_REPOSITORY = {".gitignore"}
"""What the source distribution leaves out of all that git tracks."""

ADDED = {
    "PKG-INFO",
    "setup.cfg",
    "bitsspec.egg-info/PKG-INFO",
    "bitsspec.egg-info/SOURCES.txt",
    "bitsspec.egg-info/dependency_links.txt",
    "bitsspec.egg-info/entry_points.txt",
    "bitsspec.egg-info/requires.txt",
    "bitsspec.egg-info/top_level.txt",
}
"""What setuptools adds to the source distribution."""


def tracked() -> set[str]:
    """Return the files of the checkout that git tracks, or would once they are added."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listing = [need("git"), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return {name for name in names if name and (ROOT / name).is_file()}


def run_python(*arguments: str | Path, cwd: Path) -> None:
    """Run Python in ``cwd`` and fail with what it printed if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout


def build(kind: str, source: Path, into: Path) -> Path:
    """Build a ``wheel`` or an ``sdist`` of the project in ``source`` with the installed setuptools."""
    into.mkdir()
    script = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
    run_python("-c", script, f"build_{kind}", into, cwd=source)
    (built,) = into.iterdir()
    return built


def difference(held: Iterable[str], expected: Iterable[str]) -> dict[str, list[str]]:
    """Return what is missing from ``held`` and what is in it for no reason."""
    return {
        "missing": sorted({*expected} - {*held}),
        "stray": sorted({*held} - {*expected}),
    }


def files_of_wheel(path: Path) -> dict[str, bytes]:
    """Return the content of every file in a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


@dataclass
class Packages:
    """The files of the checkout, the two distributions made of them, and the source distribution unpacked."""

    tracked: set[str]
    wheel: Path
    sdist: Path
    unpacked: Path


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("packages")
    copy = folder / "copy"  # building writes beside the sources
    names = tracked()
    for name in names:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    sdist = build("sdist", copy, folder / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    wheel = build("wheel", copy, folder / "wheel")
    return Packages(names, wheel, sdist, folder / "unpacked" / NAME)


def test_the_wheel_holds_the_four_packages_and_its_description(packages: Packages) -> None:
    expected = {
        target + name.removeprefix(folder)
        for folder, target in INSTALLED.items()
        for name in packages.tracked
        if name.startswith(folder) and not name.endswith("/README.md")
    }
    expected |= {f"{NAME}.dist-info/{name}" for name in DESCRIBED}
    assert packages.wheel.name == f"{NAME}-py3-none-any.whl"
    assert difference(files_of_wheel(packages.wheel), expected) == SAME


def test_the_source_distribution_holds_what_building_testing_and_reading_need(packages: Packages) -> None:
    unpacked = {
        path.relative_to(packages.unpacked).as_posix()
        for path in packages.unpacked.rglob("*")
        if path.is_file()
    }
    assert packages.sdist.name == f"{NAME}.tar.gz"
    assert [path.name for path in packages.unpacked.parent.iterdir()] == [NAME]
    assert difference(unpacked, packages.tracked - ONLY_IN_THE_REPOSITORY | ADDED) == SAME


def test_the_source_distribution_makes_the_same_wheel_as_the_checkout(
    packages: Packages, tmp_path: Path
) -> None:
    from_sdist = files_of_wheel(build("wheel", packages.unpacked, tmp_path / "wheel"))
    from_checkout = files_of_wheel(packages.wheel)
    assert difference(from_sdist, from_checkout) == SAME
    assert [name for name in from_sdist if from_sdist[name] != from_checkout[name]] == []


def test_installing_the_source_distribution_installs_the_files_of_the_wheel(
    packages: Packages, tmp_path: Path
) -> None:
    pytest.importorskip("pip", reason="needs pip in this environment")
    offline = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--no-compile")
    run_python("-m", "pip", "install", *offline, "--target", tmp_path, packages.sdist, cwd=tmp_path)
    installed = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    wheel = files_of_wheel(packages.wheel)
    notes = {f"{NAME}.dist-info/{name}" for name in ("INSTALLER", "REQUESTED", "direct_url.json")}
    command = "bin/bitsspec.exe" if sys.platform == "win32" else "bin/bitsspec"
    assert difference(installed, {*wheel, *notes, command}) == SAME
    record = f"{NAME}.dist-info/RECORD"  # lists what pip adds, too
    assert [name for name in wheel if name != record and installed[name] != wheel[name]] == []


def test_an_index_accepts_the_description(packages: Packages) -> None:
    described = files_of_wheel(packages.wheel)[f"{NAME}.dist-info/METADATA"]
    assert described == (packages.unpacked / "PKG-INFO").read_bytes()
    metadata = Metadata.from_email(described)  # raises where a field is not what the standard allows
    assert metadata.license_expression == "MIT"
    assert metadata.description == (ROOT / "README.md").read_text(encoding="utf-8")
    assert message_from_bytes(described)["Description-Content-Type"] == "text/markdown"
