"""What a client makes of each Ack."""

import pytest

from bitsspec.reference import classify, get_error
from bitsspec.spec.vocabulary import STATUS_CODES, ErrorContext, Outcome
from bitsspec.upload.acks import OF_THE_SERVER, Ack, Reading, Step, error_of, read
from tests.support.peer import ack, of_application

PING, CREATE, FRAGMENT, LAST, CLOSE, CANCEL = Step
UNKNOWN = ack(500, None, "0x8020001f", "0x5")


def test_what_the_server_application_says_is_read_as_the_page_says_at_every_code() -> None:
    for status in STATUS_CODES:
        reading = read(LAST, of_application(status))
        assert reading == ("accepted" if status == 200 else classify(status)), status


@pytest.mark.parametrize("step", Step)
def test_200_is_accepted_whatever_error_stands_beside_it_and_201_where_the_application_is_not_asked(
    step: Step,
) -> None:
    assert read(step, ack(200, None, "1", "5")) is Reading.ACCEPTED
    assert read(step, ack(201)) is (Reading.TRANSIENT if step is LAST else Reading.ACCEPTED)


@pytest.mark.parametrize(
    ("steps", "answer", "reading"),
    [
        ((PING, FRAGMENT, LAST), UNKNOWN, Reading.NEW_SESSION),
        ((CREATE,), UNKNOWN, Reading.TRANSIENT),
        ((CLOSE, CANCEL), UNKNOWN, Reading.ACCEPTED),
        ((PING,), ack(404), Reading.ACCEPTED),
        ((FRAGMENT, LAST), ack(416, 5), Reading.RESYNC),
        ((FRAGMENT, LAST), ack(416, 5, "0x0", "0x5"), Reading.RESYNC),
        ((CREATE,), ack(416), Reading.FATAL),
        ((CREATE, FRAGMENT, LAST), ack(500, None, "0x80070057", "0x5"), Reading.FATAL),
        ((CREATE, FRAGMENT, LAST), ack(501, None, "80070005", "5"), Reading.FATAL),
        ((FRAGMENT, LAST), ack(413, None, "0x80200020", "0x5"), Reading.FATAL),
        ((FRAGMENT,), ack(413), Reading.SMALLER),
        ((FRAGMENT, LAST), ack(413, None, None, "0x5"), Reading.SMALLER),
        ((LAST,), ack(413), Reading.FATAL),
        ((CLOSE, CANCEL), ack(204), Reading.ACCEPTED),
        ((CLOSE, CANCEL), ack(408), Reading.FATAL),
        ((CLOSE, CANCEL), ack(501), Reading.TRANSIENT),
        ((CREATE, FRAGMENT, LAST), ack(503), Reading.TRANSIENT),
        ((CREATE, FRAGMENT, LAST), ack(404), Reading.FATAL),
    ],
)
def test_what_the_bits_server_says_is_read_by_the_table(
    steps: tuple[Step, ...], answer: Ack, reading: Reading
) -> None:
    assert {read(step, answer) for step in steps} == {reading}


def test_no_row_of_the_table_is_out_of_reach() -> None:
    def first(step: Step, status: int, hresult: int) -> int | None:
        answer = ack(status, None, hex(hresult), "0x5")
        rows = [
            number
            for number, row in enumerate(OF_THE_SERVER)
            if step in row.steps
            and status in row.statuses
            and (row.hresults is None or hresult in row.hresults)
        ]
        assert not rows or read(step, answer) in (OF_THE_SERVER[rows[0]].reading, Reading.ACCEPTED)
        return min(rows, default=None)

    statuses = (204, 404, 413, 416, 500, 600)
    errors = (0, 0x8020001F, 0x80200020, 0x80070057)
    found = {first(step, status, hresult) for step in Step for status in statuses for hresult in errors}
    assert found == {None, *range(len(OF_THE_SERVER))}


@pytest.mark.parametrize(
    ("step", "answer", "context", "hresult"),
    [
        (LAST, of_application(503), 7, 0x801901F7),
        (LAST, ack(503), 7, 0x801901F7),
        (LAST, ack(503, None, "0x80070057", "7"), 7, 0x801901F7),
        (LAST, ack(500, None, "0x80004005"), 5, 0x80004005),
        (LAST, ack(503, None, None, "0x5"), 5, 0x801901F7),
        (CREATE, ack(404), 5, 0x80190194),
        (CREATE, ack(404, None, "what?", "-5"), 5, 0x80190194),
    ],
)
def test_an_error_says_who_had_it_and_its_number(step: Step, answer: Ack, context: int, hresult: int) -> None:
    error = error_of(step, answer, Outcome.FATAL)
    assert (error.context, error.hresult, error.status) == (context, hresult, answer.status)


def test_the_applications_errors_are_those_of_the_reference() -> None:
    for status in (201, 403, 503, 999):
        error = error_of(LAST, of_application(status), classify(status))
        assert (error.context, error.hresult) == get_error(status)
        assert error.may_resume is (status != 403)


def test_both_names_of_the_error_are_known() -> None:
    assert Ack(500, {"bits-error": "0x8020001F"}).hresult == 0x8020001F


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            error_of(LAST, of_application(403), Outcome.FATAL),
            ["7 BG_ERROR_CONTEXT_REMOTE_APPLICATION", "0x80190193"],
        ),
        (error_of(LAST, UNKNOWN, Outcome.FATAL), ["BG_E_SESSION_NOT_FOUND", "status code 500"]),
        (error_of(LAST, ack(500, None, "0x12345678"), Outcome.FATAL), ["not listed", "status code 500"]),
    ],
)
def test_an_error_is_told_by_the_names_of_bits(error: object, words: list[str]) -> None:
    assert all(word in str(error) for word in words), error


def test_a_context_has_its_name() -> None:
    assert ErrorContext(error_of(CREATE, ack(404), Outcome.FATAL).context) is ErrorContext.REMOTE_FILE
