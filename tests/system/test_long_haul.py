"""Check after check and restart after restart in one process: nothing grows.

A short haul is run each time; ``BITSSPEC_LONG_HAUL=1000`` makes a thousand checks.
"""

import os
import tempfile
from pathlib import Path

import pytest

from bitsspec.candidates import open_candidate
from bitsspec.run import run
from bitsspec.settings import Settings
from bitsspec.spec.vocabulary import Capability, Outcome
from tests.support.command import exec_target
from tests.support.hostile import Script, build
from tests.support.leftovers import Leftovers, memory

CHECKS = int(os.environ.get("BITSSPEC_LONG_HAUL", "3"))
CRASHES = 30 * min(CHECKS, 16)  # each crash starts the program at least twice
WARM_UP = 2
"""Rounds after which what is loaded once, or kept in a cache of fixed size, is there."""
MOST_KEPT = 20_000
"""Bytes that one check may add: pytest and Hypothesis keep a little of each run (12 kB measured)."""
MOST_GROWTH = 8_000_000
"""Bytes that all rounds together may add; the allocator's noise is some hundred kilobytes."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty directory the one for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_check_after_check_nothing_grows(temporary: Path) -> None:
    for _ in range(WARM_UP):
        run(None, Settings())
    before, memory_before = Leftovers.now(), memory()
    for _ in range(CHECKS):
        assert run(None, Settings()).conforms
    before.check()
    assert memory() - memory_before < MOST_GROWTH + MOST_KEPT * CHECKS
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="plays a program that is written for POSIX")
def test_restart_after_restart_nothing_grows(temporary: Path, tmp_path: Path) -> None:
    program, script = build(tmp_path), Script()
    crashing = range(300, 300 + CRASHES)
    for status in crashing:
        script.add(f"{status:03d}", "exit 3")
    (tmp_path / "script").write_text(str(script), encoding="utf-8")
    before, memory_before = Leftovers.now(), memory()
    candidate = open_candidate(exec_target(program, tmp_path / "script"))
    answers = candidate.ask(Capability.CLASSIFY, range(1000))
    candidate.close()
    wrong = [status for status, answer in enumerate(answers) if not isinstance(answer, Outcome)]
    assert wrong == list(crashing)
    before.check(str(program))
    assert memory() - memory_before < MOST_GROWTH
    assert list(temporary.iterdir()) == []
