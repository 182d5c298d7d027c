"""What a candidate answers or raises, as one line of a report."""

from typing import Any

import pytest

from bitsspec.text import (
    LONGEST,
    encodable,
    inert,
    shorten,
    show,
    show_answer,
    show_hresult,
    show_raised,
    without_code,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a" * 200, "a" * 200),
        ("a" * 201, "a" * 199 + "…"),
        ("a" * 198 + "\n", "a" * 198 + "\\n"),
        ("a" * 199 + "\n", "a" * 199 + "…"),
        ("\x1b[31mé\u202e", "\\x1b[31mé\\u202e"),
    ],
    ids=range(6),
)
def test_a_text_is_one_printable_line_of_200_characters_at_most(text: str, shown: str) -> None:
    assert shorten(text) == shown


HUGE = 16**6000


def test_a_number_of_any_length_is_shown() -> None:
    for shown in (show_answer(HUGE), show(HUGE), show_hresult(HUGE)):
        assert (shown[:4], len(shown), shown[-1]) == ("0x10", LONGEST, "…")
    assert show_answer(-HUGE).startswith("-0x10")
    assert show([HUGE]) == "<list whose repr raised ValueError>"
    assert show_raised(ValueError("x" * 10**6)) == shorten("raised ValueError: " + "x" * LONGEST)


@pytest.mark.parametrize(
    ("answer", "shown"), [(True, "yes"), (False, "no"), (0, "0"), (-1, "-1"), ("fatal", "fatal")]
)
def test_an_answer_is_shown_as_it_is_written(answer: object, shown: str) -> None:
    assert show_answer(answer) == shown


@pytest.mark.parametrize(("hresult", "shown"), [(0, "0x00000000"), (0x80190193, "0x80190193")])
def test_an_hresult_has_eight_hexadecimal_digits(hresult: int, shown: str) -> None:
    assert show_hresult(hresult) == shown


def test_what_no_encoding_can_write_is_an_escape() -> None:
    assert encodable("größe \udcff") == "größe \\udcff"


class Raising:
    """A value whose text cannot be had."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __repr__(self) -> str:
        raise self.error


class RaisingError(Raising, Exception):
    """An exception whose message cannot be had."""

    __str__ = Raising.__repr__


@pytest.mark.parametrize("error", [ValueError(), SystemExit(3), GeneratorExit()], ids=repr)
def test_whatever_a_value_raises_instead_of_its_text_is_told(error: BaseException) -> None:
    assert show(Raising(error)) == f"<Raising whose repr raised {type(error).__name__}>"
    assert show_raised(RaisingError(error)) == "raised RaisingError"


def test_an_interruption_is_not_taken_for_an_answer() -> None:
    with pytest.raises(KeyboardInterrupt):
        show(Raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        show_raised(RaisingError(KeyboardInterrupt()))


def test_an_exception_is_named_with_its_message() -> None:
    assert show_raised(KeyError(429)) == "raised KeyError: 429"
    assert show_raised(ValueError()) == "raised ValueError"


def test_the_text_of_a_value_is_the_same_in_every_run() -> None:
    value: Any = object()
    assert show(value) == "<object object>"
    assert show_raised(ValueError(value)) == "raised ValueError: <object object>"


def test_two_colons_are_a_command_where_a_line_begins_and_anywhere_in_what_is_wrapped() -> None:
    assert inert("x ::error::y\n  ::error::z") == "x ::error::y\n  :\\x3aerror::z"
    assert inert("x ::error::y", wrapped=True) == "x :\\x3aerror:\\x3ay"


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        ("raised KeyError: 404", 404, "raised KeyError: CODE"),
        ("raised KeyError: '007' is not 7.", 7, "raised KeyError: 'CODE' is not CODE."),
        ("raised KeyError: 4045 0x404 404.5 1404", 404, "raised KeyError: 4045 0x404 404.5 1404"),
        ("raised KeyError: 405", 404, "raised KeyError: 405"),
        ("exited with code 1; stderr: no 1", 1, "exited with code 1; stderr: no CODE"),
        ("'404'", 404, "'404'"),
        ("404", 404, "404"),
    ],
)
def test_the_code_that_an_exception_or_a_program_speaks_of_is_left_out(
    text: str, code: int, shown: str
) -> None:
    assert without_code(text, code) == shown
