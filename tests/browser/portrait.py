"""Take the player's pictures for the README and its guide, in each language and theme: a program.

It is run as `python -m tests.browser.portrait`, and writes into docs/guides/.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PIGEON = Path(sys.executable).with_name("pigeon")
PICTURES = (
    ("player", (), ("light", "dark")),
    ("player_beside", ("--beside", "guarantee=ExactlyOnce"), ("light",)),
)
"""Names, what else is asked for, and themes."""
SIZE = {"width": 920, "height": 690}


def main():
    """Play what they say, and take the picture of an instant with much under way."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "play.html"
        browser = chromium.launch(playwright)
        for name, more, themes in PICTURES:
            asked = ["--set", "link.loss=0.3", *more, "--out", page]
            subprocess.run([PIGEON, "play", *asked], check=True)
            for language in ("en", "fr"):
                for theme in themes:
                    ending = ".dark" if theme == "dark" else ""
                    opened = browser.new_page(viewport=SIZE, device_scale_factor=1.5)
                    opened.goto(f"{page.as_uri()}#lang={language}&theme={theme}&t=0.33&message=3")
                    opened.locator("#play").wait_for()
                    opened.screenshot(path=GUIDES / f"{name}.{language}{ending}.png")


if __name__ == "__main__":
    main()
