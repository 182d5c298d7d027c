"""``bitsspec serve``: the loopback server, run by hand."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

import click

from bitsspec import streams
from bitsspec.cli.console import say
from bitsspec.cli.options import FILE
from bitsspec.errors import CannotRun, why
from bitsspec.text import inert
from bitsspec.wire.application import Application
from bitsspec.wire.connection import Limits, Seen
from bitsspec.wire.server import LOOPBACK, Server
from bitsspec.wire.storing import Store
from bitsspec.wire.telling import Summary, line_of, record_of

MIB = 1024 * 1024
LOOKS_EVERY_S = 0.5
"""Windows hands over a Ctrl-C between two waits only."""


@click.command()
@click.option("--bits", is_flag=True, help="Speak the BITS upload protocol instead of plain HTTP.")
@click.option(
    "--host", metavar="ADDRESS", default=LOOPBACK, show_default=True, help="The address to listen on."
)
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=0, help="The port; a free one if 0."
)
@click.option(
    "--answer",
    "answers",
    metavar="CODE",
    type=click.IntRange(0, 999),
    multiple=True,
    help="The answer to a post; repeatable: one after another, the last for ever.  [default: 200]",
)
@click.option(
    "--application", metavar="URL", help="Have a real server application answer instead; with --bits."
)
@click.option(
    "--log", metavar="PATH", type=FILE, help="Append each request and answer, a JSON object a line."
)
@click.option(
    "--store",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep what was answered with 200, in files of this folder.",
)
@click.option(
    "--max-size",
    metavar="MIB",
    type=click.IntRange(1),
    default=4096,
    show_default=True,
    help="The largest upload that is taken, in MiB.",
)
def serve(
    bits: bool,
    host: str,
    port: int,
    answers: Sequence[int],
    application: str | None,
    log: Path | None,
    store: Path | None,
    max_size: int,
) -> None:
    """Answer uploads with status codes, and say what a BITS client must do after each answer.

    Without --bits, a post is a PUT, POST or PATCH. With --bits, it is when the whole file has come and the
    BITS server asks the server application; a 403 is then remembered for the session. Each URL below the one
    that is printed gets the answers from the first one on. Anything but a post is answered with 200.

    A line a request says what came, what was answered, and what a BITS client must do now. The log has the
    headers as well, without Authorization and cookies. Files are kept only with --store, under a number and
    the last part of their URL. --application hands each finished file over as the body of a POST, with the
    URL that it was uploaded to in BITS-Original-Request-URL, and answers with the status that it gets, or 502
    without one.

    Ctrl-C ends it with a summary.

    \b
    Exit codes: 0 ended by Ctrl-C, 2 could not be run.

    \b
    Examples:
      bitsspec serve --answer 503 --answer 200
      bitsspec serve --bits --port 8080 --answer 429 --log packets.jsonl
      bitsspec serve --bits --application http://127.0.0.1:5000/uploads --store taken
    """
    if application and not bits:
        raise click.UsageError("--application needs --bits: only a BITS server asks an application")
    if application and answers:
        raise click.UsageError("--answer and --application cannot both say what to answer")
    asked = Application(application) if application else None
    summary = Summary()
    with _opened(log) as file, _stored(store, needed=asked is not None) as folder:

        def watch(seen: Seen) -> None:
            now = time.time()
            summary.add(seen)
            if file is not None:
                print(json.dumps(record_of(seen, now)), file=file, flush=True)
            _show(f"{time.strftime('%H:%M:%S', time.localtime(now))} {line_of(seen)}")

        server = Server(
            bits=bits,
            host=host,
            port=port,
            limits=Limits(largest_body=max_size * MIB),
            standing=answers or (200,),
            store=folder,
            application=asked,
            watch=watch,
        )
        with server:
            try:
                _introduce(
                    server, bits, application or ", then ".join(f"{code:03}" for code in answers or [200])
                )
                while not server.wait(LOOKS_EVERY_S):
                    pass
            except KeyboardInterrupt:
                pass
    _show(str(summary))


def _introduce(server: Server, bits: bool, answers: str) -> None:
    if not server.is_loopback:
        say("warning: this is not a loopback address; anyone who reaches it can upload")
    protocol = "BITS uploads" if bits else "uploads over HTTP"
    _show(f"{server.url} takes {protocol}; answer: {answers}; Ctrl-C ends it")


def _show(line: str) -> None:
    click.echo(inert(line), file=streams.out())


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("a", encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotRun(
            f"{path}: the log cannot be written: {why(error)}\nname another file with --log"
        ) from error
    with file:
        yield file


def _stored(folder: Path | None, *, needed: bool) -> "Store | nullcontext[None]":
    return Store(folder) if folder is not None or needed else nullcontext()
