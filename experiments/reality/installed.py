"""Installed: where a program or a library is, or what to install where it is not."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import Final

from experiments.reality.options import NotInstalled

SYSTEM: Final = os.pathsep.join(("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
"""Where servers may be that the path of a plain user leaves out."""


def program(name: str, package: str) -> str:
    """Return the path of a program.

    Args:
        name: Its own.
        package: Debian's, which brings it.

    Raises:
        NotInstalled: If it is not here.
    """
    found = shutil.which(name) or shutil.which(name, path=SYSTEM)
    if found is None:
        raise NotInstalled(f"{name} is not installed here; on Debian: apt install {package}")
    return found


def library(module: str, package: str, install: str = '"pigeon-sim[brokers]"') -> None:
    """Check that a library is here, such as the client of a broker.

    Args:
        module: What is imported.
        package: The package that brings it.
        install: What to install. By default our extra "brokers", which has it among others.

    Raises:
        NotInstalled: If it is not.
    """
    if find_spec(module) is None:
        raise NotInstalled(f"{package} is not installed here: pip install {install}")
