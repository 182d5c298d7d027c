"""What nobody should send to the server, 10,000 times."""

import os

import pytest

from tests.support.hostile_requests import survive

REQUESTS = int(os.environ.get("BITSSPEC_REQUESTS", "10000"))


@pytest.mark.parametrize("bits", [False, True])
def test_the_server_survives_ten_thousand_hostile_requests(bits: bool) -> None:
    survive(REQUESTS // 2, bits=bits)
