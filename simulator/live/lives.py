"""The lives of a process: each ends with a crash, and the next is another process."""

from __future__ import annotations

from typing import Final

from simulator.clock import END_OF_TIME, to_ns
from simulator.network import Crash
from simulator.scenario import RECEIVER, SENDER, Scenario

ROLES: Final = (SENDER, RECEIVER)

Lives = tuple[tuple[int, int], ...]
"""Start and end of each life of a process, in nanoseconds."""


def lives_of(scenario: Scenario) -> dict[str, Lives]:
    """Return the lives of both peers: what their crashes leave of the run."""
    script = scenario.adversary
    crashes = [fault for fault in getattr(script, "actions", ()) if isinstance(fault, Crash)]
    return {role: _lives([crash for crash in crashes if crash.node == role]) for role in ROLES}


def _lives(crashes: list[Crash]) -> Lives:
    """Return the times between crashes; those that overlap or touch are one."""
    lives: list[tuple[int, int]] = []
    start_ns = 0
    for begin, end in sorted(
        (to_ns(crash.at), min(to_ns(crash.at) + to_ns(crash.lasts), END_OF_TIME))
        for crash in crashes
    ):
        if lives and begin <= start_ns:
            start_ns = max(start_ns, end)
        else:
            lives.append((start_ns, begin))
            start_ns = end
    return (*lives, (start_ns, END_OF_TIME))
