"""What each status code means: success, transient error or fatal error."""

import pytest

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.asking import ask_every_code


@pytest.mark.bits_clause("BITS-SUCCESS")
def test_200_is_success(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)


@pytest.mark.bits_clause("BITS-3XX")
def test_300_to_399_are_transient_except_300_to_305_and_307(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)


@pytest.mark.bits_clause("BITS-4XX")
def test_400_to_499_are_fatal_except_408_and_409(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)


@pytest.mark.bits_clause("BITS-5XX")
def test_500_to_599_are_transient_except_501_and_505(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)


@pytest.mark.bits_clause("BITS-OTHER")
def test_every_other_code_is_transient(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)
