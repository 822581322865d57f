"""Going through worlds: from one to all others, and one again, for its events or its script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.adversary import Action, Script
from simulator.adversary.recorder import Recorder
from simulator.network import Network
from simulator.trace import Trace
from simulator.worlds.chooser import Bounds, Chooser, next_paths, refuse_to_repeat
from simulator.worlds.subject import Facts, Subject

Path = tuple[int, ...]


def walk(
    subject: Subject,
    bounds: Bounds,
    stack: list[Path],
    *,
    wide: bool = False,
    trace: bool = False,
) -> Iterator[tuple[Chooser, Facts, Network]]:
    """Yield all worlds whose paths begin with one of some, each once.

    Args:
        subject: What is gone through.
        bounds: What the network may do.
        stack: The paths; at any time, those that are left.
        wide: Whether the first that was found comes first, so that large parts are left.
        trace: Whether to keep the events.
    """
    while stack:
        path = stack.pop(0 if wide else -1)
        chooser = Chooser(bounds, path, subject.over)
        facts, net = subject.run(chooser, trace=trace)
        if len(chooser.taken) < len(path):
            refuse_to_repeat()
        stack += next_paths(chooser, len(path))
        yield chooser, facts, net


def script_of(subject: Subject, bounds: Bounds, path: Sequence[int]) -> Script:
    """Return the script that makes a world, of all that happens in it."""
    chooser = Chooser(bounds, path, subject.over)
    recorder = Recorder(chooser)
    subject.run(recorder)
    scripted = [one for one in getattr(subject.over, "actions", ()) if one not in chooser.missed]
    faults = [action for action in scripted if not isinstance(action, Action)]
    return Script(recorder.without_links((*faults, *chooser.crashes, *recorder.actions())))


def trace_of(subject: Subject, bounds: Bounds, path: Sequence[int]) -> Trace:
    """Return the events of a world."""
    _, net = subject.run(Chooser(bounds, path, subject.over), trace=True)
    return net.trace
