"""What a server is seen doing, in lines and records that nobody can misuse."""

import json

import pytest

from bitsspec.reference import classify
from bitsspec.spec.vocabulary import STATUS_CODES, Outcome
from bitsspec.wire.advice import after
from bitsspec.wire.connection import Seen
from bitsspec.wire.exchanges import Answer, Request
from bitsspec.wire.telling import Summary, line_of, record_of
from tests.support.hostile_text import assert_printable

ERROR = (("BITS-Error-Code", "0x801901F7"), ("BITS-Error-Context", "0x7"))
FRAGMENT = Request("BITS_POST", "/f", (("bits-packet-type", "FRAGMENT"), ("Content-Range", "bytes 0-9/10")))


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (Seen(1, Request("PUT", "/f", ()), 1, Answer(503, then="wait")), "#1 PUT /f, 1 byte: 503; wait"),
        (
            Seen(2, FRAGMENT, 10, Answer(503, ERROR, "wait")),
            "#2 Fragment /f, bytes 0-9/10: 503 (0x801901F7, context 0x7); wait",
        ),
        (
            Seen(
                2, Request("BITS_POST", "/f", (("BITS-Packet-Type", "ping"),)), 0, Answer(200, then="go on")
            ),
            "#2 Ping /f: 200; go on",
        ),
        (
            Seen(3, Request("BITS_POST", "/f", ()), 0, Answer(400, then="x")),
            "#3 an unknown packet to /f: 400; x",
        ),
        (Seen(4, None, 0, Answer(400, then="stop: \x1b")), "#4 what is no HTTP request: 400; stop: \\x1b"),
        (
            Seen(5, FRAGMENT, 3, None),
            "#5 Fragment /f, bytes 0-9/10: lost before it was whole; go on in another connection",
        ),
    ],
)
def test_an_exchange_is_a_line(seen: Seen, line: str) -> None:
    assert line_of(seen) == line


def test_lines_and_records_hold_hostile_text_and_no_secrets() -> None:
    odd = "".join(map(chr, range(0x21, 0x100))) * 20
    headers = (("Authorization", "s3cret"), ("COOKIE", "s3cret"), ("Content-Range", odd))
    seen = Seen(1, Request("PUT", odd, headers), 3, Answer(200, (("A", "b"),), "done", posted=True))
    assert_printable(line_of(seen))
    assert len(line_of(seen)) < 200
    written = json.dumps(record_of(seen, 0.5))
    assert "s3cret" not in written
    record = json.loads(written)
    assert record["time"] == "1970-01-01T00:00:00.500+00:00"
    assert record["request"]["headers"][2] == ["Content-Range", odd]
    assert (record["answer"], record["posted"], record["then"], record["size"]) == (
        {"status": 200, "headers": [["A", "b"]]},
        True,
        "done",
        3,
    )
    nothing = record_of(Seen(1, None, 0, None), 0)
    assert [nothing[name] for name in ("request", "answer", "posted", "then")] == [None, None, False, None]


def test_a_summary_counts() -> None:
    summary = Summary()
    assert str(summary) == "0 requests with 0 bytes, 0 posts"
    for status, posted in [(503, True), (0, True), (503, True), (200, False)]:
        summary.add(Seen(1, None, 500, Answer(status, posted=posted)))
    summary.add(Seen(1, None, 1, None))
    assert (
        str(summary) == "4 requests with 2,001 bytes, 3 posts, answered 000 to 1, 503 to 2; "
        "1 request lost before it was whole"
    )


def test_what_a_client_must_do_agrees_with_the_reference() -> None:
    for status in STATUS_CODES:
        outcome = classify(status)
        assert after(status).startswith("success" if outcome is Outcome.SUCCESS else f"{outcome} error")
        assert ("never post" in after(status)) == (status == 403)
