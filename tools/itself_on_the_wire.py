"""What judging a live client costs beside loops that only make the same uploads: lines of `tools.itself`."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from bitsspec.candidates.live import open_live
from bitsspec.run import run
from bitsspec.settings import Settings
from bitsspec.spec import Capability
from bitsspec.wire.server import Server

CURL = "curl -sf -T {file} {url}"
ONE_PASS = range(200, 1000)
ROOT = Path(__file__).parents[1]
JOBS = 8
DATA = b"x" * 1024

BARE_LOOP = """
import subprocess, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tools.itself_on_the_wire import CURL, DATA, JOBS, trivial_server

Path("upload.bin").write_bytes(DATA)
with trivial_server() as url, ThreadPoolExecutor(JOBS) as pool:
    words = [{"{url}": url, "{file}": "upload.bin"}.get(word, word) for word in CURL.split()]
    list(pool.map(lambda _: subprocess.run(words, capture_output=True), range(int(sys.argv[1]))))
"""
LOAD = """
import socket, sys, time
from concurrent.futures import ThreadPoolExecutor

host, path, times, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
name, port = host.split(":")
head = f"PUT {path} HTTP/1.1\\r\\nHost: {host}\\r\\nContent-Length: 1024\\r\\n\\r\\n"
request = head.encode() + b"x" * 1024

def upload(_):
    with socket.create_connection((name, int(port))) as connection:
        connection.sendall(request)
        answer = b""
        while more := connection.recv(4096):
            answer += more
    assert answer.split()[1] == b"200", answer

with ThreadPoolExecutor(jobs) as pool:
    began = time.perf_counter()
    list(pool.map(upload, range(times)))
    print(time.perf_counter() - began)
"""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # else curl waits a second for 100 Continue

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args


class _Threading(ThreadingHTTPServer):
    request_queue_size = 512


@contextmanager
def trivial_server() -> Iterator[str]:
    """Run the threading server of `http.server`, which answers every PUT with 200; yield its URL."""
    with _Threading(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/u/upload/"
        finally:
            server.shutdown()


def upload(url: str, data: bytes) -> None:
    """Upload once, by http.client."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("PUT", parts.path, data)
    status = connection.getresponse().status
    connection.close()
    if status >= 300:
        raise OSError(f"HTTP {status}")


def commands(directory: Path, only: tuple[str, ...]) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return a check of curl, by all clauses if ``only`` names none, and a loop that starts curl as often."""
    uploads = 0

    def count(_done: int, _total: int, where: str) -> None:
        nonlocal uploads
        found = re.search(r"([\d,]+) uploads", where)
        uploads = max(uploads, int(found[1].replace(",", "")) if found else 0)

    run(f"client:{CURL}", Settings(jobs=JOBS, only=only), count)
    check = "from bitsspec.cli import main; main()"
    words = ["check", "-q", f"client:{CURL}", "--jobs", str(JOBS), *(f"--only={clause}" for clause in only)]

    def judged() -> None:
        done = subprocess.run(
            [sys.executable, "-c", check, *words], cwd=directory, capture_output=True, check=False
        )
        assert done.returncode == 1, done.stderr

    def bare() -> None:
        subprocess.run(
            [sys.executable, "-c", BARE_LOOP, str(uploads)],
            cwd=directory,
            check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    return judged, bare


def in_process() -> tuple[Callable[[], None], Callable[[], None]]:
    """Return one pass over a function that is watched, and a loop that calls it as often."""

    def watched() -> None:
        candidate = open_live("client", f"python:{__name__}:upload", 10.0, 1)
        candidate.ask(Capability.CLASSIFY, ONE_PASS)
        candidate.close()

    def bare() -> None:
        with trivial_server() as url:
            for _ in ONE_PASS:
                upload(url, DATA)

    return watched, bare


def servers(times: int) -> tuple[Callable[[], float], Callable[[], float]]:
    """Return what puts the same load on both servers, ours first, and returns uploads a second."""

    def ours() -> float:
        with Server() as server:
            return times / _load(server.open_case([200]).url, times)

    def theirs() -> float:
        with trivial_server() as url:
            return times / _load(url, times)

    return ours, theirs


def _load(url: str, times: int) -> float:
    parts = urlsplit(url)
    words = [sys.executable, "-c", LOAD, parts.netloc, parts.path, str(times), str(JOBS)]
    return float(subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout)
