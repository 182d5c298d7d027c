"""What a client makes of an Ack: one table, of which the first row that fits decides.

From "BITS Response Packets" with the pages of its packets, and [MC-BUP] 3.1.5.2. What the server application
says is decided by "Handling Server Application Errors", also where these read a status code otherwise.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bitsspec import reference
from bitsspec.spec.vocabulary import HTTP_HRESULT_BASE, ErrorContext, Outcome
from bitsspec.upload.vocabulary import JobError
from bitsspec.wire.packets import (
    BG_E_SESSION_NOT_FOUND,
    BG_E_TOO_LARGE,
    BY_THE_APPLICATION,
    E_ACCESSDENIED,
    E_INVALIDARG,
    Header,
    Packet,
    read_number,
)


class Step(StrEnum):
    """What a client is at."""

    PING = Packet.PING
    CREATE = Packet.CREATE_SESSION
    FRAGMENT = Packet.FRAGMENT
    LAST_FRAGMENT = "last Fragment"
    """With it the server has all bytes, and its Ack says what the server application answered."""
    CLOSE = Packet.CLOSE_SESSION
    CANCEL = Packet.CANCEL_SESSION

    @property
    def packet(self) -> Packet:
        """The packet that it sends."""
        return Packet.FRAGMENT if self is Step.LAST_FRAGMENT else Packet(self)


class Reading(StrEnum):
    """What a client makes of an Ack."""

    ACCEPTED = "accepted"
    NEW_SESSION = "the server does not know the session: start another"
    RESYNC = "the server wants other bytes"
    SMALLER = "the fragment is too large: send smaller ones"
    TRANSIENT = "transient"
    FATAL = "fatal"


@dataclass(frozen=True)
class Ack:
    """The answer to a packet."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""

    def header(self, name: Header) -> str:
        """Return the value of a header; nothing where it is not there."""
        return self.headers.get(name.lower(), "").strip()

    @property
    def is_one(self) -> bool:
        """Whether it says that it is an Ack, which no server but a BITS server does."""
        return self.header(Header.PACKET_TYPE).lower() == Packet.ACK.lower()

    @property
    def hresult(self) -> int | None:
        """The error that it names, under either name of the header; None where it names none."""
        return read_number(self.header(Header.ERROR_CODE) or self.header(Header.ERROR))

    @property
    def context(self) -> int | None:
        """Where the error arose, as the server says; None where it does not say it."""
        return read_number(self.header(Header.ERROR_CONTEXT))

    @property
    def wanted(self) -> int | None:
        """The offset of the next byte that the server wants; None where it names none."""
        text = self.header(Header.RECEIVED_RANGE)
        return int(text) if re.fullmatch("[0-9]{1,19}", text) else None

    def is_of_the_application(self, step: Step) -> bool:
        """Whether the server application said it, and not the BITS server.

        A server may leave the error out where the status code says the same ([MC-BUP], note 4), and with it
        the context: then the answer to the last Fragment is the application's, unless it speaks of ranges.
        """
        if self.context is not None:
            return self.context == BY_THE_APPLICATION
        of_http = not self.hresult or self.hresult >> 16 == HTTP_HRESULT_BASE >> 16
        return step is Step.LAST_FRAGMENT and of_http and self.status != 416


HOPELESS = frozenset((E_INVALIDARG, E_ACCESSDENIED, BG_E_TOO_LARGE))
"""Errors of the BITS server that sending the same again does not mend ([MC-BUP] 3.1.5.2.1)."""
ANY: frozenset[Step] = frozenset(Step)
FRAGMENTS = frozenset((Step.FRAGMENT, Step.LAST_FRAGMENT))
ENDS = frozenset((Step.CLOSE, Step.CANCEL))


@dataclass(frozen=True)
class Row:
    """One rule: for these steps, status codes and errors, the client makes this of an Ack."""

    reading: Reading
    steps: Container[Step]
    statuses: Container[int] = range(1000)
    hresults: Container[int] | None = None
    """None where it does not matter which error the Ack names."""


OF_THE_SERVER = (
    Row(Reading.NEW_SESSION, ANY - ENDS - {Step.CREATE}, hresults={BG_E_SESSION_NOT_FOUND}),
    # The session is over, as it was to be; the last Fragment was accepted before Close-Session was sent.
    Row(Reading.ACCEPTED, ENDS, hresults={BG_E_SESSION_NOT_FOUND}),
    # Ping is optional, and not every server knows it: what follows shows whether something is wrong.
    Row(Reading.ACCEPTED, {Step.PING}),
    Row(Reading.RESYNC, FRAGMENTS, {416}),
    Row(Reading.FATAL, ANY, hresults=HOPELESS),
    Row(Reading.SMALLER, FRAGMENTS, {413}),
    Row(Reading.ACCEPTED, ENDS, range(200, 300)),
    Row(Reading.FATAL, ENDS, range(100, 500)),
    Row(Reading.TRANSIENT, ENDS, range(500, 600)),
)
"""What a client makes of what the BITS server says; where no row fits, the status code decides."""


def read(step: Step, ack: Ack) -> Reading:
    """Say what a client that is at ``step`` makes of ``ack``."""
    # An error beside 200 is ignored, as some servers send one; 201 is as good, but not to the last Fragment.
    if ack.status == 200 or (ack.status == 201 and step is not Step.LAST_FRAGMENT):
        return Reading.ACCEPTED
    if not ack.is_of_the_application(step):
        for row in OF_THE_SERVER:
            fits = row.hresults is None or (ack.hresult is not None and ack.hresult in row.hresults)
            if fits and step in row.steps and ack.status in row.statuses:
                return row.reading
    return Reading(reference.classify(ack.status))


def error_of(step: Step, ack: Ack, outcome: Outcome) -> JobError:
    """Return the error of a job that ``ack`` ended."""
    if ack.is_of_the_application(step):
        context, hresult = reference.get_error(ack.status)
        may_resume = reference.may_repost(ack.status)
        return JobError(outcome, ErrorContext(context), hresult or 0, ack.status, may_resume)
    hresult = ack.hresult or HTTP_HRESULT_BASE + ack.status
    return JobError(outcome, ErrorContext.REMOTE_FILE, hresult, ack.status)
