"""Break the protocols and policies in small ways, one at a time, and see the tests fail.

    python -m tests.mutants                 every mutant
    python -m tests.mutants --sample 30     as many, spread evenly over them: the same each time
    python -m tests.mutants --only names    those that a file names, one a line
    python -m tests.mutants --survivors 3   fail if more survive

mutmut makes the mutants and runs, for each, the tests that reach the function it is in. It works on
a copy, in `.cache/mutants`, and what it needs is in `tests/mutants.lock`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / ".cache" / "mutants"
FIRST = "simulator.policies.idempotency.*key_of__mutmut_1"
"""One mutant, of few tests: mutmut makes all before it runs any, and then their names are known."""
KILLED, SURVIVED, TIMED_OUT = {1, 3}, {0}, {36, 24, -24, 152, 255}
"""What mutmut keeps of a run of the tests: pytest's exit code, or how it was stopped."""


def mutmut(*arguments):
    """Run mutmut on the copy; show its output if it does not come to the end.

    Its exit code is not 0 where a mutant survived, either.
    """
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=COPY,
        env={**os.environ, "CI": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and "Running mutation testing" not in done.stdout:
        sys.exit(done.stdout[-3_000:])
    return done.stdout


def outcomes():
    """Return the exit code of each mutant, None where it has not been run."""
    found = {}
    for path in sorted((COPY / "mutants" / "simulator").rglob("*.meta")):
        found |= json.loads(path.read_text())["exit_code_by_key"]
    return found


def main():
    """Make the mutants, run some or all, and say how many were killed."""
    parser = argparse.ArgumentParser(description="Mutation tests of the protocols and policies.")
    parser.add_argument("--sample", type=int, help="how many mutants to run; all without")
    parser.add_argument("--only", type=Path, help="a file that names mutants, one a line")
    parser.add_argument("--survivors", type=int, help="fail if more than so many survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    chosen = parser.parse_args()
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in ("simulator", "tests"):
        leave_out = shutil.ignore_patterns("__pycache__", "browser", "experiments", "docs")
        shutil.copytree(ROOT / name, COPY / name, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", COPY)
    jobs = f"--max-children={chosen.jobs}"
    mutmut("run", jobs, FIRST)
    names = sorted(outcomes())
    if chosen.only:
        names = chosen.only.read_text().split()
    if chosen.sample:
        count = min(chosen.sample, len(names))
        names = [names[k * len(names) // count] for k in range(count)]
    mutmut("run", jobs, *names)
    codes = outcomes()
    found = {name: codes[name] for name in names}
    survivors = [name for name, code in found.items() if code in SURVIVED]
    killed = sum(code in KILLED for code in found.values())
    late = sum(code in TIMED_OUT for code in found.values())
    others = Counter(code for code in found.values() if code not in KILLED | SURVIVED | TIMED_OUT)
    for name in survivors:
        print(f"survived: {mutmut('show', name)}")
    print(f"{len(found)} mutants: {killed} killed, {late} endless, {len(survivors)} survived")
    if others:
        print(f"not run to an end, by exit code: {dict(others)}")
    if chosen.survivors is not None and len(survivors) > chosen.survivors:
        sys.exit(f"more than {chosen.survivors} survived")


if __name__ == "__main__":
    main()
