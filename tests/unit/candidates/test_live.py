"""Live clients: judged by what they do with the answers of a server on loopback."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from bitsspec import classify
from bitsspec.candidates import NO_ANSWER, Candidate, Failure, open_candidate
from bitsspec.candidates.base import NotObserved
from bitsspec.candidates.bits_client import CONTESTED
from bitsspec.candidates.live import LiveClient
from bitsspec.clause_check import ClauseCheck
from bitsspec.errors import CannotRun
from bitsspec.history import Call
from bitsspec.report.model import ClauseResult, Report, Result
from bitsspec.spec.clauses import BITS_STABLE
from bitsspec.spec.vocabulary import RETRY, Capability
from bitsspec.wire.function import Function
from bitsspec.wire.launcher import Client, ClientFailed
from bitsspec.wire.observed import Said, read_answer
from examples.clients.conforming import put
from tests.support import uploading
from tests.support.judging import CHECKS, departed, departing, judge

CLIENT = "client:python:tests.support.uploading"
TIMEOUT = 0.2

Watch = Callable[..., LiveClient]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Return what makes a candidate of a function or client."""
    opened: list[LiveClient] = []

    def make(source: Any, jobs: int = 1, timeout: float = 20, **more: Any) -> LiveClient:
        client = source if isinstance(source, Client) else Function(source, b"data")
        opened.append(LiveClient("client:it", lambda _: client, timeout, jobs, **more))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def codes(outcome: str) -> list[int]:
    return [status for status in range(200, 1000) if classify(status) == outcome]


def outcomes(candidate: Candidate, *codes: int) -> list[Any]:
    return candidate.ask(Capability.CLASSIFY, codes)


def result_of(report: Report, clause: str) -> ClauseResult:
    return next(result for result in report.clauses if result.clause.id == clause)


@pytest.mark.parametrize("client", ["conforming", "conforming_async", "in_words"])
def test_a_client_that_does_as_bits_does_conforms(client: str) -> None:
    report = judge(f"{CLIENT}:{client}", ["BITS-SUCCESS", "BITS-4XX", "BITS-5XX"])
    assert report.conforms
    made_by = f"(bitsspec {report.version}, seed 0)"
    told = "conforms at 201 of 800 status codes that a client can be shown: 3 clauses held"
    assert report.verdict() == f"{CLIENT}:{client} {told} {made_by}."


@pytest.mark.parametrize("clause", ["BITS-4XX", "BITS-CONTEXT"])
def test_a_client_of_the_upload_protocol_is_judged_by_what_the_server_application_is_asked(
    clause: str,
) -> None:
    assert judge("bits-client:python:tests.support.uploading:conforming_bits", [clause]).conforms


def test_a_client_departs_where_it_does_something_else_and_it_is_shown_what_it_did() -> None:
    report = judge(f"{CLIENT}:never_again", ["BITS-4XX"])
    assert departing(report, "BITS-4XX") == {408: ("transient", "fatal"), 409: ("transient", "fatal")}
    seen = report.failed[0].departures[0].seen
    assert seen is not None
    assert (len(seen.posts_at_s), seen.ended) == (1, "raised OSError: answered 408 at {url}")
    once = "it never posts again by itself: after 503 it posted once, raised OSError: answered 503 at {url}"
    assert report.remarks == (once,)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("wants_201", "answered 200 with no body, it posted once, raised OSError: not created"),
        ("posts_elsewhere", "answered 200 with no body, it posted nothing, returned"),
        ("says_nothing", "answered 200 with no body, it posted once, said fatal"),
    ],
)
def test_a_client_that_is_not_content_with_200_cannot_be_judged(target: str, told: str) -> None:
    with pytest.raises(CannotRun, match=f"^{CLIENT}:{target} cannot be judged: {told}") as error:
        open_candidate(f"{CLIENT}:{target}")
    assert str(error.value).splitlines()[1].startswith("usual causes: it wants 201, ")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("client:python:tests.support.uploading:not_callable", "cannot be called\nname a function"),
        ("client:python:tests.support.nothing:f", "cannot import 'tests.support.nothing'"),
        ("client:there-is-no-such-program {url}", "cannot start 'there-is-no-such-program': it is not found"),
        ("bits-client:a 'b", "cannot be split into words: No closing quotation"),
        ("client: ", "names no candidate"),
    ],
)
def test_a_target_that_cannot_be_started_is_told_in_two_lines(target: str, told: str) -> None:
    with pytest.raises(CannotRun, match=told) as error:
        open_candidate(target)
    assert len(str(error.value).splitlines()) <= 2


def test_an_answer_is_asked_for_once_and_the_same_question_again_is_another_upload(watch: Watch) -> None:
    client = watch(uploading.conforming)
    assert client.uploads == 3
    assert outcomes(client, 404, 409) == ["fatal", "transient"]
    assert client.ask(Capability.HRESULT, [404]) == [0x80190194]
    assert client.ask(Capability.POSTS, [[404, RETRY]]) == [1]
    assert client.uploads == 4  # 404 was one of those at the opening
    assert outcomes(client, 404) == ["fatal"]
    assert client.uploads == 5
    assert [each.codes for each in client.not_observable] == ["000-099", "100-199"]
    assert client.remarks == []


def test_context_and_hresult_are_what_the_client_says_of_an_error_that_ends_it(watch: Watch) -> None:
    client = watch(uploading.conforming)
    silent = NotObserved("it posted again until it was answered 200, and reported no error")
    assert client.ask(Capability.CONTEXT, [404, 503]) == [7, silent]
    says_it_once = watch(lambda url, data: {200: "success", 404: "fatal no 7"}.get(put(url, b"x"), "fatal"))
    assert Capability.HRESULT not in says_it_once.capabilities
    assert says_it_once.ask(Capability.CONTEXT, [404, 410]) == [7, NO_ANSWER]
    says_it_wrong = watch(lambda url, data: "success" if put(url, b"x") == 200 else "fatal no x")
    assert says_it_wrong.ask(Capability.CONTEXT, [404]) == [Failure("'x'")]
    assert Capability.CONTEXT not in watch(uploading.never_again).capabilities


def test_a_function_sees_no_proxy_and_the_environment_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = {"http_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "x", "no_proxy": "example.org"}
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    open_candidate(f"{CLIENT}:sees_no_proxy").close()
    assert {name: os.environ.get(name) for name in proxies} == proxies
    assert "NO_PROXY" not in os.environ


def stuck_at(code: int, times: int) -> Callable[[str, bytes], object]:
    """Return a client that does not end, so many times, after it was answered a code."""
    left = [times]

    def upload(url: str, data: bytes) -> None:
        status = put(url, b"x")
        if status == code and left[0]:
            left[0] -= 1
            threading.Event().wait()
        if status != 200:
            raise OSError

    return upload


def test_what_is_not_observed_departs_if_a_repeat_ends_the_same_way_and_else_is_a_note(watch: Watch) -> None:
    for_ever, once = watch(stuck_at(429, -1), timeout=TIMEOUT), watch(stuck_at(429, 1), timeout=TIMEOUT)
    assert outcomes(for_ever, 429, 428) == [Failure("no decision within 0.2 s"), "fatal"]
    assert outcomes(once, 429) == ["fatal"]
    call = Call(Capability.CLASSIFY, 429)
    assert once.noted(call) == "no decision within 0.2 s at first; alone, it posted once, raised OSError"
    assert once.noted(Call(Capability.POSTS, [429, RETRY])) == ""
    late = watch(stuck_at(503, 2), timeout=TIMEOUT)
    assert late.remarks[1].startswith("after 503 it did not end within 0.2 s: turn its retry delay down")


def test_a_client_that_posts_nothing_once_does_so_by_chance(watch: Watch) -> None:
    fails = [True]

    def upload(url: str, data: bytes) -> None:
        if len(fails) == 4:
            fails.append(True)
            raise OSError("no network")
        fails.append(False)
        uploading.conforming(url, data)

    client = watch(upload)
    assert outcomes(client, 428) == ["fatal"]
    assert client.noted(Call(Capability.CLASSIFY, 428)).startswith(
        "it posted nothing at first; alone, it posted"
    )
    assert client.stumbles == {}


class Scripted(Client):
    """Does at each upload what a table says; it can resume."""

    offers_resume = True

    def __init__(self, does: dict[int, Any]) -> None:
        self.does = does
        self.resumed: list[str] = []

    async def upload(self, url: str) -> Said:
        status = put(url, b"x")
        what = self.does.get(status, "success" if status == 200 else "fatal")
        if isinstance(what, Exception):
            raise what
        return read_answer(what) if isinstance(what, str) else what(url)

    async def resume(self, url: str) -> Said:
        self.resumed.append(url)
        return await self.upload(url) if len(self.resumed) < 3 else read_answer("fatal")

    def afresh(self) -> Client:
        return self

    async def close(self) -> None:
        pass


def posts_and_goes_on(url: str) -> Said:
    while put(url, b"x") != 200:
        pass
    put(url, b"x")
    return read_answer("success")


def test_a_client_that_fails_itself_has_not_decided(watch: Watch) -> None:
    client = watch(Scripted({404: ClientFailed("the client exited with code 1"), 409: posts_and_goes_on}))
    assert outcomes(client, 404, 409) == [Failure("the client exited with code 1"), "transient"]
    assert client.seen(Call(Capability.CLASSIFY, 409)).says().startswith("posted 3 times within")  # type: ignore[union-attr]
    for about, given in ((Capability.CONTEXT, 404), (Capability.POSTS, [404, RETRY])):
        assert client.ask(about, [given]) == [Failure("the client exited with code 1")]


def test_whether_a_file_may_be_posted_again_is_seen_by_resume(watch: Watch) -> None:
    client = watch(Scripted({429: "said what", 409: posts_and_goes_on, 410: ClientFailed("gone")}))
    assert Capability.REPOST in client.capabilities
    assert client.ask(Capability.REPOST, [429, 409, 500, 403]) == [True, True, True, False]
    assert len(client._client.resumed) == 3  # type: ignore[attr-defined]  # 409 posted again by itself
    assert client.ask(Capability.REPOST, [410]) == [Failure("gone")]


def test_posts_are_counted_unless_its_scheduler_or_time_has_the_last_word(watch: Watch) -> None:
    scheduled = watch(uploading.in_words)
    waits = NotObserved("it leaves posting again to its scheduler")
    assert scheduled.ask(Capability.POSTS, [[503, RETRY], [404, RETRY]]) == [waits, 1]
    assert watch(Scripted({429: "said what"})).ask(Capability.POSTS, [[429, RETRY]]) == [1]
    slow = watch(never_ends_after_two, timeout=TIMEOUT)
    no_end = NotObserved("no end within 0.2 s")
    assert slow.ask(Capability.POSTS, [[500, RETRY], [405, RETRY]]) == [no_end, 2]


def never_ends_after_two(url: str, data: bytes) -> None:
    if put(url, b"x") != 200:
        put(url, b"x")
        threading.Event().wait()


@pytest.mark.parametrize(
    ("client", "departures"),
    [
        ("conforming", {}),
        ("three_times", {(503, RETRY) * 3: ("4", "3")}),
        ("never_again", {(status, RETRY): ("2", "1") for status in codes("transient")}),
    ],
)
def test_how_often_it_posts_is_seen_by_lists_of_answers(client: str, departures: dict[Any, Any]) -> None:
    assert departing(judge(f"{CLIENT}:{client}", ["BITS-POSTS"]), "BITS-POSTS") == departures


def test_a_budget_for_all_uploads_together_shows_in_a_second_pass() -> None:
    uploading.budget.left = 850
    report = judge(f"{CLIENT}:budget", ["BITS-5XX", "BITS-STABLE"])
    assert departed(report) == {"BITS-STABLE"}
    assert {expected for expected, _ in departing(report, "BITS-STABLE").values()} == {"transient"}
    assert {got for _, got in departing(report, "BITS-STABLE").values()} == {"fatal in a second pass"}


class Breaker(Client):
    """Posts nothing any more once it has failed several times."""

    def __init__(self, failures: int) -> None:
        self.failures = self.left = failures

    async def upload(self, url: str) -> Said:
        status = put(url, b"x") if self.left else 500
        self.left -= status != 200 and self.left > 0
        return read_answer("success" if status == 200 else "fatal")

    def afresh(self) -> Client:
        return Breaker(self.failures)

    async def close(self) -> None:
        pass


def test_a_circuit_breaker_shows_as_what_depends_on_earlier_uploads(watch: Watch) -> None:
    client = watch(Breaker(60))
    check = ClauseCheck(BITS_STABLE, client)
    CHECKS["BITS-STABLE"](check)
    assert check.result is not None
    assert check.result.result is Result.FAILED
    told = [(each.input, each.expected, each.got) for each in check.result.departures]
    assert told[0] == ([259], "fatal", "posted nothing after other uploads")
    assert {got for _, _, got in told} == {"posted nothing after other uploads"}


def test_what_is_no_status_code_cannot_be_shown() -> None:
    result = result_of(judge(f"{CLIENT}:conforming", ["BITS-DOMAIN"]), "BITS-DOMAIN")
    assert (result.result, result.checked) == (Result.NOT_RUN, 0)
    assert result.remarks == ["a status line can say nothing else than a status code"]


def test_the_codes_of_another_reading_are_told_on_the_other_face_alone(watch: Watch) -> None:
    client = watch(uploading.conforming, contested=CONTESTED)
    told = "contested: 413: fatal by Microsoft's page; [MC-BUP] has a client send smaller fragments"
    assert told in client.remarks
    assert len(client.remarks) == 5


def test_posts_that_come_too_late_are_told_of(watch: Watch) -> None:
    urls: list[str] = []

    def upload(url: str, data: bytes) -> None:
        urls.append(url)
        uploading.conforming(url, data)

    client = watch(upload)
    assert client.remarks == []
    put(urls[0], b"x")
    assert client.remarks == [
        "posts came for uploads that had ended, or had been given up: they are not judged"
    ]


def test_an_interruption_leaves_nothing_under_way(watch: Watch) -> None:
    client = watch(stuck_at(429, -1), jobs=4)

    def interrupt() -> None:
        raise KeyboardInterrupt

    client.on_upload = interrupt
    with pytest.raises(KeyboardInterrupt):
        client.ask(Capability.CLASSIFY, range(400, 440))
    client.close()
    assert client.uploads < 43  # three at the opening, and not all of these


class GoesOn(Client):
    """Heeds no first interruption once it was opened."""

    def __init__(self) -> None:
        self.is_open = self.is_over = False

    async def upload(self, url: str) -> Said:
        if self.is_open:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            try:
                await asyncio.sleep(60)
            finally:
                self.is_over = True
        return read_answer("success" if put(url, b"x") == 200 else "fatal")

    def afresh(self) -> Client:
        return self

    async def close(self) -> None:
        pass


def test_what_goes_on_after_an_interruption_is_ended_with_the_client(watch: Watch) -> None:
    source = GoesOn()
    client = watch(source)
    source.is_open = True
    client.on_upload = pytest.fail
    with pytest.raises(pytest.fail.Exception):
        outcomes(client, 502)
    client.close()
    assert source.is_over
