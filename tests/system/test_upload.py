"""``bitsspec upload`` as a process, and every status code that a client can be shown."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bitsspec.wire.server import Server
from tests.support.command import bitsspec, clean_environment
from tests.support.reactions import check_reactions


def test_the_function_reacts_to_every_code_as_the_specification_says() -> None:
    with Server(bits=True) as server:
        check_reactions(server, range(200, 1000))


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (403, 1), (503, 3)])
def test_a_large_file_is_uploaded_by_a_process(status: int, exit_code: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(40_000_000))
    with Server(bits=True) as server:
        case = server.open_case([status])
        done = bitsspec("upload", "file", case.url, "--once", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (exit_code, "")
        assert [post.size for post in case.posts] == [40_000_000]
    assert "40,000,000 of 40,000,000 bytes" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C goes to all that share it")
def test_ctrl_c_while_it_waits_ends_it_soon(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    with Server(bits=True) as server:
        case = server.open_case([503])
        command = [sys.executable, "-m", "bitsspec", "upload", "file", case.url]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=clean_environment(), stderr=subprocess.PIPE, encoding="utf-8"
        )
        while not case.posts:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, "BG_JOB_STATE_CANCELLED" in told) == (130, True), told
