"""Candidates as a program in any language, asked line by line over a pipe."""

from bitsspec.candidates.program.candidate import open_target

__all__ = ["open_target"]
