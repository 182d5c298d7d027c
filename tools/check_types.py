"""Check the types of bitsspec, laid out as it is when installed, of its tests and of these tools.

Run it with ``python -m tools.check_types``, beside the lint extra. mypy alone would not find the package of
an editable install, as it does not follow the mapping of ``spec/``, ``conformance/`` and ``benchmarks/``.
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
    packages = [word for name in ("bitsspec", "tests", "tools") for word in ("-p", name)]
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(CACHE), *packages]
    env = os.environ | {"MYPYPATH": str(LAID_OUT)}
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
