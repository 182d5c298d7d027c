"""What follows from an error: whether the file may be posted again, and what GetError yields."""

import pytest

from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.asking import ask_every_code


@pytest.mark.bits_clause("BITS-REPOST")
def test_403_alone_forbids_posting_again(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)


@pytest.mark.bits_clause("BITS-CONTEXT")
def test_the_error_context_is_remote_application(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)


@pytest.mark.bits_clause("BITS-HRESULT")
def test_the_hresult_is_0x80190000_plus_the_status(bits_check: ClauseCheck) -> None:
    ask_every_code(bits_check)
