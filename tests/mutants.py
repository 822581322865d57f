"""Break the code in small ways, one at a time, and see the tests fail.

    python -m tests.mutants                     every mutant of the protocols, policies and attempts
    python -m tests.mutants --sample 30         30 of them, spread evenly: the same each time
    python -m tests.mutants --target network    of the network and the conditions instead
    python -m tests.mutants --target network --random 300
                                                300 of them at random: the same for the same code
    python -m tests.mutants --only names        those that a file names, one a line
    python -m tests.mutants --survivors 3       fail if more survive

mutmut makes the mutants and runs, for each, the tests that reach the function it is in. It works on
a copy, in `.cache/mutants`, and what it needs is in `tests/mutants.lock`.

The score is the proportion of mutants that the tests notice; of a random sample, with its 95 %
interval (Wilson). A mutant on which the tests never end counts as noticed. One that no test reaches
does not, nor does one that was not run to an end.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from simulator.statistics import wilson_interval

ROOT = Path(__file__).parents[1]
COPY = ROOT / ".cache" / "mutants"
SEED = 20_260
"""Of the random sample; never changed, so that nobody chooses a lucky one."""
MEMORY = 6 * 2**30
"""Bytes that a process may take: a mutant that grows for ever is stopped there, and noticed."""
KILLED, SURVIVED, TIMED_OUT, UNREACHED = {1, 3}, {0}, {36, 24, -24, 152, 255}, {33}
"""What mutmut keeps of a run of the tests: pytest's exit code, or how it was stopped."""


@dataclass(frozen=True)
class Target:
    """What is mutated, and which tests must notice.

    Attributes:
        code: Patterns of the files whose functions are mutated.
        tests: The tests that are run, of which a mutant meets those that reach its function.
        first: One mutant, of few tests: mutmut makes all before it runs any, and then their names
            are known.
    """

    code: tuple[str, ...]
    tests: tuple[str, ...]
    first: str


WHERE_CALLED = (
    "test_failures.py::test_a_request_that_nobody_waits_for_says_which_it_is_and_where_it_was_made",
    "test_failures.py::test_a_hedged_request_says_where_it_was_made",
)
"""Tests of the line that called: with mutmut in between, that is one of mutmut's own."""

TARGETS = {
    "protocols": Target(
        code=(
            "simulator/protocols/*",
            "simulator/policies/*",
            "simulator/network/channel/attempts.py",
        ),
        tests=("tests/simulator/policies", "tests/simulator/protocols"),
        first="simulator.policies.idempotency.*key_of__mutmut_1",
    ),
    "network": Target(
        code=("simulator/network/*", "simulator/conditions/*"),
        tests=(
            "tests/simulator",
            "--ignore=tests/simulator/drawing",
            "--ignore=tests/simulator/minimization",
            *(f"--deselect=tests/simulator/network/{name}" for name in WHERE_CALLED),
        ),
        first="simulator.conditions.gilbert_elliott.*from_rate__mutmut_1",
    ),
}


def mutmut(*arguments):
    """Run mutmut on the copy; show its output if it does not come to the end.

    Its exit code is not 0 where a mutant survived, either.
    """
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=COPY,
        env={**os.environ, "CI": "1", "PYTHONPATH": importable()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and "Running mutation testing" not in done.stdout:
        sys.exit(done.stdout[-3_000:])
    return done.stdout


def importable():
    """Return PYTHONPATH without this checkout: the copy's own `simulator` must be found first."""
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if folder and Path(folder) != ROOT)


def outcomes():
    """Return the exit code of each mutant, None where it has not been run."""
    found = {}
    for path in sorted((COPY / "mutants" / "simulator").rglob("*.meta")):
        found |= json.loads(path.read_text())["exit_code_by_key"]
    return found


def copy_tree(target):
    """Copy what the tests need, with mutmut's settings for a target."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in ("simulator", "tests"):
        leave_out = shutil.ignore_patterns("__pycache__", "browser", "experiments", "docs")
        shutil.copytree(ROOT / name, COPY / name, ignore=leave_out)
    settings = (
        "[tool.mutmut]\n"
        f"only_mutate = {json.dumps(target.code)}\n"
        f"pytest_add_cli_args_test_selection = {json.dumps(target.tests)}\n"
    )
    project = (ROOT / "pyproject.toml").read_text().replace("[tool.mutmut]\n", settings)
    (COPY / "pyproject.toml").write_text(project)


def select(names, chosen):
    """Return the names of the mutants to run, from all of them in order."""
    if chosen.only:
        return chosen.only.read_text().split()
    if chosen.random:
        return sorted(random.Random(SEED).sample(names, min(chosen.random, len(names))))  # noqa: S311 - a sample
    if chosen.sample:
        count = min(chosen.sample, len(names))
        return [names[k * len(names) // count] for k in range(count)]
    return names


def report(codes, *, is_random):
    """Print the survivors, then the counts and the score; return how many survived."""
    survivors = [name for name, code in codes.items() if code in SURVIVED | UNREACHED]
    for name in survivors:
        unreached = " (no test reaches it)" if codes[name] in UNREACHED else ""
        print(f"survived{unreached}: {mutmut('show', name)}")
    killed = sum(code in KILLED for code in codes.values())
    late = sum(code in TIMED_OUT for code in codes.values())
    known = KILLED | SURVIVED | TIMED_OUT | UNREACHED
    others = Counter(code for code in codes.values() if code not in known)
    print(f"{len(codes)} mutants: {killed} killed, {late} endless, {len(survivors)} survived")
    if others:
        print(f"not run to an end, by exit code: {dict(others)}")
    score = wilson_interval(killed + late, len(codes))
    interval = f", 95 % interval {score.low:.1%} to {score.high:.1%}" if is_random else ""
    print(f"score: {score.mean:.1%}{interval} (endless ones count as killed)")
    return len(survivors)


def main():
    """Make the mutants, run some or all, and say how many were killed."""
    parser = argparse.ArgumentParser(description="Mutation tests of the simulator.")
    parser.add_argument("--target", choices=TARGETS, default="protocols", help="what is mutated")
    parser.add_argument("--sample", type=int, help="how many to run, spread evenly; all without")
    parser.add_argument("--random", type=int, help="how many to run, at random from a fixed seed")
    parser.add_argument("--only", type=Path, help="a file that names mutants, one a line")
    parser.add_argument("--survivors", type=int, help="fail if more than so many survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    chosen = parser.parse_args()
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - it is not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    target = TARGETS[chosen.target]
    copy_tree(target)
    jobs = f"--max-children={chosen.jobs}"
    mutmut("run", jobs, target.first)
    everyone = sorted(outcomes())
    names = select(everyone, chosen)
    print(f"running {len(names)} of the {len(everyone)} mutants")
    mutmut("run", jobs, *names)
    codes = outcomes()
    survived = report({name: codes[name] for name in names}, is_random=bool(chosen.random))
    if chosen.survivors is not None and survived > chosen.survivors:
        sys.exit(f"more than {chosen.survivors} survived")


if __name__ == "__main__":
    main()
