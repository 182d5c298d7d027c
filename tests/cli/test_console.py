"""What is said while a run goes on, where nobody sees a progress bar."""

import pytest

from bitsspec.cli.console import EVERY_S, Teller, progress_bar


def test_a_line_every_ten_seconds_says_where_the_run_is(capsys: pytest.CaptureFixture[str]) -> None:
    now, waited = [0.0], []
    teller = Teller(lambda: now[0])

    def is_over(seconds: float) -> bool:
        waited.append(seconds)
        now[0] += seconds
        if len(waited) == 2:
            teller.note(7, 11, "BITS-STABLE, 3,200 calls")
        return len(waited) == 3

    teller.tell_until(is_over)
    assert capsys.readouterr().err == "bitsspec: starting, 10 s\nbitsspec: BITS-STABLE, 3,200 calls, 20 s\n"
    assert waited == [EVERY_S] * 3


def test_a_short_run_says_nothing_and_a_quiet_one_nothing_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        assert progress is not None
        progress(0, 1, "BITS-4XX")
    with progress_bar(quiet=True) as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")
