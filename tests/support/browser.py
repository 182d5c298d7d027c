"""A real browser for tests of what a report looks like and does: headless Chromium."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.tools import need

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser(profile: Path) -> Iterator[Any]:
    """Open Chromium with the new directory ``profile`` as its user data; skip where there is none."""
    chromium = need("chromium", "chromium-browser", "google-chrome")
    driver = need("chromedriver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}", "--window-size=1200,1000"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # with the path of the driver given, Selenium looks for none and downloads none
    opened: Any = webdriver.Chrome(options=options, service=Service(driver))
    try:
        opened.get("about:blank")
        for kind in ("browser", "performance"):  # what the page of a new tab did is nobody's business here
            opened.get_log(kind)
        yield opened
    finally:
        opened.quit()


def console(opened: Any) -> list[str]:
    """Return what the browser's console says, and forget it: errors, refused content, failed requests."""
    return [entry["message"] for entry in opened.get_log("browser")]


def requests(opened: Any) -> list[str]:
    """Return the addresses the browser has asked for, and forget them; not what the page's policy refused."""
    events = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    refused = {event["params"]["requestId"] for event in events if _is_refused(event)}
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent" and event["params"]["requestId"] not in refused
    ]


def _is_refused(event: dict[str, Any]) -> bool:
    params = event["params"]
    return bool(event["method"] == "Network.loadingFailed" and params.get("blockedReason") == "csp")


def colour_scheme(opened: Any, scheme: str, medium: str = "") -> None:
    """Make the browser prefer ``light`` or ``dark``, on the screen or in ``print``."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})


def screen(opened: Any, width: int, height: int) -> None:
    """Give the browser a phone's screen, in CSS pixels."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def spoken(opened: Any, element: Any) -> tuple[str, str]:
    """Return the role and name of ``element`` as a screen reader is told them."""
    found = opened.execute_script("window.spoken = arguments[0]; return true", element)
    assert found
    handle = opened.execute_cdp_cmd("Runtime.evaluate", {"expression": "window.spoken"})
    where = {"objectId": handle["result"]["objectId"], "fetchRelatives": False}
    (node,) = opened.execute_cdp_cmd("Accessibility.getPartialAXTree", where)["nodes"]
    return node["role"]["value"], node["name"]["value"]
