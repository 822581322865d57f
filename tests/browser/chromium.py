"""Chromium: where it is, and how it is started so that it asks nothing of the network by itself."""

import os
import shutil
from pathlib import Path

PLACES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
"""Where it may be, if PIGEON_CHROMIUM does not say."""

FLAGS = [
    "--headless",
    "--no-sandbox",  # root in a container can have no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--disable-site-isolation-trials",  # or Playwright loses, now and then, a frame with a sandbox
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find():
    """Return the path of Chromium or Chrome, or None."""
    asked = os.environ.get("PIGEON_CHROMIUM")
    found = (shutil.which(place) for place in ([asked] if asked else PLACES))
    return next((Path(path) for path in found if path), None)


def launch(playwright):
    """Start it, for Playwright to drive."""
    path = find()
    if path is None:
        raise FileNotFoundError("no Chromium: `make test-browser` says how to get it")
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
