"""Doubles of the live engine: its peers and its proxy, on a clock of our own, without sockets.

In `Double`, what is due first of all three happens, at its instant, and what leaves a peer is with
the proxy at once. So nothing is late, and the ledger is that of a simulation, to the bit.

`SlowDouble` is a machine that is late, at random: a process that is due goes on when it gets its
turn, reads what has come meanwhile first, and then does what is due.
"""

import random
from collections import deque
from itertools import count

from simulator.live.datagram import Datagram
from simulator.live.journal import MemoryJournal, Past
from simulator.live.lives import ROLES
from simulator.live.merging import LiveRun, merge
from simulator.live.peer import Peer
from simulator.live.proxy import Proxy
from simulator.scenario import Scenario


class Double:
    """A live run on a clock of our own."""

    def __init__(self, scenario: Scenario, replication: int = 0) -> None:
        self.scenario, self.replication = scenario, replication
        self.turn = count().__next__
        self.journals = {name: MemoryJournal() for name in (*ROLES, "proxy")}
        self.life = dict.fromkeys(ROLES, 0)
        self.proxy = Proxy(scenario, replication, self, self.journals["proxy"], self.turn)
        self.peers: dict[str, Peer | None] = {role: self.peer(role) for role in ROLES}
        self.now_ns = 0

    def peer(self, role: str) -> Peer:
        journal = self.journals[role]
        return Peer(
            self.scenario,
            self.replication,
            role,
            journal,
            life=self.life[role],
            lives=self.proxy.lives[role],
            past=Past.of(journal),
            turn=self.turn,
        )

    def deliver(self, role: str, datagram: Datagram) -> None:
        peer = self.peers[role]
        assert peer is not None
        peer.take(datagram.to_bytes(), self.now_ns)
        self.empty(peer)

    def kill(self, role: str) -> None:
        peer = self.peers[role]
        assert peer is not None
        if self.waits(role):  # and has just said so
            peer.beat(self.now_ns)
        self.peers[role] = None

    def waits(self, role: str) -> bool:
        """Whether a process has done all that was due, and waits."""
        return True

    def revive(self, role: str) -> None:
        self.life[role] += 1
        self.peers[role] = self.peer(role)

    def empty(self, peer: Peer) -> None:
        """Let what a peer has sent come to the proxy."""
        for datagram in peer.outbox:
            self.proxy.take(datagram.to_bytes(), self.now_ns)
        peer.outbox.clear()

    def run(self) -> LiveRun:
        while True:
            actors = [actor for actor in (*self.peers.values(), self.proxy) if actor is not None]
            places = [(place, actor) for actor in actors if (place := actor.next_place())]
            if not places:
                break
            (self.now_ns, _, _), actor = min(places, key=lambda each: each[0])
            actor.fire(self.now_ns)
            if isinstance(actor, Peer):
                self.empty(actor)
        for peer in self.peers.values():
            if peer is not None:
                peer.finish(self.now_ns)
        self.proxy.finish(self.now_ns)
        return merge(self.journals, self.scenario, self.replication)


class SlowDouble(Double):
    """A live run on a machine that is late."""

    def __init__(self, scenario: Scenario, *, seed: int, worst_s: float) -> None:
        super().__init__(scenario)
        self.rng = random.Random(seed)  # noqa: S311 - no secret
        self.worst_ns = worst_s * 1e9
        names = (*ROLES, "proxy")
        self.inboxes: dict[str, deque[tuple[int, bytes]]] = {name: deque() for name in names}
        self.ready_ns = dict.fromkeys(names, 0)

    def actor(self, name: str) -> Peer | Proxy | None:
        return self.proxy if name == "proxy" else self.peers[name]

    def deliver(self, role: str, datagram: Datagram) -> None:
        self.inboxes[role].append((self.now_ns, datagram.to_bytes()))

    def kill(self, role: str) -> None:
        super().kill(role)
        self.inboxes[role].clear()

    def waits(self, role: str) -> bool:
        return self.ready_ns[role] <= self.now_ns

    def revive(self, role: str) -> None:
        super().revive(role)
        self.ready_ns[role] = self.now_ns

    def stall(self, name: str) -> None:
        """Keep a process from its next turn: mostly for a moment, sometimes for long."""
        share = self.rng.random() ** 8
        self.ready_ns[name] = self.now_ns + int(share * self.worst_ns)

    def turn_of(self, name: str) -> int | None:
        """Return when a process goes on; None if it has nothing to do."""
        actor = self.actor(name)
        if actor is None:
            return None
        inbox, place = self.inboxes[name], actor.next_place()
        first = [inbox[0][0]] if inbox else []
        first += [] if place is None else [place[0]]
        return max(min(first), self.ready_ns[name]) if first else None

    def run(self) -> LiveRun:
        names = (*ROLES, "proxy")
        while True:
            turns = [(turn, name) for name in names if (turn := self.turn_of(name)) is not None]
            if not turns:
                break
            now_ns, name = min(turns)
            self.now_ns = max(self.now_ns, now_ns)
            actor, inbox = self.actor(name), self.inboxes[name]
            assert actor is not None
            if inbox and inbox[0][0] <= self.now_ns:
                actor.take(inbox.popleft()[1], self.now_ns)
            else:
                actor.fire(self.now_ns)
            self.stall(name)
            if isinstance(actor, Peer):
                for datagram in actor.outbox:
                    self.inboxes["proxy"].append((self.now_ns, datagram.to_bytes()))
                actor.outbox.clear()
        for peer in self.peers.values():
            if peer is not None:
                peer.finish(self.now_ns)
        self.proxy.finish(self.now_ns)
        return merge(self.journals, self.scenario, self.replication)
