"""What tests need beyond Python: without it they skip and say so, in CI they fail."""

import os
import shutil

import pytest


def need(*names: str) -> str:
    """Return the path of the first of the commands ``names`` that is here; skip the test if none is."""
    for name in names:
        path = shutil.which(name)
        if path is not None:
            return path
    missing = f"needs {' or '.join(names)}, which is not on this machine"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{missing}; .ci/run must install it", pytrace=False)
    pytest.skip(missing)
