"""``bitsspec vectors``."""

from importlib import resources

import pytest

from tests.support.in_process import invoke


@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_the_vectors_that_ship_are_what_the_command_prints(file_format: str) -> None:
    printed = invoke("vectors", "--format", file_format).output
    stands = (resources.files("bitsspec.spec") / f"vectors.{file_format}").read_text(encoding="utf-8")
    assert stands == printed, f"spec/vectors.{file_format} is stale: write it anew with bitsspec vectors"
