"""Get the brokers that are measured, where that may be (Debian, root); else say what is skipped."""

from experiments.reality.installed import program
from experiments.reality.options import NotInstalled
from tests.debian import apt_get

PROGRAMS = {"mosquitto": "mosquitto", "redis-server": "redis-server"}
"""Each program, with Debian's package."""


def missing():
    """Go through what is not here: Debian's package, and what to say of it."""
    for name, package in PROGRAMS.items():
        try:
            program(name, package)
        except NotInstalled as said:
            yield package, said


def main():
    """Get it all, or say whose tests are skipped."""
    for package, _ in missing():
        apt_get(package)
    for _, said in missing():
        print(f"{said}. Its tests are skipped.")


if __name__ == "__main__":
    main()
