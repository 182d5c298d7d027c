"""What a program prints is read as UTF-8, whatever a system makes of its text."""

import pytest

from bitsspec.candidates.program.encoding import ToUtf8

TEXT = "fatal yes\r\nä\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_text_comes_out_as_utf_8_wherever_it_was_cut(encoding: str, mark: str) -> None:
    encoded = (mark + TEXT).encode(encoding)
    for cut in range(1, len(encoded)):
        to_utf_8 = ToUtf8()
        pieces = [to_utf_8(piece) for piece in (encoded[:cut], encoded[cut:], b"")]
        assert b"".join(pieces).decode("utf-8-sig") == TEXT


@pytest.mark.parametrize("piece", [b"\n", b"\xff\xfe\n", b"\xff\xfefatal\n", b"\0\0", b"f"])
def test_what_is_not_utf_16_stays_as_it_is_and_no_line_is_held_back(piece: bytes) -> None:
    to_utf_8 = ToUtf8()
    at_once, at_the_end = to_utf_8(piece), to_utf_8(b"")
    assert at_once + at_the_end == piece
    assert at_once == piece or b"\n" not in piece
