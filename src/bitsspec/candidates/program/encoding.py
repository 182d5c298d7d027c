"""Reading what programs on Windows print: UTF-16, with a byte order mark or without one."""

import codecs

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class ToUtf8:
    """Makes UTF-8 of one stream, piece by piece.

    UTF-16 shows in the first character: it is ASCII, in what can be an answer, so one of its bytes is 0.
    """

    def __init__(self) -> None:
        self._undecided: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def __call__(self, piece: bytes) -> bytes:
        """Return what there is so far of the stream; an empty ``piece`` is its end."""
        if self._undecided is not None:
            piece = self._decide(self._undecided + piece, has_ended=not piece)
        if self._decoder is None or not piece:
            return piece
        return self._decoder.decode(piece).encode()

    def _decide(self, start: bytes, *, has_ended: bool) -> bytes:
        """Choose the decoder and return ``start``, or keep it where that takes more."""
        first = start[2:4] if start.startswith(UTF_16_MARKS) else start[:2]
        if len(first) == 2 and first.count(0) == 1:
            name = "utf-16-le" if first[0] else "utf-16-be"
            self._decoder = codecs.getincrementaldecoder(name)("replace")
        elif len(first) < 2 and b"\n" not in start and not has_ended:
            self._undecided = start
            return b""
        self._undecided = None
        return b"" if start in UTF_16_MARKS else start
