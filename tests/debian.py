"""Debian: its packages, for the tests that need more than Python."""

import os
import shutil
import subprocess


def apt_get(package):
    """Install a package of Debian, if we may."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print(f"Installing {package} with apt-get (once)")
    asks_nothing = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for what in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        subprocess.run(["apt-get", *what], env=asks_nothing, stdout=subprocess.DEVNULL, check=False)
