"""The executable specification: what a BITS client makes of a server application's HTTP status."""

from .clauses import (
    CLAUSE_BY_ID,
    CLAUSES,
    OUTCOME_CLAUSES,
    Clause,
    governing,
    outcome_due,
    posts_due,
)
from .vocabulary import (
    HTTP_HRESULT_BASE,
    REJECTED,
    RESUME,
    RETRY,
    STATUS_CODES,
    Capability,
    ErrorContext,
    Level,
    Outcome,
)

__all__ = [
    "CLAUSES",
    "CLAUSE_BY_ID",
    "HTTP_HRESULT_BASE",
    "OUTCOME_CLAUSES",
    "REJECTED",
    "RESUME",
    "RETRY",
    "STATUS_CODES",
    "Capability",
    "Clause",
    "ErrorContext",
    "Level",
    "Outcome",
    "governing",
    "outcome_due",
    "posts_due",
]
