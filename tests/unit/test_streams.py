"""What a candidate prints, apart from what the command prints, where the command runs within a program."""

import sys

import pytest

from bitsspec import streams


@pytest.mark.parametrize(("quiet", "shown"), [(False, "candidate, "), (True, "")])
def test_what_a_candidate_prints_is_not_in_the_output(
    quiet: bool, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sys.stdout, sys.stderr
    for _ in range(2):
        streams.keep_apart(quiet=quiet)
    print("candidate, ", end="")
    print("command", file=streams.out())
    print("error", file=streams.err())
    streams.rejoin()
    assert capsys.readouterr() == ("command\n", f"{shown}error\n")
    assert (sys.stdout, sys.stderr) == before == (streams.out(), streams.err())


def test_a_stream_without_a_descriptor_leaves_the_number_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_own", {1: object()})
    assert [streams.descriptor(number) for number in (1, 2)] == [1, 2]
