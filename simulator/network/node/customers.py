"""Customers: messages that come to a node, each to take a time of a worker, and that is all.

Over a link that carries everything at once, to a node that serves, a message sent once has no other
story than that: it comes, waits, is served. So there are two events a customer, small ones;
elsewhere sending and handling are processes, with some ten. What becomes of the
messages is the same: a test holds both ways to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import simpy

from simulator.clock import to_ns
from simulator.ledger import Row
from simulator.network.timers import Occurrence, Phase, Revocable
from simulator.randomness import LaneValues

if TYPE_CHECKING:
    from simulator.network.node.node import Node
    from simulator.network.node.workers import Prefetch
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire


class Arrival(Occurrence):
    """The arrival of the next customer."""

    __slots__ = ("happen",)

    def __init__(self, happen: Callable[[], None]) -> None:
        """Make one; it happens when it is scheduled."""
        self.happen = happen  # type: ignore[method-assign]  # each has its own


class Customer(Revocable):
    """A message that waits for a worker, and then takes its time; the event is that its time ends.

    Attributes:
        row: Its row in the sender's ledger.
        life: The life of the host in which it came: a crash ends one.
    """

    __slots__ = ("customers", "is_waiting", "life", "row")

    prefetch: Prefetch | None = None

    def __init__(self, customers: Customers, row: Row) -> None:
        """Let it come."""
        self.customers = customers
        self.is_waiting = False
        self.row = row
        self.life = customers.receiver.life

    def happen(self) -> None:
        """End, and let the worker go on to whoever waits."""
        customers = self.customers
        if self.life == customers.receiver.life:
            self.row.effects = 1
            customers.workers.free()

    def begin(self) -> None:
        """Be handed over to a worker, and take its time."""
        customers, row = self.customers, self.row
        customers.workers.occupy()
        row.handovers = 1
        now_ns = row.delivered_ns = customers.env.instant_ns
        seconds = customers.times(row.message) * customers.receiver.slowness
        customers.env.at(now_ns + to_ns(seconds), Phase.DATA, self)

    def expire(self) -> None:
        """Never: it waits as long as it takes."""

    def matters(self) -> bool:
        """Whether the host has not crashed since it came."""
        return self.life == self.customers.receiver.life

    @property
    def is_over(self) -> bool:
        """Whether the host has crashed since it came."""
        return not self.matters()


class Customers:
    """The messages that a node sends to another as a workload says, one by one.

    Attributes:
        all_sent: Happens when the last has been sent.
    """

    def __init__(
        self,
        sender: Node,
        receiver: Node,
        wire: Wire,
        env: Schedule,
        *,
        times: LaneValues[float],
        instants_ns: Iterator[int],
    ) -> None:
        """Wait for the first.

        Args:
            sender: Who sends them.
            receiver: Who serves them.
            wire: The link between the two, which carries everything at once.
            env: The environment.
            times: How long each takes, in seconds, by its number.
            instants_ns: When each is sent, rising.
        """
        self.sender, self.receiver, self.wire, self.env = sender, receiver, wire, env
        self.workers = receiver.crew
        self.times = times
        self.instants_ns = instants_ns
        self.rows = sender.rows
        self.all_sent = simpy.Event(env)
        self.arrival = Arrival(self.come)
        self.wait_for_next()

    def wait_for_next(self) -> None:
        """Wait until it is time for the next to be sent."""
        instant_ns = next(self.instants_ns, None)
        if instant_ns is None:
            self.all_sent.succeed()
        else:
            self.env.at(instant_ns, Phase.SENDING, self.arrival)

    def come(self) -> None:
        """Send the next, which arrives at once; wait for the one after it."""
        if self.sender.is_up:
            rows = self.rows
            row = Row(len(rows), self.env.instant_ns, 1)
            rows.append(row)
            if self.wire.carry_at_once():
                self.arrive(row)
        self.wait_for_next()

    def arrive(self, row: Row) -> None:
        """Let one in, if the receiver is up and has a worker, or room to wait for one."""
        receiver = self.receiver
        if not receiver.is_up and not receiver.refuses_while_down:
            self.wire.counts.arrived -= 1
            self.wire.counts.dropped += 1
            return
        row.arrivals = 1
        if receiver.is_up and self.workers.has_room_for(None):
            self.workers.admit(Customer(self, row))
        else:
            receiver.refused.add(1)
