"""What holds for all tests: which are slow, and the fixtures that several folders use."""

import contextlib
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.replays import replayed_here

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parent
SLOW_FOLDERS = (TESTS / "system", TESTS / "suite" / "matrix")
NUMBER = count()

# A shell has what it starts in the background ignore Ctrl-C, and so would the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    with contextlib.suppress(ValueError):  # only the main thread may say so
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of the slow folders, and leave them out unless ``--slow`` asks for them."""
    slow = [item for item in items if any(item.path.is_relative_to(folder) for folder in SLOW_FOLDERS)]
    for item in slow:
        item.add_marker("slow")
    if not config.getoption("--slow"):
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.getoption("--slow"):
        terminalreporter.section("the slow tests were left out")
        terminalreporter.line("run everything with: python -m pytest -n auto --slow")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty directory the current one, where modules are looked for first."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def module(project: Path) -> Callable[[str], str]:
    """Return what writes a module into the project; its name is one that no test imported before."""

    def write(text: str) -> str:
        name = f"written_module_{next(NUMBER)}"  # not *_test, which pytest would rewrite
        (project / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def replays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have calls replayed by a fresh import in this process, which a fresh interpreter does as well."""
    monkeypatch.setattr("bitsspec.candidates.python.replay", replayed_here)
