"""Running many programs: with the simulator at hand, or with that of another checkout."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.oracle.comparing import canonical, fingerprint
from tests.oracle.programs import program

HERE = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("fingerprints.txt")
WITH_ANOTHER = """
import sys
there, here = sys.argv[1:3]
sys.path[:] = [there, *(p for p in sys.path if p not in ("", here, there))]
import simulator
from pathlib import Path
assert Path(simulator.__file__).parents[1] == Path(there), simulator.__file__
sys.path[0] = here
from tests.oracle.running import write
write(sys.argv[3], range(int(sys.argv[4]), int(sys.argv[5])))
"""
"""The programs of this checkout, the simulator of another: its first module says where it is."""


def outcomes(seeds) -> dict[str, Any]:
    """Run the programs of some seeds.

    Returns:
        The facts of each, the order of its trace and how many rows shared an instant, by its seed;
        and in how many programs each feature occurred.
    """
    facts, orders, shared = {}, {}, 0
    features: Counter[str] = Counter()
    for seed in seeds:
        outcome = program(seed).run()
        facts[str(seed)] = canonical(outcome.facts)
        orders[str(seed)] = outcome.order
        shared += outcome.shared
        features.update(outcome.features.keys())
    return {"facts": facts, "orders": orders, "shared": shared, "features": dict(features)}


def write(path: str, seeds) -> dict[str, Any]:
    """Run programs, and write what came of them into a compressed file."""
    found = outcomes(seeds)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump(found, file)
    return found


def read(path: str) -> dict[str, Any]:
    """Read what `write` has written."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def write_with(checkout: Path, path: str, seeds: range) -> dict[str, Any]:
    """Run programs with the simulator of another checkout, in a process of their own.

    Raises:
        subprocess.CalledProcessError: If that fails; it has said why.
    """
    if not (checkout / "simulator" / "__init__.py").is_file():
        raise FileNotFoundError(f"{checkout} has no simulator/ in it")
    places = [str(checkout.resolve()), str(HERE), path, str(seeds.start), str(seeds.stop)]
    subprocess.run([sys.executable, "-P", "-c", WITH_ANOTHER, *places], check=True)
    return read(path)


def fingerprints(seeds) -> dict[int, str]:
    """Run programs for their fingerprints."""
    return {seed: fingerprint(program(seed).run().facts) for seed in seeds}


def read_golden() -> dict[int, str]:
    """Read the fingerprints that are committed."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return {int(seed): mark for seed, mark in (line.split() for line in lines)}


def write_golden(facts: dict[str, Any]) -> None:
    """Write the fingerprints that are to be committed."""
    lines = [f"{seed} {fingerprint(value)}\n" for seed, value in facts.items()]
    GOLDEN.write_text("".join(lines), encoding="utf-8")
