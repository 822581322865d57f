"""The proxy: the network of a live run. It loses, duplicates and delays what passes.

The fate of each datagram comes from `Link.fate`, with the addressed draws of the scenario: the fate
that it meets in a simulation. A delay counts from the instant at which the datagram says that it
was sent, so that how long the proxy takes to notice it does not add to it. Crashes of the scenario
are the proxy's too: it kills a process at their start, and lets another take its place at their
end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Any, Protocol

from simulator.conditions import Transmission
from simulator.conditions.draws import Draws
from simulator.engines.creation import horizon_ns
from simulator.live.datagram import DATA, Datagram, from_bytes
from simulator.live.journal import Journal
from simulator.live.lives import ROLES, lives_of
from simulator.network.channel.receiver_end import ACKNOWLEDGEMENT_BYTES
from simulator.network.timers import Phase
from simulator.randomness import Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario


class Peers(Protocol):
    """The peers, as the proxy reaches them."""

    def deliver(self, role: str, datagram: Datagram) -> None:
        """Let a datagram arrive at the peer that has a role now."""

    def kill(self, role: str) -> None:
        """Kill the peer that has a role."""

    def revive(self, role: str) -> None:
        """Let another peer take a role."""


class Proxy:
    """The network of a live run.

    Attributes:
        is_up: Whether there is a peer that has a role, by role.
        passed: How many datagrams of the present life of each peer have come, by role.
        delivered: How many have been delivered to it, by role.
    """

    def __init__(
        self,
        scenario: Scenario,
        replication: int,
        peers: Peers,
        journal: Journal,
        turn: Callable[[], int] | None = None,
    ) -> None:
        """Set it up.

        Args:
            scenario: What is run.
            replication: Which repetition.
            peers: The peers.
            journal: Where it writes what it does.
            turn: Returns the next turn, where several share them. None: its own.
        """
        self.is_up = dict.fromkeys(ROLES, True)
        self.passed = dict.fromkeys(ROLES, 0)
        self.delivered = dict.fromkeys(ROLES, 0)
        self._peers = peers
        self._journal = journal
        self._turn = turn or count().__next__
        self._draws = Draws(Randomness(scenario.seed, replication))
        self._links = {
            False: (link_name(SENDER, RECEIVER), scenario.link),
            True: (link_name(RECEIVER, SENDER), scenario.link_back),
        }
        self._bytes = scenario.workload.size_bytes
        self._end_ns = horizon_ns(scenario)
        self._life = dict.fromkeys(ROLES, 0)
        self._agenda: list[tuple[int, int, int, Any]] = []
        self._under_way = 0
        self.lives = lives_of(scenario)
        for role, lives in self.lives.items():
            for (_, crash_ns), (restart_ns, _) in pairwise(lives):
                self._plan(crash_ns, Phase.BREAK, ("kill", role))
                self._plan(restart_ns, Phase.HEAL, ("revive", role))

    def next_place(self) -> tuple[int, int, int] | None:
        """Return when it next has something to do before the horizon; None: it has nothing."""
        if not self._agenda or self._agenda[0][0] >= self._end_ns:
            return None
        return self._agenda[0][:3]

    def take(self, data: bytes, now_ns: int) -> None:
        """Decide what becomes of a datagram that has come from a peer."""
        datagram = from_bytes(data)
        role = RECEIVER if datagram.is_answer else SENDER
        if datagram.life == self._life[role]:
            self.passed[role] += 1
        name, link = self._links[datagram.is_answer]
        transmission = Transmission(
            name,
            datagram.message,
            datagram.attempt,
            datagram.copy,
            datagram.is_answer,
            datagram.sent_ns,
            self._bytes if datagram.kind == DATA else ACKNOWLEDGEMENT_BYTES,
        )
        delays_ns = link.fate(self._draws, transmission)
        which = "twin" if datagram.is_answer else "copy"
        for number, delay_ns in enumerate(delays_ns):
            due_ns = datagram.sent_ns + delay_ns
            stamp: dict[str, int] = {"due_ns": due_ns} | ({which: number} if number else {})
            self._plan(due_ns, datagram.phase, dataclasses.replace(datagram, **stamp))
            self._under_way += 1
        fate = ("lost", "passed", "duplicated")[len(delays_ns)]
        self._write(datagram.sent_ns, now_ns, fate, datagram)

    def fire(self, now_ns: int) -> None:
        """Do what is due next: deliver a datagram, kill a peer, or let another take its place."""
        due_ns, _, _, what = heappop(self._agenda)
        if isinstance(what, Datagram):
            self._under_way -= 1
            role = SENDER if what.is_answer else RECEIVER
            if self.is_up[role]:
                self.delivered[role] += 1
                self._write(due_ns, now_ns, "delivered", what)
                self._peers.deliver(role, what)
            else:
                self._write(due_ns, now_ns, "dropped", what)
            return
        deed, role = what
        if deed == "kill":
            self._peers.kill(role)
            self.is_up[role] = False
        else:
            self._life[role] += 1
            self.passed[role] = self.delivered[role] = 0
            self._peers.revive(role)
            self.is_up[role] = True
        self._journal.write({"due": due_ns, "done": now_ns, "what": deed, "role": role})

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way, and no peer is to be killed or to start."""
        return self.next_place() is None

    def finish(self, now_ns: int) -> None:
        """Write what is still on its way: the run is over."""
        for due_ns, _, _, what in self._agenda:
            if isinstance(what, Datagram):
                self._write(due_ns, now_ns, "on its way", what)

    def _plan(self, instant_ns: int, phase: int, what: Any) -> None:
        heappush(self._agenda, (instant_ns, phase, self._turn(), what))

    def _write(self, due_ns: int, done_ns: int, what: str, datagram: Datagram) -> None:
        self._journal.write(
            {"due": due_ns, "done": done_ns, "what": what, "datagram": datagram.about}
        )
