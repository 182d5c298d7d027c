"""Measuring classifiers: what an answer costs, and whether it costs the same for every status code.

The method, its thresholds and what it cannot see are written down in docs/contributors/benchmarks-method.md.
"""

from importlib.util import find_spec

from bitsspec.errors import CannotRun

MAX_SPREAD = 1.25
"""How many times the fastest code's cost the slowest code may cost and still count as flat."""

_PACKAGES = ("numpy", "scipy", "matplotlib")


def need_extra() -> None:
    """Raise `CannotRun` unless the packages of the extra ``bench`` are installed."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise CannotRun(f'bench needs {", ".join(missing)}: pip install "bitsspec[bench]"')
