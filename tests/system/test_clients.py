"""Commands of live clients: started for each upload or fed by lines, and ended with all that they started."""

import asyncio
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bitsspec import processes
from bitsspec.candidates import Failure, open_candidate
from bitsspec.candidates.base import Candidate
from bitsspec.errors import CannotRun
from bitsspec.spec.vocabulary import Capability
from bitsspec.wire import launcher
from bitsspec.wire.launcher import ClientFailed, CommandForEach, LoadedCommand
from bitsspec.wire.observed import Said
from tests.support.command import bitsspec
from tests.support.judging import departed, judge
from tests.support.leftovers import Leftovers, processes_of
from tests.support.tools import need

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and shells")
PUT = """
import os, signal, subprocess, sys, time
from http.client import HTTPConnection
from urllib.parse import urlsplit
def put(url, data=b"x"):
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=20)
    connection.request("PUT", parts.path, body=data)
    return connection.getresponse().status
"""
FOR_EACH = "url = sys.argv[1]\nstatus = put(url)\n"
LOADED = """
urls = (line.split("\\t") for line in sys.stdin)
def say(text): print(text, flush=True)
"""


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[..., Candidate]]:
    """Return what opens a client that is a Python program; afterwards nothing of it is left."""
    before, opened = Leftovers.now(), []

    def make(text: str, *, timeout: float = 20, jobs: int = 4) -> Candidate:
        path = tmp_path / "client_of_a_test.py"
        path.write_text(PUT + (LOADED if "in urls" in text else FOR_EACH) + text, encoding="utf-8")
        words = [sys.executable, "-S", str(path), *([] if "in urls" in text else ["{url}", "{file}"])]
        opened.append(open_candidate(f"client:{shlex.join(words)}", timeout=timeout, jobs=jobs))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
    before.check("client_of_a_test")


def outcomes(candidate: Candidate, *codes: int) -> list[Any]:
    return candidate.ask(Capability.CLASSIFY, codes)


EXITS = "sys.exit(status != 200)"


def test_a_command_says_by_its_exit_code_or_in_its_last_line_what_came_of_it(
    client: Callable[..., Candidate],
) -> None:
    by_code = client("while status == 409: status = put(url)\n" + EXITS)
    assert outcomes(by_code, 404, 409, 500) == ["fatal", "transient", "fatal"]
    in_words = client(
        "print('\\n', {200: 'success', 404: 'fatal no 7 9'}.get(status, 'transient'))\nsys.exit(1)"
    )
    assert outcomes(in_words, 404, 409) == ["fatal", "transient"]
    assert in_words.ask(Capability.HRESULT, [404]) == [9]
    reads = client(f"assert open(sys.argv[2]).read(8) == 'A file o' and not sys.stdin.read()\n{EXITS}")
    assert outcomes(reads, 404) == ["fatal"]


HALF = """import socket
    s = socket.create_connection(urlsplit(url).netloc.split(':'))
    head = 'PUT %s HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 9\\r\\n\\r\\n' % urlsplit(url).path
    s.sendall(head.encode())
    s.close(); time.sleep(0.1)"""


@pytest.mark.parametrize(
    ("at_404", "answer"),
    [
        ("time.sleep(1000)", Failure("no decision within 1 s")),
        (
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    time.sleep(1000)",
            Failure("no decision within 1 s"),
        ),
        ("while True: put(url)", "transient"),
        ("print('x' * 5_000_000); print('y\\n' * 5_000_000, file=sys.stderr)", "fatal"),
        ("subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)', __file__])", "fatal"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "fatal"),
        (HALF, Failure("a connection ended before the whole answer was taken")),
    ],
    ids=["hangs", "ignores SIGTERM", "posts for ever", "is loud", "leaves a child", "dies", "half a request"],
)
@posix
def test_a_command_that_misbehaves_at_a_code_is_judged_at_the_others(
    at_404: str, answer: Any, client: Callable[..., Candidate]
) -> None:
    candidate = client(f"if status == 404 and sys.argv[2]:\n    {at_404}\n{EXITS}", timeout=1)
    assert outcomes(candidate, 404, 403) == [answer, "fatal"]


RIGHT = "for url, _ in urls: say(url + (' success' if put(url) == 200 else ' failure'))"


def test_a_loaded_client_is_started_once_and_answers_by_lines(client: Callable[..., Candidate]) -> None:
    assert outcomes(client(RIGHT), 404, 409, 503) == ["fatal"] * 3
    threads = (
        "from threading import Thread\n"
        "def upload(url):\n"
        "    sys.stdout.write(url + ('\\tsuccess' if put(url) == 200 else ' fatal no 7'))\n"
        "    sys.stdout.flush(); time.sleep(0.01); print(flush=True)\n"
        "for url, _ in urls: Thread(target=upload, args=(url,)).start()"
    )
    assert outcomes(client(threads), *range(400, 440)) == ["fatal"] * 40
    assert "repost" not in client(RIGHT).capabilities
    resumes = (
        "say('resume')\nfor first, second in urls: say((second.strip() if first == 'resume' else first) "
    )
    candidate = client(
        f"{resumes} + (' success' if put(second.strip() if first == 'resume' else first) == 200"
        " else ' failure'))"
    )
    assert candidate.ask(Capability.REPOST, [404, 403]) == [True, True]


@pytest.mark.parametrize(
    ("at_404", "answer"),
    [
        ("sys.exit(3)", Failure("the client exited with code 3")),
        ("sys.exit('no')", Failure("the client exited with code 1; stderr: no")),
        ("continue", Failure("no decision within 1 s")),
        ("sys.stdout.write(url + ' transient'); sys.stdout.flush(); break", "transient"),
        ("say('x' * 100_000)", "fatal"),
        ("say('log: ' + url); say('')", "fatal"),
        ("say(url)", Failure("said ''")),
    ],
)
def test_a_loaded_client_that_misbehaves_is_started_again(
    at_404: str, answer: Any, client: Callable[..., Candidate]
) -> None:
    text = "for url, _ in urls:\n    status = put(url)\n    if status == 404:\n        {}\n    say(url + {})"
    text = text.format(at_404, "(' success' if status == 200 else ' failure')")
    candidate = client(text, timeout=1, jobs=1)
    assert outcomes(candidate, 404, 403) == [answer, "fatal"]


def test_a_loaded_client_that_does_not_leave_is_ended(
    client: Callable[..., Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "TIME_TO_LEAVE", 0.1)
    client(f"{RIGHT}\ntime.sleep(1000)").close()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"print('no', file=sys.stderr)\n{EXITS[:-14]}4)",
            r"posted once, exit 4 (exited with code 4; stderr: no)",
        ),
        (
            "for url, _ in urls: say('I do not know ' + url); say(url + ' failure')",
            "posted nothing, said failure",
        ),
        ("for url, _ in urls: sys.exit(9)", "posted nothing, the client exited with code 9"),
    ],
)
def test_what_a_client_that_cannot_be_judged_did_is_told(
    text: str, told: str, client: Callable[..., Candidate]
) -> None:
    with pytest.raises(CannotRun) as error:
        client(text)
    assert told in str(error.value).splitlines()[0]


@posix
def test_what_has_left_a_client_is_ended_when_all_is_over(tmp_path: Path) -> None:
    """Such as a daemon, which holds the output open."""
    text = "import subprocess; subprocess.Popen(['sleep', '1000.25'], start_new_session=True)"

    async def upload() -> Said:
        client = CommandForEach([sys.executable, "-S", "-c", text, "{url}"], "")
        said = await client.upload("u")
        assert processes_of("sleep 1000.25")
        await client.close()
        return said

    before = Leftovers.now()
    assert asyncio.run(upload()) == Said(True, "exit 0")
    before.check("sleep 1000.25")


@posix
def test_what_cannot_be_executed_is_a_failure_of_the_client(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    for kind in (CommandForEach, LoadedCommand):
        with pytest.raises(ClientFailed, match="cannot be started: "):
            asyncio.run(kind([str(broken), "{url}"], "").upload("u"))
    asyncio.run(LoadedCommand([str(broken)], "").close())
    with pytest.raises(CannotRun, match="posted nothing, cannot be started"):
        open_candidate(f"client:{broken} {{url}}")


def test_a_client_has_the_environment_but_for_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "Ftp_Proxy", "no_proxy"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("ANOTHER", "y")
    found = launcher.environment("mark")
    assert {name for name in found if name.lower().endswith("_proxy")} == {"NO_PROXY"}
    assert (found["NO_PROXY"], found["ANOTHER"], found[processes.MARK]) == ("*", "y", "mark")


def test_curl_is_judged_by_what_it_does(tmp_path: Path) -> None:
    need("curl")
    report = judge("client:curl -sf -T {file} {url}", ["BITS-SUCCESS", "BITS-3XX", "BITS-4XX"])
    assert departed(report) == {"BITS-3XX", "BITS-4XX"}
    assert [d.input for result in report.failed for d in result.departures][100:] == [408, 409]
    got = {departure.got for result in report.failed for departure in result.departures}
    assert got == {"success", "fatal"}


def test_the_example_conforms_at_every_code_that_a_client_can_be_shown() -> None:
    target = "client:python:examples.clients.conforming:upload"
    done = bitsspec("check", target, "--strict", "-q", cwd=Path(__file__).parents[2])
    told = f"{target} conforms at 800 of 800 status codes that a client can be shown"
    assert (done.returncode, done.stdout.startswith(told)) == (0, True)
