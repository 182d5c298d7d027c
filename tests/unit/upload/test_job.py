"""A job: the packets that it sends, the states that it goes through, and how long it waits."""

from collections.abc import Callable
from typing import Any

import pytest

from bitsspec.reference import classify, count_posts
from bitsspec.spec.vocabulary import STATUS_CODES, ErrorContext, Outcome
from bitsspec.upload import InvalidState, Job, JobError, JobState, Unreadable
from bitsspec.upload.acks import Ack
from tests.support.peer import LOST, SESSION, Clock, Peer, ack, of_application

URL = "http://server.example/file"
CREATE, CLOSE, PING = "Create-Session", "Close-Session", "Ping"
KB = 1024
UNKNOWN = ack(500, None, "0x8020001F", "0x5")


def job_of(peer: Peer, size: int = 5, clock: Clock | None = None, **settings: Any) -> Job:
    clock = clock or Clock()
    return Job(URL, bytes(size), transport=peer, clock=clock, sleep=clock.sleep, **settings)


def error_of(job: Job) -> JobError:
    assert job.error is not None
    return job.error


def test_a_small_file_takes_three_packets_over_one_connection() -> None:
    peer, seen = Peer(), []
    job = Job(
        URL, b"12345", transport=peer, notify=lambda job: seen.append((job.state.name, job.bytes_transferred))
    )
    assert job.run() is JobState.TRANSFERRED
    assert (peer.packets, peer.closed) == ([CREATE, "Fragment 0-4/5", CLOSE], [None])
    assert [state for state, _ in seen] == ["CONNECTING", *["TRANSFERRING"] * 3, "TRANSFERRED"]
    assert [transferred for _, transferred in seen] == [0, 0, 5, 5, 5]
    create, fragment, close = peer.headers
    assert create["BITS-Supported-Protocols"] == "{7df0354d-249b-430f-820d-3d2a9bef4931}"
    assert fragment["BITS-Session-Id"] == close["BITS-Session-Id"] == SESSION
    assert fragment["Content-Name"] == "data"
    job.complete()
    assert job.state is JobState.ACKNOWLEDGED
    assert JobState.ACKNOWLEDGED.symbol == "BG_JOB_STATE_ACKNOWLEDGED"


class Named:
    """A file that is not there, of any size."""

    def __init__(self, size: int, name: str = "file") -> None:
        self.size, self.name = size, name

    def read(self, start: int, stop: int) -> bytes:
        return bytes(stop - start)


def test_only_the_first_fragment_names_the_file_and_in_characters_of_a_header() -> None:
    peer = Peer()
    Job(URL, Named(100 * KB, "Müll \r\n%.txt"), transport=peer).run()
    assert [sent.get("Content-Name") for sent in peer.headers] == [
        None,
        "M%C3%BCll %0D%0A%25.txt",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("size", "seconds", "lengths"),
    [
        (30 * KB * KB, 0.1, [2**n * 64 * KB for n in range(8)] + [13 * KB * KB]),
        (300 * KB, 5, [64 * KB] * 4),
        (90 * KB, 11, [64 * KB, 20 * KB, *[5 * KB] * 1][:1]),
        (120 * KB, 11, [64 * KB, 32 * KB, 16 * KB]),
        (400 * KB, 11, [64 * KB, 32 * KB, 16 * KB, 8 * KB, *[5 * KB] * 55]),
    ],
)
def test_fragments_grow_where_the_server_is_quick_and_shrink_where_it_is_slow(
    size: int, seconds: float, lengths: list[int]
) -> None:
    peer = Peer()
    Job(URL, Named(size), transport=peer, clock=Clock(seconds)).run()
    assert peer.lengths == lengths


@pytest.mark.parametrize(
    ("size", "told", "packets"),
    [
        # The server has more, less, or something else than was sent.
        (70 * KB, {1: ack(200, 66 * KB)}, ["0-65535", "67584-71679"]),
        (70 * KB, {1: ack(200, 70 * KB)}, ["0-65535", "0-71679"]),
        (70 * KB, {1: ack(200, 71 * KB)}, ["0-65535", "65536-71679"]),
        (70 * KB, {1: ack(200, "0x10000")}, ["0-65535", "65536-71679"]),
        (70 * KB, {1: ack(200)}, ["0-65535", "65536-71679"]),
        (70 * KB, {2: ack(200, 70_000)}, ["0-65535", "65536-71679", "70000-71679"]),
        # It is out of step.
        (70 * KB, {1: ack(416, 5)}, ["0-65535", "5-65540", "65541-71679"]),
        (70 * KB, {1: ack(416, 70 * KB)}, ["0-65535", "6144-71679"]),
        (70 * KB, {2: ack(416, 70 * KB)}, ["0-65535", "65536-71679", CREATE, "0-71679"]),
        (70 * KB, {2: ack(416)}, ["0-65535", "65536-71679", CREATE, "0-71679"]),
        (70 * KB, {2: ack(416, 70 * KB + 1)}, ["0-65535", "65536-71679", CREATE, "0-71679"]),
        # It does not know the session.
        (70 * KB, {2: UNKNOWN}, ["0-65535", "65536-71679", CREATE, "0-71679"]),
        (5, {2: UNKNOWN}, ["0-4"]),
        # It takes no fragment as large.
        (70 * KB, {1: ack(413), 2: ack(413)}, ["0-65535", "0-32767", "0-16383", *["…"] * 4]),
    ],
)
def test_the_client_does_what_the_server_asks_for(
    size: int, told: dict[int, Ack], packets: list[str]
) -> None:
    peer = Peer(told)
    assert job_of(peer, size).run() is JobState.TRANSFERRED
    sent = [each.removeprefix("Fragment ").removesuffix(f"/{size}") for each in peer.packets]
    assert (sent[0], sent[-1], len(sent)) == (CREATE, CLOSE, len(packets) + 2)
    assert all(was == due or due == "…" for was, due in zip(sent[1:-1], packets, strict=True)), sent


@pytest.mark.parametrize(
    ("size", "answer", "first", "outcome", "hresult"),
    [
        (5, ack(413, None, None, "5"), 1, "fatal", 0x8019019D),
        (5, ack(416, 0), 1, "transient", 0x8020001B),
        (70 * KB, ack(200, 0), 1, "transient", 0x8020001B),
        (5, ack(416), 1, "transient", 0x8020001F),
        (5, ack(404), 0, "fatal", 0x80190194),
        (5, ack(503), 0, "transient", 0x801901F7),
        (5, Ack(200, {}), 0, "fatal", 0x8020001B),
        (5, Ack(200, {"bits-packet-type": "Ack"}), 0, "fatal", 0x8020001B),
        (5, Ack(200, {}), 1, "transient", 0x8020001B),
        (5, LOST, 0, "transient", 0x80072EFE),
        (5, ack(404), 2, "fatal", 0x80190194),
        (5, ack(503), 2, "transient", 0x801901F7),
    ],
)
def test_a_server_that_gets_nowhere_is_an_error_of_its_own(
    size: int, answer: Any, first: int, outcome: str, hresult: int
) -> None:
    accepts_sessions = (first, 3, 5, 7) if answer == ack(416) else range(first, 50)
    job = job_of(Peer(dict.fromkeys(accepts_sessions, answer)), size)
    assert job.run(once=True).name == ("ERROR" if outcome == "fatal" else "TRANSIENT_ERROR")
    error = error_of(job)
    assert (error.outcome, error.context, error.hresult) == (outcome, ErrorContext.REMOTE_FILE, hresult)
    assert job.error_count == 1


def test_a_server_that_forgets_sessions_but_gets_further_is_not_given_up() -> None:
    job = job_of(Peer(dict.fromkeys((2, 6, 11, 17), UNKNOWN)), 6 * 64 * KB, Clock(5))
    assert job.run(once=True) is JobState.TRANSFERRED


def test_another_protocol_is_refused() -> None:
    other = Ack(200, {"bits-packet-type": "Ack", "bits-session-id": "1", "bits-protocol": f"{{{'0' * 8}}}"})
    job = job_of(Peer({0: other}))
    assert (job.run(), error_of(job).hresult) == (JobState.ERROR, 0x80200022)


def test_after_each_answer_of_the_application_the_job_does_what_the_reference_says() -> None:
    for status in STATUS_CODES:
        peer = Peer({1: of_application(status)})
        job = job_of(peer)
        job.run()
        posts = sum(each.startswith("Fragment") for each in peer.packets)
        assert posts == count_posts([status, "retry"] if status != 200 else [status]), status
        assert (job.state is JobState.ERROR) == (classify(status) == "fatal"), status
        before = len(peer.packets)
        assert job.resume() is (status != 403)
        assert job.run() is (JobState.ERROR if status == 403 else JobState.TRANSFERRED)
        assert (len(peer.packets) == before) is (status == 403 or classify(status) != "fatal")


@pytest.mark.parametrize(
    ("told", "packets"),
    [
        ({1: of_application(503)}, ["Fragment 0-4/5", PING, "Fragment 0-4/5", CLOSE]),
        ({1: LOST}, ["Fragment 0-4/5", PING, "Fragment 0-4/5", CLOSE]),
        ({1: LOST, 2: ack(500)}, ["Fragment 0-4/5", PING, "Fragment 0-4/5", CLOSE]),
        (
            {1: LOST, 3: UNKNOWN},
            ["Fragment 0-4/5", PING, *["Fragment 0-4/5", CREATE] * 1, "Fragment 0-4/5", CLOSE],
        ),
        # It kept the session on the connection that was lost, and says no more than that something is wrong.
        (
            {1: LOST, 3: ack(400, None, None, "5")},
            ["Fragment 0-4/5", PING, "Fragment 0-4/5", CREATE, "Fragment 0-4/5", CLOSE],
        ),
        ({2: ack(503)}, ["Fragment 0-4/5", CLOSE, PING, CLOSE]),
    ],
)
def test_after_a_transient_error_it_waits_says_ping_and_goes_on_where_it_was(
    told: dict[int, Any], packets: list[str]
) -> None:
    clock, peer = Clock(), Peer(told)
    assert job_of(peer, clock=clock).run() is JobState.TRANSFERRED
    assert peer.packets == [CREATE, *packets]
    assert clock.slept == [600]


def test_fragments_are_smaller_after_a_lost_connection() -> None:
    peer = Peer({1: LOST})
    job_of(peer, 70 * KB).run()
    assert peer.packets[1:4] == ["Fragment 0-65535/71680", PING, "Fragment 0-32767/71680"]


@pytest.mark.parametrize(
    ("settings", "slept", "state"),
    [
        ({"minimum_retry_delay": 1}, [5] * 10, JobState.TRANSFERRED),
        ({"no_progress_timeout": 1_500}, [600, 600, 300], JobState.ERROR),
        ({"no_progress_timeout": 1_200}, [600, 600, 0], JobState.ERROR),
        ({"no_progress_timeout": 599}, [], JobState.ERROR),
        ({"no_progress_timeout": 0}, [], JobState.ERROR),
    ],
)
def test_it_waits_no_less_than_5_s_and_gives_up_after_the_no_progress_timeout(
    settings: dict[str, Any], slept: list[float], state: JobState
) -> None:
    clock, peer = Clock(), Peer(dict.fromkeys(range(1, 21, 2), of_application(503)))
    peer.told |= dict.fromkeys(range(2, 21, 2), ack())
    job = job_of(peer, clock=clock, **settings)
    assert job.run() is state
    assert clock.slept == slept
    if state is JobState.ERROR:
        assert error_of(job).outcome is Outcome.TRANSIENT
        assert job.resume()


def test_progress_starts_the_no_progress_timeout_anew() -> None:
    clock = Clock()
    peer = Peer({1: LOST, 4: LOST, 7: LOST})
    job = job_of(peer, 100 * KB, clock, no_progress_timeout=1_000)
    assert job.run() is JobState.TRANSFERRED
    assert clock.slept == [600] * 3


def test_once_leaves_the_waiting_to_the_caller() -> None:
    clock, peer = Clock(), Peer({1: of_application(503)})
    job = job_of(peer, clock=clock)
    assert job.run(once=True) is job.run(once=True) is JobState.TRANSIENT_ERROR
    assert job.bytes_transferred == job.bytes_total == 5
    assert job.resume()
    assert job.run(once=True) is JobState.TRANSFERRED
    assert (clock.slept, job.error) == ([], None)


class Broken(Named):
    """A file that cannot be read."""

    def read(self, start: int, stop: int) -> bytes:
        raise Unreadable("BG_E_LOCAL_FILE_CHANGED")


def test_a_file_that_cannot_be_read_is_an_error_of_the_local_file() -> None:
    job = Job(URL, Broken(5), transport=Peer())
    assert job.run() is JobState.ERROR
    assert (error_of(job).context, error_of(job).hresult) == (ErrorContext.LOCAL_FILE, 0x8020001D)


@pytest.mark.parametrize(
    ("told", "packets"),
    [
        ({0: KeyboardInterrupt()}, []),
        ({1: KeyboardInterrupt()}, ["Cancel-Session"]),
        ({1: KeyboardInterrupt(), 2: ack(503)}, ["Cancel-Session"] * 2),
        ({1: KeyboardInterrupt(), 2: ack(503), 3: ack(503)}, ["Cancel-Session"] * 2),
        ({1: KeyboardInterrupt(), 2: UNKNOWN}, ["Cancel-Session"]),
        ({1: KeyboardInterrupt(), 2: LOST}, ["Cancel-Session"]),
    ],
)
def test_to_cancel_tells_the_server_if_there_is_a_session_and_does_not_insist(
    told: dict[int, Any], packets: list[str]
) -> None:
    peer = Peer(told)
    job = job_of(peer)
    with pytest.raises(KeyboardInterrupt):
        job.run()
    sent = len(peer.packets)
    job.cancel()
    assert (job.state, peer.packets[sent:]) == (JobState.CANCELLED, packets)
    assert peer.closed == [None, 2, None]


CANCELLED: list[Callable[[Job], Any]] = [Job.cancel, Job.resume, Job.complete]


@pytest.mark.parametrize("call", CANCELLED)
def test_what_is_over_is_over(call: Callable[[Job], Any]) -> None:
    job = job_of(Peer())
    job.run()
    job.cancel()
    assert job.run() is JobState.CANCELLED
    with pytest.raises(InvalidState, match="CANCELLED"):
        call(job)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Job(URL, b"")
