"""What nobody should send to the server: some of it here, 10,000 times as much in tests/system/."""

import pytest

from tests.support.hostile_requests import survive


@pytest.mark.parametrize("bits", [False, True])
def test_the_server_survives_some_hostile_requests(bits: bool) -> None:
    survive(200, bits=bits)
