"""Run the benchmarks: `make benchmarks`, or `python -m benchmarks --help`.

Contenders take turns, round after round, so that a busy machine is busy for all; what counts is the
ratio to plain SimPy in the same round, and of these the median.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import pandas as pd

from benchmarks import by_hand, contenders, growth, peers, player, report, uses, views

PARTS = {
    "engines": ["work", "contender", "per_second", "ratio"],
    "growth": ["messages", "ns_per_message", "peak_mib"],
    "uses": ["what", "value", "unit"],
    "memory": by_hand.COLUMNS,
    "player": player.COLUMNS,
    "views": views.COLUMNS,
}
"""What is measured, and the columns of each table."""
BY_HAND = "by-hand"
"""Short for the networks built by hand among the engines, and their memory."""


def take_turns(work: str, who: contenders.Contenders, rounds: int, share: float) -> pd.DataFrame:
    """Let contenders take turns; return a row each: work, contender, per_second, ratio.

    Args:
        work: Its name.
        who: The contenders; the others are compared with the first.
        rounds: How often each has its turn.
        share: Of the messages that each is given.
    """
    rates: dict[str, list[float]] = {}
    sizes = {name: max(1_000, int(size * share)) for name, (_, size) in who.items()}
    for name, (run, _) in who.items():
        try:
            run(sizes[name])  # to warm up, and to see whether it is there
            rates[name] = []
        except ImportError as error:
            print(f"skipped: {name} ({error}); see benchmarks/peers.lock", file=sys.stderr)
    for turn in range(rounds):
        print(f"{work}: round {turn + 1} of {rounds}", file=sys.stderr)
        for name, seen in rates.items():
            gc.collect()  # what another has left is not to be cleared away on this one's time
            began = perf_counter()
            who[name][0](sizes[name])
            seen.append(sizes[name] / (perf_counter() - began))
    base = rates[next(iter(who))]
    rows = [
        (work, name, median(seen), median(a / b for a, b in zip(seen, base, strict=True)))
        for name, seen in rates.items()
    ]
    return pd.DataFrame(rows, columns=PARTS["engines"])


def compare_engines(rounds: int, share: float) -> pd.DataFrame:
    """Compare everybody at W1 with three loss rates, at M/M/1, and through a broker."""
    tables = [take_turns(work, who, rounds, share) for work, who in contenders.works().items()]
    for name, why in peers.NOT_COMPARED.items():
        print(f"not compared: {name} ({why})", file=sys.stderr)
    return pd.concat(tables)


def compare_by_hand(rounds: int, share: float, known: pd.DataFrame) -> pd.DataFrame:
    """Compare the networks built by hand with plain SimPy; keep what is known of the others."""
    works = contenders.written_by_hand()
    found = pd.concat([take_turns(work, who, rounds, share) for work, who in works.items()])
    place = ["work", "contender"]
    both = pd.concat([known, found]) if len(known) else found
    return both.drop_duplicates(place, keep="last")


def measure_uses(rounds: int, *, quick: bool) -> pd.DataFrame:
    """Measure how long a person waits, and what a trace takes."""
    rows: list[tuple[str, float, str]] = []
    for what, run, messages in (
        ("the sweep of delivery_guarantees, 200,000 messages a run", uses.sweep, 200_000),
        ("one scenario, 200,000,000 messages", uses.one_scenario, 200_000_000),
    ):
        size = messages // 1_000 if quick else messages
        turns = []
        for turn in range(max(1, rounds // 3)):
            print(f"{what}: round {turn + 1}", file=sys.stderr)
            turns.append((run(1, size), run(2, size)))
        rows.append((f"{what}: one worker", median(one for one, _ in turns), "s"))
        rows.append((f"{what}: two workers", median(two for _, two in turns), "s"))
        rows.append((f"{what}: speed-up", median(one / two for one, two in turns), "×"))
    print("the published experiment, the slider, the trace", file=sys.stderr)
    rows.append(("delivery_guarantees as published, two workers", uses.published(quick=quick), "s"))
    middle, longest = uses.slider(10_000, 20 if quick else 100)
    rows.append(("slider, 10,000 messages, from move to picture: median", 1e3 * middle, "ms"))
    rows.append(("slider: the longest", 1e3 * longest, "ms"))
    events, size_of_each = growth.trace_bytes(1_000 if quick else 200_000)
    rows.append((f"a trace of {events:,} events, each", size_of_each, "bytes"))
    return pd.DataFrame(rows, columns=PARTS["uses"])


def earlier(part: str, out: Path | None) -> pd.DataFrame:
    """Return what an earlier run wrote of a part; else an empty table."""
    path = out and out / f"{part}.csv"
    return pd.read_csv(path) if path and path.exists() else pd.DataFrame(columns=PARTS[part])


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=7, help="How often each has its turn.")
@click.option("--quick", is_flag=True, help="A small size, to see that all of it works.")
@click.option(
    "--only",
    type=click.Choice([*PARTS, BY_HAND]),
    multiple=True,
    help="Some parts. Default: all of them. by-hand: the networks built by hand alone.",
)
@click.option(
    "--peers",
    "where",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder in which the other simulators are installed; see benchmarks/peers.lock.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for tables and figures. Default: print the tables alone.",
)
@click.option(
    "--billion", is_flag=True, help="Let growth go to a billion messages (a minute and a half)."
)
def main(
    rounds: int,
    quick: bool,
    only: tuple[str, ...],
    where: Path | None,
    out: Path | None,
    billion: bool,
) -> None:
    """Measure how fast Pigeon is, beside plain SimPy and other simulators."""
    if where is not None:
        import_module("tests")  # ours, before one of a peer's takes its name
        sys.path.append(str(where))
    parts = only or PARTS
    rounds = 1 if quick else rounds
    tables = {part: earlier(part, out) for part in PARTS}
    if "engines" in parts:
        tables["engines"] = compare_engines(rounds, 0.02 if quick else 1.0)
    elif BY_HAND in parts:
        share = 0.02 if quick else 1.0
        tables["engines"] = compare_by_hand(rounds, share, tables["engines"])
    if "growth" in parts:
        sizes = [10**5, 10**6] if quick else [10**5, 10**6, 10**7, 10**8]
        tables["growth"] = growth.grow(sizes, max(1, rounds // 2))
        if billion:
            tables["growth"] = pd.concat([tables["growth"], growth.grow([10**9], 1)])
    if "uses" in parts:
        tables["uses"] = measure_uses(rounds, quick=quick)
    if "memory" in parts or BY_HAND in parts:
        print("the memory of a network built by hand", file=sys.stderr)
        tables["memory"] = by_hand.measure_memory(2_000 if quick else 20_000)
    if "player" in parts:
        try:
            print("the player, in Chromium", file=sys.stderr)
            tables["player"] = player.measure(quick=quick)
        except (ImportError, FileNotFoundError) as error:
            print(f"skipped: the player ({error})", file=sys.stderr)
    if "views" in parts:
        tables["views"] = views.measure(quick=quick)
    print(report.page(tables))
    if out is not None:
        report.write(out, tables)
        print(f"written: {out}", file=sys.stderr)


if __name__ == "__main__":
    main()
