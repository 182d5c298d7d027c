"""Whether an answer depends on the code alone: not on earlier calls, order, repetition or thread."""

import os
from collections.abc import Sequence
from typing import Any

import pytest

from bitsspec.candidates.base import Candidate
from bitsspec.clause_check import ClauseCheck
from bitsspec.conformance.replaying import ONCE, departure_of, departure_since_first, label
from bitsspec.conformance.threads import drift_among_threads
from bitsspec.conformance.walks import GARBAGE, LINES_OF_GARBAGE, walks
from bitsspec.conformance.watching import in_a_second_pass
from bitsspec.history import Call
from bitsspec.report.model import Departure
from bitsspec.spec.vocabulary import STATUS_CODES, Capability

HASH_SEEDS = range(1, 9)
"""The PYTHONHASHSEED of the second process of a strict run, and those that are tried where it differs."""


@pytest.mark.bits_clause("BITS-STABLE")
def test_the_answer_depends_on_the_code_alone(bits_check: ClauseCheck) -> None:
    if bits_check.candidate.is_live:
        in_a_second_pass(bits_check)
        return
    departure = by_earlier_calls(bits_check) or by_thread(bits_check) or by_hash_seed(bits_check)
    bits_check.conclude(len(STATUS_CODES), [] if departure is None else [departure])


def by_earlier_calls(check: ClauseCheck) -> Departure | None:
    """Ask the one candidate everything in several orders; return the first answer that is not what it was."""
    for about in questions(check.candidate):
        garbage = LINES_OF_GARBAGE if check.candidate.takes_text_only else GARBAGE
        for walk in walks(about, check.settings, check.history, garbage):
            check.ask_calls(walk)
            if check.history.drift is not None:
                return departure_of(check, check.history.drift)
    return None


def questions(candidate: Candidate) -> list[tuple[Capability, ...]]:
    """Return what is asked in turn: all at once, but of a program, whose lines answer all, one field by one.

    Among these it is asked about uploads, too, where it offers that.
    """
    if not candidate.takes_text_only:
        return [candidate.capabilities]
    posts = [each for each in candidate.capabilities if each is Capability.POSTS]
    return [(each, *posts) for each in candidate.capabilities if each is not Capability.POSTS]


def by_thread(check: ClauseCheck) -> Departure | None:
    """Ask from several threads at once, where that can be done."""
    drift = drift_among_threads(check) if check.candidate.in_process else None
    if drift is None:
        return None
    about = drift.call.about
    got = f"{check.show(drift.got, about)} while another thread asks{'' if drift.again else f' {ONCE}'}"
    return Departure([label(drift.call)], check.show(drift.first, about), got)


def by_hash_seed(check: ClauseCheck) -> Departure | None:
    """Ask everything once in a second process, downwards and with another hash seed, in a strict run."""
    if not check.settings.strict:
        return None
    seed = next(str(each) for each in HASH_SEEDS if str(each) != os.environ.get("PYTHONHASHSEED"))
    about_codes = [each for each in check.candidate.capabilities if each is not Capability.POSTS]
    calls = [Call(each, status) for each in about_codes for status in reversed(STATUS_CODES) if status != 200]
    answers = check.candidate.replay(calls, hash_seed=int(seed)) or []
    pairs = zip(calls, answers, strict=False)
    differing = [call for call, answer in pairs if answer != check.history.first_answer(call)]
    if not differing:
        return None
    return departure_by_seed(check, differing, int(seed)) or departure_since_first(check, differing[0])


def departure_by_seed(check: ClauseCheck, calls: Sequence[Call], seed: int) -> Departure | None:
    """Return the departure of the first call to which the seed alone makes a difference."""

    def answers(calls: Sequence[Call], seed: int) -> list[Any]:
        return check.candidate.replay(calls, hash_seed=seed) or []

    with_seed = answers(calls, seed)
    for other in HASH_SEEDS:
        for call, one, two in zip(calls, with_seed, answers(calls, other), strict=False):
            if one != two and answers([call], seed) == [one] and answers([call], other) == [two]:
                got = f"{check.show(one, call.about)} with PYTHONHASHSEED={seed}"
                first = f"{check.show(two, call.about)} with PYTHONHASHSEED={other}"
                return Departure([label(call)], first, got)
    return None
