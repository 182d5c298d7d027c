"""The words of the BITS upload protocol: what is written can be read, whoever wrote it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitsspec.wire.packets import (
    PROTOCOL,
    Packet,
    Range,
    read_guid,
    read_number,
    read_packet,
    show_guid,
    show_number,
    supports,
)

OTHER_PROTOCOL = "{0e9c5a4e-3f0b-4c7e-9a55-6f0d2f3f7b11}"


@given(st.uuids(), st.integers(0, 2**32 - 1), st.tuples(*[st.integers(0, 2**40)] * 3).map(sorted))
def test_what_is_written_is_read(guid: uuid.UUID, number: int, numbers: list[int]) -> None:
    assert read_guid(show_guid(guid).upper()) == guid
    assert read_number(show_number(number).lower()) == number
    span = Range(numbers[0], numbers[1], numbers[2] + 1)
    assert Range.read(str(span).upper()) == span
    assert len(span) == numbers[1] - numbers[0] + 1


@pytest.mark.parametrize("packet", [packet for packet in Packet if packet is not Packet.ACK])
def test_packets_are_known_in_any_case(packet: Packet) -> None:
    assert {read_packet(packet), read_packet(packet.upper()), read_packet(packet.lower())} == {packet}


@pytest.mark.parametrize("text", [None, "", "Ack", "Fragments", "Create Session"])
def test_what_is_no_request_is_no_packet(text: str | None) -> None:
    assert read_packet(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "bytes", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-9/*", "bytes */10", "bytes -1-9/10"),
        *("0-9/10", "bytes 0-9/10, 10-19/20", f"bytes 0-9/{10**20}", "lines 0-9/10", "bytes \u0661-9/10"),
    ],
)
def test_what_names_no_bytes_of_a_file_is_no_range(text: str) -> None:
    assert Range.read(text) is None


@pytest.mark.parametrize(
    "text", ["", "{}", "{", "x", PROTOCOL[1:], PROTOCOL.replace("-", ""), "urn:uuid:" + PROTOCOL[1:-1]]
)
def test_what_is_no_guid_is_none(text: str) -> None:
    assert read_guid(text) is None


@pytest.mark.parametrize(("text", "number"), [("0x801901F7", 0x801901F7), ("801901f7", 0x801901F7), ("1", 1)])
def test_an_error_is_read_with_or_without_its_prefix(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", [None, "", "0x", "-1", "0x123456789", "12 34"])
def test_what_is_no_hresult_is_none(text: str | None) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("protocols", "common"),
    [(PROTOCOL, True), (PROTOCOL.upper(), True), ("", False), (OTHER_PROTOCOL, False)]
    + [(f"{OTHER_PROTOCOL}{between}{PROTOCOL}", True) for between in (" ", ",", ", ")],
)
def test_the_protocol_is_found_among_several(protocols: str, common: bool) -> None:
    assert supports(protocols) is common
