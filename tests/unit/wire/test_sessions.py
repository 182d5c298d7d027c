"""The sessions of a BITS server: what each packet gets, and a client that does whatever it likes."""

import uuid
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE, STATUS_CODES
from bitsspec.wire.exchanges import Answer, Request
from bitsspec.wire.packets import PROTOCOL, Header, show_guid
from bitsspec.wire.sessions import (
    EVENT_OF_ANSWER,
    TRANSITIONS,
    Bounds,
    Event,
    Fragment,
    Question,
    Session,
    Sessions,
    State,
)

FILE = bytes(range(100))
SESSION_NOT_FOUND, INVALID, TOO_LARGE = "0x8020001F", "0x80070057", "0x80200020"
BY_SERVER, BY_APPLICATION = "0x5", "0x7"


def request(packet: str, headers: dict[str, str] | None = None, length: int | None = 0) -> Request:
    sent = {"BITS-Packet-Type": packet, **(headers or {})}
    if length is not None:
        sent["Content-Length"] = str(length)
    return Request("BITS_POST", "/file", tuple(sent.items()))


def create(sessions: Sessions) -> str:
    answer = sessions.begin(request("CREATE-SESSION", {"bits-supported-protocols": PROTOCOL}))
    assert isinstance(answer, Answer)
    return dict(answer.headers)[Header.SESSION_ID]


def begin(sessions: Sessions, name: str, first: int, last: int, total: int = 100) -> Answer | Fragment:
    headers = {"BITS-Session-Id": name, "Content-Range": f"bytes {first}-{last}/{total}"}
    return sessions.begin(request("Fragment", headers, last - first + 1))


def send(sessions: Sessions, name: str, first: int, last: int) -> Answer | Question:
    fragment = begin(sessions, name, first, last)
    if isinstance(fragment, Answer):
        return fragment
    fragment.receive(FILE[first : last + 1])
    return fragment.end()


def told(answer: object) -> tuple[int, str | None, str | None, str | None]:
    """Return the status, the wanted offset, the error and its context of an Ack."""
    assert isinstance(answer, Answer)
    headers = dict(answer.headers)
    assert headers[Header.PACKET_TYPE] == "Ack"
    assert headers.get(Header.ERROR) == headers.get(Header.ERROR_CODE)
    assert answer.then
    names = (Header.RECEIVED_RANGE, Header.ERROR_CODE, Header.ERROR_CONTEXT)
    return (answer.status, *(headers.get(name) for name in names))  # type: ignore[return-value]


def asked(outcome: object) -> Session:
    assert isinstance(outcome, Question)
    return outcome.session


def test_a_simple_upload() -> None:
    sessions = Sessions()
    assert told(sessions.begin(request("Ping"))) == (200, None, None, None)
    created = sessions.begin(
        request("Create-Session", {"BITS-Supported-Protocols": f"{{x}},{PROTOCOL.upper()}"})
    )
    assert isinstance(created, Answer)
    headers = dict(created.headers)
    assert headers[Header.PROTOCOL] == PROTOCOL
    assert headers["Accept-Encoding"] == "identity"
    name = headers[Header.SESSION_ID].upper()
    assert told(send(sessions, name, 0, 49)) == (200, "50", None, None)
    answer = asked(send(sessions, name, 50, 99)).answered(200)
    assert (told(answer), answer.posted) == ((200, "100", None, None), True)
    assert told(sessions.begin(request("close-session", {"bits-session-id": name}))) == (
        200,
        None,
        None,
        None,
    )
    assert len(sessions) == 0


def test_an_application_that_has_failed_is_asked_again_whatever_it_said() -> None:
    sessions = Sessions()
    name = create(sessions)
    for status in [status for status in STATUS_CODES if status not in (200, 403, 416)]:
        answer = told(asked(send(sessions, name, 0, 99)).answered(status))
        assert answer == (status, "100", f"0x{HTTP_HRESULT_BASE + status:X}", BY_APPLICATION)


def test_403_is_remembered_by_the_session_and_not_by_another() -> None:
    sessions = Sessions()
    name = create(sessions)
    first = asked(send(sessions, name, 0, 99)).answered(403)
    again = send(sessions, name, 0, 99)
    assert told(first) == told(again) == (403, "100", "0x80190193", BY_APPLICATION)
    assert (first.posted, isinstance(again, Answer) and again.posted) == (True, False)
    asked(send(sessions, create(sessions), 0, 99))


def test_after_416_the_file_is_wanted_from_the_first_byte() -> None:
    sessions = Sessions()
    name = create(sessions)
    session = asked(send(sessions, name, 0, 99))
    at_work = begin(sessions, name, 50, 99)  # begun before the answer came
    assert told(session.answered(416)) == (416, "0", "0x801901A0", BY_APPLICATION)
    assert isinstance(at_work, Fragment)
    assert at_work.receive(FILE[50:]) == (0, b"")
    assert told(at_work.end()) == told(send(sessions, name, 50, 99)) == (416, "0", "0x0", BY_SERVER)
    assert told(send(sessions, name, 0, 49)) == (200, "50", None, None)
    asked(send(sessions, name, 50, 99))


@pytest.mark.parametrize(
    ("first", "last", "new", "wanted"), [(50, 59, 10, 60), (40, 59, 10, 60), (0, 9, 0, 50), (30, 49, 0, 50)]
)
def test_of_what_overlaps_only_the_new_is_kept(first: int, last: int, new: int, wanted: int) -> None:
    sessions = Sessions()
    name = create(sessions)
    send(sessions, name, 0, 49)
    fragment = begin(sessions, name, first, last)
    assert isinstance(fragment, Fragment)
    assert fragment.receive(FILE[first : last + 1]) == (50, FILE[50 : 50 + new])
    assert told(fragment.end()) == (200, str(wanted), None, None)


@pytest.mark.parametrize(
    ("headers", "length", "expected"),
    [
        ({"Content-Range": "bytes 60-99/100"}, 40, (416, "50", "0x0", BY_SERVER)),
        ({"Content-Range": "bytes 50-99/101"}, 50, (400, None, INVALID, BY_SERVER)),
        ({"Content-Range": "bytes 50-99/100"}, 49, (400, None, INVALID, BY_SERVER)),
        ({"Content-Range": "bytes 99-50/100"}, 50, (400, None, INVALID, BY_SERVER)),
        (
            {"Content-Range": "bytes 50-99/100", "Content-Encoding": "gzip"},
            50,
            (400, None, INVALID, BY_SERVER),
        ),
        ({}, 50, (400, None, INVALID, BY_SERVER)),
        ({"Content-Range": "bytes 50-99/100"}, None, (400, None, INVALID, BY_SERVER)),
        (
            {"Content-Range": "bytes 50-99/100", "BITS-Session-Id": show_guid(uuid.uuid4())},
            50,
            (500, None, SESSION_NOT_FOUND, BY_SERVER),
        ),
        (
            {"Content-Range": "bytes 50-99/100", "BITS-Session-Id": "x"},
            50,
            (500, None, SESSION_NOT_FOUND, BY_SERVER),
        ),
        ({"BITS-Packet-Type": "Frogment"}, 50, (400, None, INVALID, BY_SERVER)),
    ],
)
def test_a_fragment_that_is_not_right(
    headers: dict[str, str], length: int | None, expected: tuple[Any, ...]
) -> None:
    sessions = Sessions()
    name = create(sessions)
    send(sessions, name, 0, 49)
    assert told(sessions.begin(request("Fragment", {"BITS-Session-Id": name} | headers, length))) == expected


@pytest.mark.parametrize("protocols", [{}, {"BITS-Supported-Protocols": show_guid(uuid.uuid4())}])
def test_without_a_common_protocol_there_is_no_session(protocols: dict[str, str]) -> None:
    sessions = Sessions()
    assert told(sessions.begin(request("Create-Session", protocols))) == (400, None, INVALID, BY_SERVER)
    assert len(sessions) == 0


def test_a_file_that_is_too_large_is_refused() -> None:
    sessions = Sessions(Bounds(largest=99))
    assert told(begin(sessions, create(sessions), 0, 9)) == (413, "0", TOO_LARGE, BY_SERVER)


def test_what_could_not_be_stored_is_wanted_again() -> None:
    sessions = Sessions()
    name = create(sessions)
    fragment = begin(sessions, name, 0, 99)
    assert isinstance(fragment, Fragment)
    fragment.fail(fragment.receive(FILE[:50])[0])
    assert fragment.receive(FILE[50:]) == (0, b"")
    assert told(fragment.end()) == (500, None, "0x80004005", BY_SERVER)
    asked(send(sessions, name, 0, 99))


def test_a_fragment_of_a_session_that_is_gone_meanwhile_is_of_no_session() -> None:
    sessions = Sessions()
    fragment = begin(sessions, create(sessions), 0, 99)
    assert isinstance(fragment, Fragment)
    sessions.clear()
    assert fragment.receive(FILE) == (0, b"")
    assert told(fragment.end()) == (500, None, SESSION_NOT_FOUND, BY_SERVER)


def test_a_session_ends_by_close_cancel_age_or_one_too_many() -> None:
    now, gone = [0.0], list[Session]()
    sessions = Sessions(Bounds(sessions=2, idle_s=10), clock=lambda: now[0], on_gone=gone.append)
    old, kept = create(sessions), create(sessions)
    begin(sessions, old, 0, 99)  # so that nobody spoke of the other for longer
    late = asked(send(sessions, old, 0, 99))
    new = create(sessions)
    assert told(send(sessions, kept, 0, 9))[0] == 500
    now[0] = 8
    begin(sessions, new, 0, 99)
    now[0] = 12
    sessions.begin(request("Ping"))
    assert told(send(sessions, old, 0, 9))[0] == 500
    assert told(late.answered(200)) == (200, "100", None, None)
    assert told(sessions.begin(request("Cancel-Session", {"BITS-Session-Id": new})))[0] == 200
    create(sessions)
    sessions.clear()
    assert (len(gone), len(sessions), {session.state for session in gone}) == (4, 0, {State.GONE})


def test_every_state_knows_each_answer_and_no_state_is_a_trap() -> None:
    answers = {Event.ANSWER, *EVENT_OF_ANSWER.values()}
    assert set(TRANSITIONS) == set(State)
    assert all(answers <= set(moves) for moves in TRANSITIONS.values())
    assert all(State.GONE in moves.values() for moves in TRANSITIONS.values())


class Client(RuleBasedStateMachine):
    """Creates sessions, sends fragments in parts over many connections, loses some, and is told the truth.

    The server's word on each session is checked against the bytes that it handed out to be stored.
    """

    names: Bundle[str] = Bundle("names")
    fragments: Bundle[tuple[str, Fragment, int, int]] = Bundle("fragments")
    questions: Bundle[tuple[str, Session]] = Bundle("questions")

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        guids = count(1)
        self.sessions = Sessions(
            Bounds(sessions=3, idle_s=20),
            clock=lambda: self.now,
            new_guid=lambda: uuid.UUID(int=next(guids)),
            on_gone=self.on_gone,
        )
        self.stored: dict[str, bytearray] = {}
        self.forbidden: set[str] = set()

    def on_gone(self, session: Session) -> None:
        del self.stored[show_guid(session.guid)]

    @rule(target=names)
    def create(self) -> str:
        name = create(self.sessions)
        self.stored[name] = bytearray()
        return name

    @rule(target=fragments, name=names, first=st.integers(0, 99), length=st.integers(1, 100))
    def begin(self, name: str, first: int, length: int) -> Any:
        last = min(first + length, 100) - 1
        begun = begin(self.sessions, name, first, last)
        if name not in self.stored:
            assert told(begun)[2] == SESSION_NOT_FOUND
        elif first > len(self.stored[name]):
            assert told(begun) == (416, str(len(self.stored[name])), "0x0", BY_SERVER)
        else:
            assert isinstance(begun, Fragment)
        return (name, begun, first, last)

    @rule(fragment=consumes(fragments), parts=st.lists(st.integers(1, 60), max_size=3), target=questions)
    def send(self, fragment: tuple[str, Fragment, int, int], parts: list[int]) -> Any:
        name, begun, at, last = fragment
        if isinstance(begun, Answer):
            return None
        for size in [*parts, 100]:
            part = FILE[at : min(at + size, last + 1)]
            offset, new = begun.receive(part)
            at += len(part)
            if new:
                assert offset == len(self.stored[name])
                self.stored[name] += new
            if size == 100:
                return self.end(name, begun)
        raise AssertionError

    def end(self, name: str, begun: Fragment) -> Any:
        outcome = begun.end()
        if name not in self.stored:
            assert told(outcome)[2] == SESSION_NOT_FOUND
        elif isinstance(outcome, Question):
            assert (bytes(self.stored[name]), name in self.forbidden) == (FILE, False)
            return (name, outcome.session)
        else:
            status, wanted, _, context = told(outcome)
            expected = {(200, None), (416, BY_SERVER)} | (
                {(403, BY_APPLICATION)} if name in self.forbidden else set()
            )
            assert (status, context) in expected
            assert wanted == str(len(self.stored[name]))
        return None

    @rule(fragment=consumes(fragments), size=st.integers(0, 60))
    def lose(self, fragment: tuple[str, Fragment, int, int], size: int) -> None:
        name, begun, first, last = fragment
        if not isinstance(begun, Answer):
            offset, new = begun.receive(FILE[first : min(first + size, last + 1)])
            if new:
                assert offset == len(self.stored[name])
                self.stored[name] += new

    @rule(question=consumes(questions), status=st.sampled_from([200, 200, 403, 416, 503]))
    def answer(self, question: tuple[str, Session] | None, status: int) -> None:
        if question is None:
            return
        name, session = question
        answer = told(session.answered(status))
        assert answer[0] == status
        if name in self.stored and status == 403:
            self.forbidden.add(name)
        if name in self.stored and name not in self.forbidden and status == 416:
            assert answer[1] == "0"
            self.stored[name].clear()

    @rule(name=names, packet=st.sampled_from(["Close-Session", "CANCEL-SESSION"]))
    def end_session(self, name: str, packet: str) -> None:
        self.sessions.begin(request("Ping"))  # what is too old is gone now
        known = name in self.stored
        answer = self.sessions.begin(request(packet, {"BITS-Session-Id": name}))
        assert told(answer)[2] == (None if known else SESSION_NOT_FOUND)

    @rule(seconds=st.integers(0, 15))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def what_is_stored_is_the_beginning_of_the_file(self) -> None:
        assert len(self.sessions) == len(self.stored) <= 3
        assert all(FILE.startswith(data) for data in self.stored.values())


TestClient = Client.TestCase
