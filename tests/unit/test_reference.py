"""The reference implementation, and what importing it costs."""

import doctest
import subprocess
import sys
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest

import bitsspec
from bitsspec import NotAStatusCode, reference
from bitsspec.spec import STATUS_CODES, outcome_due

NOT_CODES: tuple[Any, ...] = (
    True,
    False,
    -1,
    1000,
    200.0,
    "200",
    None,
    10**30,
    -(10**30),
    [200],
    b"200",
    Decimal(200),
    2j,
    {},
)


def test_the_reference_and_the_clauses_agree_on_every_code() -> None:
    assert [bitsspec.classify(status) for status in STATUS_CODES] == [outcome_due(s) for s in STATUS_CODES]


@pytest.mark.parametrize("function", [bitsspec.classify, bitsspec.may_repost, bitsspec.get_error])
@pytest.mark.parametrize("value", NOT_CODES, ids=repr)
def test_what_is_not_a_status_code_is_named_in_the_exception(function: Any, value: Any) -> None:
    with pytest.raises(NotAStatusCode) as raised:
        function(value)
    assert repr(value) in str(raised.value)


@pytest.mark.parametrize("value", [*NOT_CODES, "Retry", ""], ids=repr)
def test_what_is_not_an_event_is_named_in_the_exception(value: Any) -> None:
    with pytest.raises(NotAStatusCode) as raised:
        bitsspec.count_posts([value])
    assert repr(value) in str(raised.value)


def test_an_answer_that_nobody_awaits_is_refused() -> None:
    with pytest.raises(bitsspec.InvalidEvents, match="200 comes while no post is outstanding"):
        bitsspec.count_posts([503, 200])


def test_the_members_of_http_status_are_status_codes() -> None:
    assert all(bitsspec.classify(status) is bitsspec.classify(int(status)) for status in HTTPStatus)


def test_zero_and_one_are_codes_although_false_and_true_are_not() -> None:
    assert bitsspec.classify(0) == bitsspec.classify(1) == "transient"


def test_200_is_not_an_error() -> None:
    assert bitsspec.get_error(200) == (0, None)
    assert bitsspec.may_repost(200) is False


def test_the_docstrings_show_what_the_functions_do() -> None:
    assert doctest.testmod(reference).failed == 0
    assert doctest.testmod(bitsspec).failed == 0


def test_importing_bitsspec_imports_nothing_heavy() -> None:
    code = "import sys, bitsspec; print({'hypothesis', 'pytest', 'rich', 'click'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
