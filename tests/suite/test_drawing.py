"""What the suite draws comes from the seed alone."""

import importlib
from pathlib import Path

import pytest

from bitsspec.conformance.drawing import smallest
from bitsspec.conformance.test_posts import drawn_events
from bitsspec.settings import Settings
from tests.support.judging import check_of


def drawn(seed: int) -> list[object]:
    events: list[object] = []
    smallest(check_of("BITS-POSTS", Settings(seed=seed, examples=100)), drawn_events(), events.append)
    return events


def test_the_same_seed_draws_the_same_whatever_numbers_stand_in_the_users_own_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn(0)
    (tmp_path / "numbers_of_the_user.py").write_text(f"CODES = {[*range(0, 3000, 7)]}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("numbers_of_the_user")
    assert drawn(0) == before
    assert drawn(1) != before
