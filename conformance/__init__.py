"""The conformance suite: one pytest test for each clause, for the candidate that is set.

Run it with ``pytest --pyargs bitsspec.conformance --bits-candidate TARGET``, or adopt it in a
project's own tests: ``from bitsspec.conformance import *`` beside a session-scoped fixture
``bits_candidate`` that returns the candidate.
"""

from bitsspec.conformance.test_domain import test_what_is_no_status_code_is_never_a_success
from bitsspec.conformance.test_errors import (
    test_403_alone_forbids_posting_again,
    test_the_error_context_is_remote_application,
    test_the_hresult_is_0x80190000_plus_the_status,
)
from bitsspec.conformance.test_outcomes import (
    test_200_is_success,
    test_300_to_399_are_transient_except_300_to_305_and_307,
    test_400_to_499_are_fatal_except_408_and_409,
    test_500_to_599_are_transient_except_501_and_505,
    test_every_other_code_is_transient,
)
from bitsspec.conformance.test_posts import test_the_file_is_posted_as_often_as_the_rules_allow
from bitsspec.conformance.test_stable import test_the_answer_depends_on_the_code_alone

__all__ = [
    "test_200_is_success",
    "test_300_to_399_are_transient_except_300_to_305_and_307",
    "test_400_to_499_are_fatal_except_408_and_409",
    "test_403_alone_forbids_posting_again",
    "test_500_to_599_are_transient_except_501_and_505",
    "test_every_other_code_is_transient",
    "test_the_answer_depends_on_the_code_alone",
    "test_the_error_context_is_remote_application",
    "test_the_file_is_posted_as_often_as_the_rules_allow",
    "test_the_hresult_is_0x80190000_plus_the_status",
    "test_what_is_no_status_code_is_never_a_success",
]
