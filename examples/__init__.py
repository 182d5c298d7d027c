"""Candidates to try bitsspec on; README.md has the commands."""
