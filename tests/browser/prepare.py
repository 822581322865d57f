"""Get what the browser's tests need, where that may be: Chromium and npm (Debian, root), Mermaid.

Otherwise say, in one line, what is missing and how to get it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser import chromium
from tests.debian import apt_get

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
INSTALLED = HERE / "node_modules" / ".package-lock.json"
MERMAID = HERE / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"


def main():
    """Get it all, or exit with a line that says what is missing."""
    if chromium.find() is None and not os.environ.get("PIGEON_CHROMIUM"):
        apt_get("chromium")
    if chromium.find() is None:
        asked = os.environ.get("PIGEON_CHROMIUM")
        sys.exit(
            f"PIGEON_CHROMIUM must be the path of Chromium or Chrome, got {asked!r}"
            if asked
            else "The browser's tests need Chromium: install it (Debian: apt-get install chromium; "
            "macOS: Google Chrome), or name it: PIGEON_CHROMIUM=/path/to/chromium"
        )
    if INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return
    if shutil.which("npm") is None:
        apt_get("npm")
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(
            "The browser's tests need npm, for Mermaid: install Node.js with npm "
            "(Debian: apt-get install npm; macOS: brew install node)"
        )
    print("Installing Mermaid from npm into tests/browser/node_modules (once, half a minute)")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([npm, "ci", *quiet], cwd=HERE, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        sys.exit("npm could not install Mermaid: see above, and try `make test-browser` again")


if __name__ == "__main__":
    main()
