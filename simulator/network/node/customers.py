"""Customers: messages that come to a node, each to take a time of a worker, and that is all.

Over a link that carries everything at once, to a node that serves, a message sent once has no other
story than that: it comes, waits, is served. So there are two events a customer, small ones that
SimPy calls back; elsewhere sending and handling are processes, with some ten. What becomes of the
messages is the same: a test holds both ways to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

import simpy
from simpy.events import EventPriority

from simulator.clock import END_OF_TIME, to_ns
from simulator.ledger import Row
from simulator.network.timers import Phase, Revocable
from simulator.randomness import LaneValues

if TYPE_CHECKING:
    from simulator.network.node.node import Node
    from simulator.network.node.workers import Prefetch
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire

DATA, SENDING = EventPriority(Phase.DATA), EventPriority(Phase.SENDING)


class Small:
    """An event that SimPy can call back, and nothing more."""

    __slots__ = ("callbacks",)

    _ok: Final = True  # SimPy asks whether an event has failed

    def __init__(self, callbacks: tuple[Callable[[Any], None]]) -> None:
        """Make one; it happens when it is scheduled."""
        self.callbacks = callbacks


class Customer(Small, Revocable):
    """A message that waits for a worker, and then takes its time; the event is that its time ends.

    Attributes:
        row: Its row in the sender's ledger.
        life: The life of the host in which it came: a crash ends one.
    """

    __slots__ = ("customers", "is_waiting", "life", "row")

    prefetch: Prefetch | None = None
    expires_ns = END_OF_TIME

    def __init__(self, customers: Customers, row: Row) -> None:
        """Let it come."""
        super().__init__(customers.on_end)
        self.customers = customers
        self.is_waiting = False
        self.row = row
        self.life = customers.receiver.life

    def begin(self) -> None:
        """Be handed over to a worker, and take its time."""
        customers, row = self.customers, self.row
        row.handovers = 1
        row.delivered_ns = int(customers.env.now)
        seconds = customers.times(row.message) * customers.receiver.slowness
        customers.schedule(self, DATA, to_ns(seconds))

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
        self.schedule = cast("Callable[[Small, EventPriority, int], None]", env.schedule)
        self.on_come = (self.come,)
        self.on_end = (self.end,)
        self.all_sent = simpy.Event(env)
        self.arrival = Small(self.on_come)
        self.now_ns = int(env.now)  # and then the instant of the next
        self.wait_for_next()

    def wait_for_next(self) -> None:
        """Wait until it is time for the next to be sent."""
        now_ns = self.now_ns
        instant_ns = next(self.instants_ns, None)
        if instant_ns is None:
            self.all_sent.succeed()
        else:
            self.now_ns = instant_ns
            self.arrival.callbacks = self.on_come
            self.schedule(self.arrival, SENDING, instant_ns - now_ns)

    def come(self, _: Small) -> None:
        """Send the next, which arrives at once; wait for the one after it."""
        if self.sender.is_up:
            rows = self.rows
            row = Row(len(rows), self.now_ns, 1)
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

    def end(self, customer: Customer) -> None:
        """Let the worker go on to whoever waits."""
        if customer.life == self.receiver.life:
            customer.row.effects = 1
            self.workers.free()
