"""The oracle: does the simulator still answer as it did?

    python -m tests.oracle                              with the committed fingerprints
    python -m tests.oracle --against ../other-checkout  with the simulator of another checkout
    python -m tests.oracle --record FILE                keep all outcomes, compressed
    python -m tests.oracle --compare FILE               with outcomes that were kept
    python -m tests.oracle --record                     write the committed fingerprints anew

On a difference it says which program, which fact differs first, and both values; and exits with 1.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.oracle.comparing import fingerprint, first_difference
from tests.oracle.programs import program
from tests.oracle.running import (
    GOLDEN,
    outcomes,
    read,
    read_golden,
    write,
    write_golden,
    write_with,
)

TOLD = 20
"""How many programs that differ are told of."""


def main(arguments: list[str] | None = None) -> int:
    """Run the programs and compare; return how the process ends."""
    options = parser().parse_args(arguments)
    seeds = range(options.first, options.first + options.programs)
    if options.record is not None:
        return record(options.record, seeds)
    found = outcomes(seeds)
    if options.against is not None:
        with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
            before = write_with(Path(options.against), f"{folder}/before.json.gz", seeds)
        different = compare(before, found)
    elif options.compare is not None:
        different = compare(read(options.compare), found)
    else:
        different = compare_fingerprints(found)
    tell_features(found, options)
    print(f"{different} of {len(found['facts'])} programs differ" if different else "no difference")
    return int(different > 0)


def parser() -> argparse.ArgumentParser:
    description = "Run random programs and compare what comes of them."
    made = argparse.ArgumentParser(prog="python -m tests.oracle", description=description)
    made.add_argument("--programs", type=int, default=400, help="how many programs (400)")
    made.add_argument("--first", type=int, default=0, help="the seed of the first (0)")
    made.add_argument("--quiet", action="store_true", help="do not say what occurred how often")
    ways = made.add_mutually_exclusive_group()
    ways.add_argument("--against", metavar="CHECKOUT", help="compare with that one's simulator")
    ways.add_argument("--compare", metavar="FILE", help="compare with outcomes that were kept")
    ways.add_argument(
        "--record",
        metavar="FILE",
        nargs="?",
        const="",
        help="keep all outcomes; without FILE, write the committed fingerprints anew",
    )
    return made


def record(path: str, seeds: range) -> int:
    if path:
        tell_features(write(path, seeds))
        return 0
    found = outcomes(seeds)
    write_golden(found["facts"])
    tell_features(found)
    print(f"{len(seeds)} fingerprints written to {GOLDEN}")
    return 0


def compare(before: dict[str, Any], after: dict[str, Any]) -> int:
    """Tell how two sets of outcomes differ; return in how many programs they do."""
    different = moved = programs_moved = 0
    for seed, facts in after["facts"].items():
        if seed not in before["facts"]:
            print(f"program {seed} was not recorded")
            different += 1
            continue
        difference = first_difference(before["facts"][seed], facts)
        if difference is not None:
            different += 1
            tell(different, seed, *difference)
            continue
        places = list(zip(before["orders"][seed], after["orders"][seed], strict=True))
        count = sum(old != new for old, new in places)
        moved += count
        programs_moved += count > 0
    rows = sum(map(len, after["orders"].values()))
    print(
        f"{rows} rows of traces, of which {after['shared']} were compared only sorted: they share"
    )
    print("their instant with rows of another link or message")
    print(f"{moved} rows, of {programs_moved} programs, stood elsewhere within their instant")
    return different


def compare_fingerprints(after: dict[str, Any]) -> int:
    golden = read_golden()
    different = 0
    for seed, facts in after["facts"].items():
        if fingerprint(facts) != golden.get(int(seed)):
            different += 1
            print(f"program {seed} ({program(int(seed)).kind}) has another fingerprint")
    return different


def tell(place: int, seed: str, path: str, before: Any, after: Any) -> None:
    if place > TOLD:
        return
    print(f"program {seed} ({program(int(seed)).kind}): {path}")
    print(f"    before {before!r:.300}")
    print(f"    now    {after!r:.300}")


def tell_features(found: dict[str, Any], options: argparse.Namespace | None = None) -> None:
    """Say in how many programs each feature occurred."""
    if options is not None and options.quiet:
        return
    width = max(map(len, found["features"]))
    print("In how many programs:")
    for feature, count in sorted(found["features"].items()):
        print(f"    {feature:<{width}} {count:5}")


if __name__ == "__main__":
    sys.exit(main())
