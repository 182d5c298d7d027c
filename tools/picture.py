"""Make docs/report.png: the report of a client with two common mistakes, as a browser shows it.

From the root of the checkout, with the extra ``test`` and Chromium with its driver: python -m tools.picture
"""

import base64
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.browser import browser, screen

PICTURE = Path(__file__).parents[1] / "docs" / "report.png"
CLIENT = """
from bitsspec import classify as as_bits_does


def classify(status):
    if 200 <= status <= 299:
        return "success"
    return "transient" if status == 429 else as_bits_does(status)
"""
WIDTH, SCALE = 1200, 0.8  # CSS pixels, five hundreds beside each other; pixels of the picture for each
BELOW = 12


def main() -> None:
    """Judge the client and take a picture of its report, from the top to the code 499."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "my_client.py").write_text(CLIENT, encoding="utf-8")
        check = ["check", "my_client:classify", "--quiet", "--report", "report.html"]
        subprocess.run([sys.executable, "-m", "bitsspec", *check], cwd=folder, check=False)
        with browser(folder / "profile") as opened:
            screen(opened, WIDTH, 1000)
            opened.get((folder / "report.html").as_uri())
            bottom = "return document.querySelectorAll('.hundred')[4].getBoundingClientRect().bottom"
            height = opened.execute_script(bottom) + BELOW
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": SCALE}
            options = {"format": "png", "clip": clip, "captureBeyondViewport": True}
            taken = opened.execute_cdp_cmd("Page.captureScreenshot", options)
    PICTURE.write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main()
