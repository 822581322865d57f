"""Break the `send` and `receive` of each guarantee by hand, and see three kinds of tests fail.

    python -m tests.breakages                   every breakage, as a table
    python -m tests.breakages --only Handshake  those of one guarantee

A breakage is a replacement in one file of `simulator/protocols`, made in a copy of the tree. The
tests of the agreement of the engines, the invariants and the verdict must each fail on it. Some
breakages cannot show in the agreement: the vectorized engine has four of the guarantees, and no
crash or full receiver. The table says why.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.list_of_breakages import BREAKAGES

ROOT = Path(__file__).parents[1]
GROUPS = {
    "agreement": ("tests/simulator/engines",),
    "invariants": (
        "tests/simulator/protocols/test_invariants_of_guarantees.py",
        "tests/simulator/test_invariants.py",
    ),
    "verdict": ("tests/simulator/test_verdict.py", "tests/simulator/test_verdict_table.py"),
}
"""The tests that must notice; those that always come to an end, first."""
SECONDS = 300
"""How long a group may take; one that takes longer never ends, and has noticed."""
PASSED, FAILED = 0, 1
"""Exit codes of pytest."""


def copy_tree(folder):
    """Copy what the tests need."""
    for name in ("simulator", "tests"):
        leave_out = shutil.ignore_patterns("__pycache__", "browser", "experiments", "docs")
        shutil.copytree(ROOT / name, folder / name, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", folder)


def run(folder, tests):
    """Run tests in a folder up to the first that fails; return pytest's exit code and output."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=folder,
            env={**os.environ, "CI": "1", "PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return FAILED, "endless"
    return done.returncode, done.stdout


def outcome(breakage, group):
    """Return how a group of tests takes a breakage; None: unbroken code."""
    if breakage is not None and group in breakage.exempt:
        return "exempt"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tree(folder)
        if breakage is not None:
            path = folder / breakage.file
            path.write_text(breakage.applied_to(path.read_text()))
        code, output = run(folder, GROUPS[group])
    if code not in {PASSED, FAILED}:
        sys.exit(f"{breakage}, {group}: pytest ended with {code}\n{output[-3_000:]}")
    return "pass" if code == PASSED else "fail"


def main():
    """Try the breakages, print the table, and fail if a breakage went unnoticed."""
    parser = argparse.ArgumentParser(description="Break guarantees by hand; the tests must fail.")
    parser.add_argument("--only", nargs="+", help="the names of some guarantees")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    chosen = parser.parse_args()
    breakages = [one for one in BREAKAGES if one.guarantee in (chosen.only or one.guarantee)]
    width = max(len(str(one)) for one in breakages)
    print(" ".join([f"{'':{width}}", *(f"{group:10}" for group in GROUPS)]))
    unnoticed = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        pending = [
            (one, [pool.submit(outcome, one, group) for group in GROUPS])
            for one in (None, *breakages)
        ]
        for one, futures in pending:
            found = [future.result() for future in futures]
            print(" ".join([f"{one or 'unbroken'!s:{width}}", *(f"{cell:10}" for cell in found)]))
            sys.stdout.flush()
            if one is None and "fail" in found:
                sys.exit("the tests fail on code that is not broken")
            unnoticed += one is not None and "pass" in found
    reasons = {f"{group}: {why}" for one in breakages for group, why in one.exempt.items()}
    print(*(f"exempt from {reason}" for reason in sorted(reasons)), sep="\n")
    print(f"{len(breakages)} breakages, {unnoticed} of them not noticed by some kind of tests")
    sys.exit(1 if unnoticed else 0)


if __name__ == "__main__":
    main()
