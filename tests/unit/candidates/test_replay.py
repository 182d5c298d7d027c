"""Asking a Python candidate in a fresh interpreter."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bitsspec.candidates import replay as replaying
from bitsspec.candidates.base import Failure
from bitsspec.candidates.replay import replay
from bitsspec.history import Call
from bitsspec.spec import Capability, Outcome

COUNTING = """\
from bitsspec import reference as right
calls = 0
def classify(status):
    global calls
    calls += 1
    print("a candidate may print")
    if status == 500:
        raise ValueError(f"call {calls}")
    return "fatal" if calls > 1 else "transient"
count_posts = right.count_posts
"""
CLASSIFY = Call(Capability.CLASSIFY, 404)

Module = Callable[[str], str]


def test_a_fresh_interpreter_has_asked_nothing_before(module: Module) -> None:
    target = f"python:{module(COUNTING)}"
    calls = [CLASSIFY, CLASSIFY, Call(Capability.POSTS, [503, "retry"]), Call(Capability.CLASSIFY, 500)]
    for _ in range(2):
        answers = replay(target, calls)
        assert answers is not None
        raised = answers.pop()
        assert answers == [Outcome.TRANSIENT, Outcome.FATAL, 2]
        assert raised == Failure("raised ValueError: call 3", kind="raised ValueError")
        assert str(raised) == "raised ValueError: call 3"


def test_it_has_the_seed_of_hashes_that_it_is_given(module: Module) -> None:
    name = module("import os\ndef classify(status):\n    return os.environ['PYTHONHASHSEED']\n")
    assert replay(f"python:{name}", [CLASSIFY], 7) == [Failure("'7'")]


def test_files_beside_the_candidate_that_are_named_like_modules_of_python_do_not_matter(
    module: Module, project: Path
) -> None:
    for name in ("pickle", "subprocess", "runpy"):
        project.joinpath(f"{name}.py").write_text("raise SystemExit('not this one')\n", encoding="utf-8")
    assert replay(f"python:{module(COUNTING)}", [CLASSIFY]) == [Outcome.TRANSIENT]


@pytest.mark.parametrize(
    "text",
    [
        "raise ValueError('only once')\n",
        "import os\nos._exit(0)\n",
        "import os\nos.write(3, b'noise')\nraise SystemExit\n",
        "import time\ntime.sleep(60)\n",
    ],
)
def test_what_gives_no_answers_there_is_not_replayed(
    text: str, module: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "TIME_LIMIT_S", 0.2 if "sleep" in text else 20.0)
    assert replay(f"python:{module(text)}", [CLASSIFY]) is None


@pytest.mark.parametrize("output", [b"", b"noise", b"cno_such_module\nname\n.", b"\x80\xff", b"K\x01."])
def test_what_comes_back_is_not_taken_for_answers_unless_it_is(
    output: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: Any = SimpleNamespace(stdout=output)
    monkeypatch.setattr("bitsspec.candidates.replay.subprocess.run", lambda *_, **__: done)
    assert replay("python:bitsspec", [CLASSIFY]) is None


def test_no_interpreter_no_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert replay("python:bitsspec", [CLASSIFY]) is None
