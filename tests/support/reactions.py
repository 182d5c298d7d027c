"""What `bitsspec.upload.upload` does with each answer of a real server."""

from collections.abc import Iterable

from bitsspec.reference import get_error
from bitsspec.spec import Outcome, outcome_due
from bitsspec.upload import UploadError, upload
from bitsspec.wire.server import Server


def check_reactions(server: Server, codes: Iterable[int]) -> None:
    """Hold what `upload` does after each code, answered once and then 200, against the specification."""
    for status in codes:
        case = server.open_case([status, 200])
        said = None
        try:
            upload(case.url, b"12345")
        except UploadError as error:
            said = error.context, error.hresult
        outcome = outcome_due(status)
        assert len(case.posts) == (2 if outcome == Outcome.TRANSIENT else 1), status
        assert said == (get_error(status) if outcome == Outcome.FATAL else None), status
        assert not case.broken
        server.close_case(case)
    assert server.strays == 0
