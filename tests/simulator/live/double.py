"""A double of the live engine: its peers and its proxy, on a clock of our own, without sockets.

What is due first of all three happens, at its instant; what leaves a peer is with the proxy at
once. So nothing is late, and the ledger is that of a simulation, to the bit.
"""

from itertools import count

from simulator.live.datagram import Datagram
from simulator.live.journal import MemoryJournal, Past
from simulator.live.merging import LiveRun, merge
from simulator.live.peer import Peer
from simulator.live.proxy import ROLES, Proxy
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
        self.peers[role] = None

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
        return merge(self.journals)
