"""What is uploaded is what is meant to be: the wheel and the source distribution, file by file."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.metadata import Metadata

from bitsspec import __version__
from tests.support.tools import need

ROOT = Path(__file__).parents[2]
NAME = f"bitsspec-{__version__}"
INSTALLED = {
    "src/bitsspec/": "bitsspec/",
    "benchmarks/": "bitsspec/benchmarks/",
    "conformance/": "bitsspec/conformance/",
    "spec/": "bitsspec/spec/",
}
"""The folders whose files the wheel holds, every one but a README.md, and where they go."""
DESCRIBED = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}
"""What the wheel's ``.dist-info`` holds."""
INFO = (
    "PKG-INFO",
    "SOURCES.txt",
    "dependency_links.txt",
    "entry_points.txt",
    "requires.txt",
    "top_level.txt",
)
ADDED = {"PKG-INFO", "setup.cfg", *(f"bitsspec.egg-info/{name}" for name in INFO)}
"""What setuptools adds to the source distribution."""


def tracked() -> set[str]:
    """Return the files of the checkout that git tracks, or would once they are added."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listing = [need("git"), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return {name for name in names if name and (ROOT / name).is_file()}


def build(kind: str, source: Path, into: Path) -> Path:
    """Build a ``wheel`` or an ``sdist`` of the project in ``source`` with the installed setuptools."""
    into.mkdir()
    script = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
    command = [sys.executable, "-c", script, f"build_{kind}", str(into)]
    done = subprocess.run(command, cwd=source, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = into.iterdir()
    return built


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


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("packages")
    names = tracked()
    for name in names:  # into a copy: building writes beside the sources
        target = folder / "copy" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    sdist = build("sdist", folder / "copy", folder / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    wheel = build("wheel", folder / "copy", folder / "wheel")
    return Packages(names, wheel, sdist, folder / "unpacked" / NAME)


def test_the_wheel_holds_the_package_and_nothing_that_only_maintainers_run(packages: Packages) -> None:
    expected = {
        target + name.removeprefix(folder)
        for folder, target in INSTALLED.items()
        for name in packages.tracked
        if name.startswith(folder) and not name.endswith("/README.md")
    }
    assert packages.wheel.name == f"{NAME}-py3-none-any.whl"
    held = set(files_of_wheel(packages.wheel))
    assert held == expected | {f"{NAME}.dist-info/{name}" for name in DESCRIBED}
    assert not {path.partition("/")[0] for path in held} & {"tools", "tests"}


def test_the_source_distribution_holds_what_building_testing_and_reading_need(packages: Packages) -> None:
    files = [path for path in packages.unpacked.rglob("*") if path.is_file()]
    held = {path.relative_to(packages.unpacked).as_posix() for path in files}
    assert packages.sdist.name == f"{NAME}.tar.gz"
    assert [path.name for path in packages.unpacked.parent.iterdir()] == [NAME]
    assert held == packages.tracked - {".gitignore"} | ADDED


def test_the_source_distribution_makes_the_same_wheel_as_the_checkout(
    packages: Packages, tmp_path: Path
) -> None:
    from_sdist = files_of_wheel(build("wheel", packages.unpacked, tmp_path / "wheel"))
    from_checkout = files_of_wheel(packages.wheel)
    assert from_sdist.keys() == from_checkout.keys()
    assert [name for name in from_sdist if from_sdist[name] != from_checkout[name]] == []


def test_an_index_accepts_the_description(packages: Packages) -> None:
    described = files_of_wheel(packages.wheel)[f"{NAME}.dist-info/METADATA"]
    assert described == (packages.unpacked / "PKG-INFO").read_bytes()
    metadata = Metadata.from_email(described)  # raises where a field is not what the standard allows
    assert metadata.license_expression == "MIT"
    assert metadata.description == (ROOT / "README.md").read_text(encoding="utf-8")
    assert message_from_bytes(described)["Description-Content-Type"] == "text/markdown"
