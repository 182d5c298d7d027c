"""What tests need beyond Python: without it they skip and say so, in CI they fail."""

import json
import os
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

import pytest

NODE_CLIENTS = Path(__file__).parents[2] / "examples" / "clients"


def need(*names: str) -> str:
    """Return the path of the first of the commands ``names`` that is here; skip the test if none is."""
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        _is_missing(f"needs {' or '.join(names)}, which is not on this machine", ".ci/run must install it")
    return path


def need_distribution(name: str) -> None:
    """Skip the test where a distribution from PyPI is not installed."""
    try:
        version(name)
    except PackageNotFoundError:
        _is_missing(f"needs {name}: pip install bitsspec[examples]")


def need_node_packages() -> None:
    """Skip the test where the packages of examples/clients are not installed, or Node.js is too old."""
    wanted = json.loads((NODE_CLIENTS / "package.json").read_text(encoding="utf-8"))["engines"]["node"]
    told = subprocess.run(
        [need("node"), "--version"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    least, here = ([int(number) for number in re.findall(r"\d+", text)] for text in (wanted, told))
    if here < least:
        pytest.skip(f"needs Node.js {wanted}, and here is {told.strip()}")
    if not (NODE_CLIENTS / "node_modules").is_dir():
        _is_missing("needs npm install --prefix examples/clients", ".ci/run must do it")


def _is_missing(what: str, how: str = "") -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail("; ".join(filter(None, (what, how))), pytrace=False)
    pytest.skip(what)
