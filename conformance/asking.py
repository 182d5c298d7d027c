"""Asking a candidate every status code that a clause governs."""

from bitsspec.clause_check import ClauseCheck


def ask_every_code(check: ClauseCheck) -> None:
    """Ask every governed code once, in ascending order, and judge each answer.

    Whether another order or a second ask changes an answer is what BITS-STABLE checks.
    """
    codes = check.codes
    check.judge_all(codes, check.ask(codes))
