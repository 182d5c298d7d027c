"""The time that a measurement may take."""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from bitsspec.bench import watch as module
from bitsspec.bench.watch import Watch
from bitsspec.errors import CannotRun


def test_an_answer_that_never_comes_ends_with_the_time() -> None:
    with pytest.raises(CannotRun) as late, Watch(0.1):
        time.sleep(60)
    assert str(late.value).splitlines() == [
        "the candidate was not measured in time, and it has 0.1 s",
        "give it more time: --timeout 1",
    ]


def test_ctrl_c_is_not_the_end_of_the_time() -> None:
    with pytest.raises(KeyboardInterrupt), Watch(60):
        signal.raise_signal(signal.SIGINT)
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_the_time_is_also_over_between_two_answers() -> None:
    with pytest.raises(CannotRun, match="in time"):
        list(Watch(-1).over(range(100), "looking"))


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], list[str]]:
    """Return what looks at 1,000 codes that take so long each, and returns what was announced."""
    now = 0.0
    monkeypatch.setattr(module, "monotonic", lambda: now)

    def look(each_s: float) -> list[str]:
        nonlocal now
        heard: list[str] = []
        for status in Watch(tell=heard.append).over(range(1000), "looking", looking=True):
            now += each_s if status else 5  # what the first one loads is not what the others take
            assert each_s < 0.02 or status < 10
        return heard

    return look


@pytest.mark.parametrize(
    ("each_s", "said"), [(0.001, []), (0.002, ["measuring takes about 14 s, and at most --timeout 120"])]
)
def test_how_long_it_takes_is_estimated_by_the_first_answers(
    looked_at: Callable[[float], list[str]], each_s: float, said: list[str]
) -> None:
    assert looked_at(each_s) == said


def test_what_would_not_end_in_time_is_refused_after_the_first_answers(
    looked_at: Callable[[float], list[str]],
) -> None:
    with pytest.raises(CannotRun) as refused:
        looked_at(0.02)
    assert str(refused.value).splitlines() == [
        "the candidate takes about 145 s to measure, and it has 120 s",
        "give it more time: --timeout 218",
    ]


def test_what_is_announced_once_is_not_announced_again() -> None:
    heard: list[Any] = []
    watch = Watch(100, tell=heard.append)
    watch.expect(1, 20)
    watch.expect(30)
    assert heard == ["measuring takes about 20 s, and at most --timeout 100"]
