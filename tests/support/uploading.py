"""Clients that tests have watched: they upload by one PUT after another, and differ in what they do then."""

import asyncio
import os
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

from bitsspec import classify, get_error
from examples.clients.conforming import UploadFailed, put, upload

conforming = upload


class Failed(UploadFailed):
    """The upload has ended with a fatal error."""


def conforming_bits(url: str, data: bytes) -> None:
    """Upload in one fragment of the BITS upload protocol, and send it again after a transient error."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=20)

    def send(packet: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("BITS_POST", parts.path, body, {"BITS-Packet-Type": packet, **names})
        answer = connection.getresponse()
        answer.read()
        return answer

    made = send("Create-Session", BITS_Supported_Protocols="{7df0354d-249b-430f-820d-3d2a9bef4931}")
    session = made.headers["BITS-Session-Id"]
    whole = f"bytes 0-{len(data) - 1}/{len(data)}"

    def post() -> int:
        return send("Fragment", data, Content_Range=whole, BITS_Session_Id=session).status

    while classify(status := post()) == "transient":
        pass
    send("Close-Session" if status == 200 else "Cancel-Session", BITS_Session_Id=session)
    connection.close()
    if status != 200:
        raise Failed(status)


async def conforming_async(url: str, data: bytes) -> None:
    await asyncio.to_thread(conforming, url, data)


def never_again(url: str, data: bytes) -> None:
    status = put(url, data)
    if status != 200:
        raise OSError(f"answered {status} at {url}")


def three_times(url: str, data: bytes) -> None:
    """Give up after the third post, as most clients do."""
    for _ in range(3):
        status = put(url, data)
        if classify(status) != "transient":
            break
    if status != 200:
        raise OSError("gave up")


def in_words(url: str, data: bytes) -> str:
    """Leave posting again to a scheduler; it answers as programs do."""
    status = put(url, data)
    context, hresult = get_error(status)
    return f"{classify(status)} no {context} {hresult:#x}" if status != 200 else "success"


class Budget:
    """Posts again as long as its budget for all uploads together lasts."""

    def __init__(self, retries: int) -> None:
        self.left = retries

    def __call__(self, url: str, data: bytes) -> None:
        while (status := put(url, data)) != 200:
            self.left -= 1
            if classify(status) == "fatal" or self.left < 0:
                raise OSError("no more")


budget = Budget(150)


def says_nothing(url: str, data: bytes) -> str:
    put(url, data)
    return "fatal perhaps"


def wants_201(url: str, data: bytes) -> None:
    if put(url, data) != 201:
        raise OSError("not created")


def posts_elsewhere(url: str, data: bytes) -> None:
    pass


def sees_no_proxy(url: str, data: bytes) -> None:
    put(url, data)
    seen = sorted(name for name in os.environ if name.lower().endswith("_proxy"))
    if seen != ["NO_PROXY"]:
        raise OSError(f"there is {seen}")


not_callable = 7
