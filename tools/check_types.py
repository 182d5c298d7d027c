"""Check the types of bitsspec, laid out as it is when installed, and of its tests.

Run it with ``python -m tools.check_types``.

It needs the lint extra. Beside an editable install mypy alone would not find the package, as it does not
follow the mapping of ``spec/``, ``conformance/`` and ``benchmarks/`` into it.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".mypy_cache" / "of_check_types"
LAID_OUT = CACHE / "laid_out"


def main() -> int:
    """Return the exit code of mypy."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    shutil.rmtree(LAID_OUT, ignore_errors=True)
    for package, folder in settings["package-dir"].items():
        shutil.copytree(ROOT / folder, LAID_OUT.joinpath(*package.split(".")), dirs_exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        CACHE,
        "-p",
        "bitsspec",
        "-p",
        "tests",
    ]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | {"MYPYPATH": str(LAID_OUT)}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
