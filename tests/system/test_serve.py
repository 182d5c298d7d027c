"""``bitsspec serve`` as a process: how it ends."""

import os
import signal
import subprocess
import sys

import pytest

from tests.support.command import clean_environment
from tests.support.wire import put, talk

SIGNALS = ["SIGINT", "SIGTERM"]


@pytest.mark.skipif(os.name == "nt", reason="does what POSIX shells and terminals do")
@pytest.mark.parametrize("name", SIGNALS)
def test_ctrl_c_ends_it_with_a_summary(name: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bitsspec", "serve", "--answer", "503"],
        env=clean_environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[0]
        talk(url, put(url))
        assert ": 503; transient error" in process.stdout.readline()
        process.send_signal(getattr(signal, name))
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert out == "1 request with 10 bytes, 1 post, answered 503 to 1\n"


@pytest.mark.skipif(os.name == "nt", reason="does what POSIX shells and terminals do")
def test_a_reader_that_leaves_ends_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bitsspec", "serve"],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().split()[0]
        process.stdout.close()
        talk(url, put(url))
        assert process.stderr.read() == ""
        assert process.wait(60) == 0
