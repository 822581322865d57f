"""A network: nodes, the links between them, and a clock. Built on SimPy."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import simpy

from simulator.callables import generator
from simulator.clock import to_ns, to_seconds
from simulator.conditions import Link
from simulator.conditions.draws import Draws
from simulator.network.broker.broker import Broker
from simulator.network.broker.mistakes import Mistakes
from simulator.network.channel.channel import Channel, Ends, open_channel
from simulator.network.faults import Fault
from simulator.network.node.node import Node
from simulator.network.random_crashes import Injections
from simulator.network.schedule import Schedule
from simulator.network.timers import Phase, Timer, now_ns
from simulator.network.wire import CopyCounts, Wire
from simulator.randomness import Lane, Purpose, Randomness, link_name
from simulator.service_times import ServiceTimes
from simulator.trace import Trace
from simulator.validation import has_method, integer, name_of, number, refuse, seed_of, started

if TYPE_CHECKING:
    from simulator.network.interference import Adversary, Interference
    from simulator.protocols.channel import Guarantee


class Network:
    """Your own topology, in SimPy's own style.

    Time is in seconds at this face, and in whole nanoseconds inside: sums are exact.

    Attributes:
        env: The SimPy environment underneath, whose clock counts nanoseconds.
        trace: What happened so far.
        mistakes: The mistakes of handlers that have been reported.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        replication: int = 0,
        trace: bool = True,
        adversary: Adversary | None = None,
    ) -> None:
        """Make an empty network.

        Args:
            seed: Seed of all its randomness, a whole number of at least 0.
            replication: Which repetition this is, from 0; each has draws of its own.
            trace: Whether to record what happens.
            adversary: What is done to the network, such as Script([Lose(message=0)]). None:
                nothing but what its links and faults say.
        """
        self.env = self._make_schedule()
        self.trace = Trace(enabled=trace)
        self.mistakes = Mistakes()
        self._randomness = Randomness(
            seed_of("Network.seed", seed),
            integer("Network.replication", replication, low=0, high=2**32 - 1),
        )
        self._draws = Draws(self._randomness)
        self._nodes: dict[str, Node] = {}
        self._wires: dict[str, Wire] = {}
        self._channels: dict[tuple[Node, Node, Guarantee], Channel] = {}
        self.service_times = ServiceTimes(self._randomness)
        self._streams: dict[str, np.random.Generator] = {}
        self.random_crashes = Injections(self.env, self._randomness)
        self._interference: Interference | None = None
        if adversary is not None:
            expected = "an adversary, such as Script([Lose(message=0)])"
            has_method("Network.adversary", adversary, "start", expected)
            self._interference = started("Network.adversary.start", adversary, self, "decide")

    def node(self, name: str, *, workers: int | None = None, backlog: int | None = None) -> Node:
        """Add a node.

        Args:
            name: Its name, the only one of that name here. Draws are addressed by it.
            workers: How many handlers run at once at most. None: no limit.
            backlog: How many messages may wait for a worker; more are refused, and their senders
                learn of it. None: no limit.
        """
        name = self._new_name("Network.node.name", name)
        node = self._nodes[name] = Node(self, name, workers, backlog)
        return node

    def broker(self, name: str) -> Broker:
        """Add a broker: a node with queues and topics.

        Args:
            name: Its name, the only one of that name here.
        """
        name = self._new_name("Network.broker.name", name)
        broker = Broker(self, name)
        self._nodes[name] = broker
        return broker

    def connect(self, sender: Node, receiver: Node, link: Link, *, one_way: bool = False) -> None:
        """Lay a link between two nodes, both ways unless `one_way`."""
        for field, end in (("sender", sender), ("receiver", receiver)):
            self._check_node(f"Network.connect.{field}", end)
        if sender is receiver:
            refuse("Network.connect.receiver", receiver, "another node than the sender")
        if not isinstance(link, Link):
            refuse("Network.connect.link", link, "a Link")
        ways = [(sender, receiver)] if one_way else [(sender, receiver), (receiver, sender)]
        names = [link_name(a.name, b.name) for a, b in ways]
        for name in names:
            if name in self._wires:
                refuse("Network.connect", name, "two nodes without a link yet")
        for name in names:
            self._wires[name] = self._lay_wire(name, link)

    def process(self, steps: Generator[simpy.Event, Any, Any]) -> simpy.Process:
        """Start a process: a generator that yields the events that it waits for."""
        generator("Network.process.steps", steps)
        return self.env.process(steps)

    def timeout(self, seconds: float, value: Any = None) -> simpy.Event:
        """Return an event that happens after `seconds`, to yield in a process."""
        delay_ns = to_ns(number("Network.timeout.seconds", seconds, low=0))
        return Timer(self.env, delay_ns, Phase.DATA, value)

    def inject(self, *faults: Fault) -> None:
        """Let faults happen, each at its time from now."""
        for fault in faults:
            has_method(
                "Network.inject", fault, "steps", "faults, such as Crash(node=…, at=…, lasts=…)"
            )
            steps = fault.steps(self)
            generator(f"{type(fault).__name__}.steps", steps)
            self.env.process(steps)

    @property
    def now(self) -> float:
        """The clock, in seconds."""
        return to_seconds(now_ns(self.env))

    @property
    def missed(self) -> tuple[Any, ...]:
        """The actions of the adversary's script that have met nothing to act on so far."""
        return getattr(self._interference, "missed", ())

    @property
    def links(self) -> Mapping[str, CopyCounts]:
        """What became of the copies on each link, by its name, "sender→receiver"."""
        return {name: wire.counts for name, wire in self._wires.items()}

    def run(self, until: float | None = None) -> None:
        """Run until nothing is in flight and nobody waits, or until the clock shows `until`.

        What is due at `until` itself does not happen: a run covers [0, until). Without `until`, the
        clock stops at the last event that matters: the last row of the trace, whether it is kept or
        not, the end of the last handling, process, fault, or delay at a broker. A timer for which
        nobody waits any more moves nothing.
        """
        if until is None:
            self.env.run()
            self.trace.undecided = self._undecided()
            return
        end_ns = to_ns(number("Network.run.until", until, low=self.now, open_low=True))
        if end_ns == now_ns(self.env):
            allowed = f"at least 1e-09 above {self.now:g}: time is in whole nanoseconds"
            refuse("Network.run.until", until, allowed)
        self.env.run(end_ns)
        self.trace.undecided = self._undecided()

    def channel(self, sender: Node, receiver: Node, guarantee: Guarantee) -> Channel:
        """Return the channel between two nodes under a guarantee, opened on first use."""
        self._check_node("Network.channel.receiver", receiver)
        key = (sender, receiver, guarantee)
        if key not in self._channels:
            channel = self._channels[key] = open_channel(
                self.env,
                sender,
                receiver,
                self.wire(sender.name, receiver.name),
                lambda: self.wire(receiver.name, sender.name),
                guarantee,
                self._randomness,
                self.trace,
                self._ends,
            )
            sender.sending_ends.append(channel.sender)
            receiver.receiving_ends.append(channel.receiver)
        return self._channels[key]

    def find(self, name: str, field: str = "node") -> Node:
        """Return the node of a name, or refuse the field that names it."""
        if not isinstance(name, str) or name not in self._nodes:
            known = ", ".join(self._nodes) or "none yet"
            refuse(field, name, f"the name of a node of this network ({known})")
        return self._nodes[name]

    def cut(self, wire: Wire, change: int) -> None:
        """Note that a fault cuts a wire (1), or has healed (-1)."""
        wire.cuts += change
        if wire.cuts == max(change, 0):  # the first of several, or the last
            event = "partitioned" if change > 0 else "healed"
            self.trace.record(now_ns(self.env), event, link=wire.name)

    def stream(self, name: str) -> np.random.Generator:
        """Return draws that depend on history, consumed in order of use, for a use of that name.

        There is one stream of a name: who asks for it again goes on where it is.
        """
        if not isinstance(name, str) or not name or "→" in name:
            refuse("Network.stream.name", name, "a name, not empty and without →, as links have it")
        if name not in self._streams:
            self._streams[name] = self._randomness.stream(name)
        return self._streams[name]

    def draw(self, lane: Lane, message: int) -> float:
        """Return the draw of a message in a lane, uniform on [0, 1)."""
        return self._draws.uniform(lane, message)

    def workload_draws(self, node: Node, driver: int, count: int) -> npt.NDArray[np.float64]:
        """Return the draws of a node's workload, uniform on [0, 1). Shape (count,)."""
        return self._randomness.draws(Lane(f"{node.name}→", Purpose.WORKLOAD, driver), 0, count)

    def wire(self, sender: str, receiver: str) -> Wire:
        """Return the wire from a node to a node, by their names."""
        name = link_name(sender, receiver)
        if name not in self._wires:
            known = ", ".join(self._wires) or "none yet"
            lay = f"lay it with net.connect({sender}, {receiver}, Link(…))"
            refuse("link", name, f"one that connects two nodes ({known}; {lay})")
        return self._wires[name]

    # What a network of another kind does in its own way.

    def _make_schedule(self) -> Schedule:
        """Return what its events are planned on."""
        return Schedule()

    def _lay_wire(self, name: str, link: Link) -> Wire:
        """Return a wire of a name, "sender→receiver", with the conditions of a link."""
        return Wire(self.env, name, link, self._draws, self.trace, self._interference)

    def _undecided(self) -> frozenset[str]:
        """Return the ids of the messages whose outcome is open; none where nothing is recorded."""
        nodes = self._nodes.values() if self.trace.enabled else ()
        return frozenset(
            f"{node.name}-{row.message}" for node in nodes for row in node.rows if row.undecided
        )

    @property
    def _ends(self) -> Ends | None:
        """What makes the ends of its channels; None for the usual ones."""
        ends: Ends | None = getattr(self._interference, "ends", None)
        return ends

    def _new_name(self, field: str, name: object) -> str:
        checked = name_of(field, name, without="→")
        if checked in self._nodes:
            refuse(field, name, "a new name: this network has a node called so")
        return checked

    def _check_node(self, field: str, node: object) -> None:
        if not isinstance(node, Node) or self._nodes.get(node.name) is not node:
            refuse(field, node, "a node of this network")
