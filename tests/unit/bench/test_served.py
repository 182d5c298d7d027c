"""The programs that are measured beside a program."""

import io
import sys

import pytest

from bitsspec.bench import served


@pytest.mark.parametrize(
    ("what", "answers"),
    [("reference", "transient\nfatal\nunsupported\n"), ("alone", "transient\ntransient\nunsupported\n")],
)
def test_every_line_is_answered(monkeypatch: pytest.MonkeyPatch, what: str, answers: str) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["served", what])
    monkeypatch.setattr(sys, "stdin", io.StringIO("503\n404\nposts 503\n"))
    monkeypatch.setattr(sys, "stdout", written)
    served.main()
    assert written.getvalue() == answers
