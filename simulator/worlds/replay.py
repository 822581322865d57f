"""A world again: its events, and the script that makes it."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.adversary import Action, Script
from simulator.adversary.recorder import Recorder
from simulator.trace import Trace
from simulator.worlds.chooser import Bounds, Chooser
from simulator.worlds.subject import Subject


def script_of(subject: Subject, bounds: Bounds, path: Sequence[int]) -> Script:
    """Return the script that makes a world, of all that happens in it."""
    chooser = Chooser(bounds, path, subject.over)
    recorder = Recorder(chooser)
    subject.run(recorder)
    scripted = getattr(subject.over, "actions", ())
    faults = [action for action in scripted if not isinstance(action, Action)]
    return Script(recorder.without_links((*faults, *chooser.crashes, *recorder.actions())))


def trace_of(subject: Subject, bounds: Bounds, path: Sequence[int]) -> Trace:
    """Return the events of a world."""
    _, net = subject.run(Chooser(bounds, path, subject.over), trace=True)
    return net.trace
