"""Search: all worlds of a scenario, shared among workers.

The first worlds are gone through here. The paths that are left are the roots of others; workers
take some of them at a time, and what each has found is merged. What is found does not depend on
how they are shared.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Final

from experiments.framework.parallel import Failure, Workers
from experiments.framework.progress import Progress, Size
from simulator.worlds.chooser import Bounds
from simulator.worlds.findings import Findings
from simulator.worlds.replay import Path
from simulator.worlds.search import Search, explore, refuse_more
from simulator.worlds.subject import Subject

ALONE: Final = 1_000
"""How many worlds are gone through before any are shared: fewer take no longer than workers do to
start."""

SHARES: Final = 64
"""How many shares the others are."""


def shared(
    workers: Workers, progress: Callable[[Size], Progress] | None = None, *, alone: int = ALONE
) -> Search:
    """Return what goes through worlds, for `worlds(…, search=…)`.

    Args:
        workers: Who shares the search.
        progress: Makes the report of the shares that are done.
        alone: How many worlds are gone through before.
    """

    def search(
        subject: Subject, bounds: Bounds, limit: int, _: Callable[[int], object] | None
    ) -> Findings:
        left: list[Path] = [()]
        findings = explore(subject, bounds, min(alone, limit), left, wide=True)
        if not left:
            return findings
        if findings.count == limit:
            refuse_more(limit)
        shares = [left[first::SHARES] for first in range(min(SHARES, len(left)))]
        size = Size(len(shares), len(shares), "shares")
        bar = Progress(size, shown=False) if progress is None else progress(size)
        work = partial(_explore, subject, bounds, limit - findings.count + 1)
        with bar, closing(workers.share(work, shares)) as results:
            for _number, result in results:
                findings.merge(_found(result))
                if findings.count > limit:
                    refuse_more(limit)
                bar.advance(1, 1)
        return findings

    return search


def _found(result: Findings | Failure) -> Findings:
    """Return what was found.

    Raises:
        ValueError: If it is a failure, such as a world without an end.
    """
    if isinstance(result, Findings):
        return result
    raise ValueError(result.why.removeprefix("ValueError: "))


def _explore(subject: Subject, bounds: Bounds, most: int, paths: list[Path]) -> Findings:
    return explore(subject, bounds, most, paths)
