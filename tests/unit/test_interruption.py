"""Signals that end a run: the first one does, and nothing keeps it from doing so."""

import signal
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from bitsspec import interruption
from bitsspec.interruption import NAMES, PATIENCE_S, Interruption, interruptible, stop_if_it_came


def test_the_first_signal_interrupts_and_those_right_after_it_do_not() -> None:
    now = [0.0]
    interrupted = Interruption(lambda: now[0])
    with pytest.raises(KeyboardInterrupt):
        interrupted.on_signal()
    for now[0] in (0, PATIENCE_S):
        interrupted.on_signal()
    now[0] += 1
    with pytest.raises(KeyboardInterrupt):
        interrupted.on_signal()


@pytest.mark.parametrize("name", [name for name in NAMES if hasattr(signal, name)])
def test_each_signal_is_heeded_within_unless_it_was_ignored_and_is_what_it_was_afterwards(name: str) -> None:
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with interruptible():
            assert callable(signal.getsignal(number))
        assert signal.getsignal(number) is signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN)
        with interruptible():
            assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_an_interruption_that_a_candidate_kept_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Interruption()
    monkeypatch.setattr(interruption, "_now", [found])
    stop_if_it_came()
    with pytest.raises(KeyboardInterrupt):
        found.on_signal()
    with pytest.raises(KeyboardInterrupt):
        stop_if_it_came()


def test_another_thread_runs_a_command_without_touching_signals() -> None:
    seen: list[object] = []

    def run() -> None:
        with interruptible():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]


def test_an_interruption_in_a_finalizer_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "__unraisablehook__", told.append)
    with interruptible():
        for kind in (KeyboardInterrupt, ValueError):
            sys.unraisablehook(SimpleNamespace(exc_type=kind))
    assert [each.exc_type for each in told] == [ValueError]
