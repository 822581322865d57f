"""A scenario by its senders' timers alone, on SimPy: the quick way of the discrete-event engine.

It does what the network of two nodes in `engines/discrete_event.py` does, and returns the same
ledger to the last bit. There, sending is a process, handling is a process, each copy's arrival is
an event, and so is each wait, so that a student can read them, and a trace can tell of them. Here
nobody looks on, and messages do not meet: when a copy leaves, it is known when it arrives, and when
its acknowledgement does; and nobody needs to be told before the sender's timer asks. So there are
two kinds of events, small ones that SimPy calls back:

    create   a message comes into being, and is sent
    wake     the sender's timer: the timeout of an attempt is over, or the pause after it

What each step from there to here gained is told in `docs/speed.md`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import simpy
from simpy.events import EventPriority

from simulator.clock import END_OF_TIME, to_ns
from simulator.engines.columns import ACKNOWLEDGED, GAVE_UP, NOT_COMING, SENT, WAITING, ledger_of
from simulator.engines.creation import creation_blocks, horizon_ns
from simulator.engines.timed_wire import LATE, LOST, TimedWire
from simulator.ledger import NEVER, Ledger
from simulator.network import CopyCounts
from simulator.network.channel.receiver_end import ACKNOWLEDGEMENT_BYTES
from simulator.network.timers import Phase
from simulator.policies import Retry
from simulator.protocols import AtLeastOnce, ExactlyOnce
from simulator.randomness import Blocks, Lane, Purpose, Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario

TIMER, SENDING = EventPriority(Phase.TIMER), EventPriority(Phase.SENDING)
Callbacks = tuple[Callable[["Waking"], None]]


class Waking:
    """An event that SimPy can call back, and nothing more.

    Attributes:
        callbacks: Whom to call.
        message: Number of the message.
        created_ns: When it came into being.
        known_ns: When its first acknowledgement comes, as far as is known.
        attempt: Which sending of it, from 1.
        pauses: Whether what ends is a pause, rather than a timeout.
        pause: The latest pause, in seconds.
    """

    __slots__ = (
        "attempt",
        "callbacks",
        "created_ns",
        "known_ns",
        "message",
        "pause",
        "pauses",
    )

    _ok: Final = True  # SimPy asks whether an event has failed

    def __init__(self, callbacks: Callbacks, message: int, created_ns: int) -> None:
        """Make one; it happens when it is scheduled."""
        self.callbacks = callbacks
        self.message = message
        self.created_ns = created_ns
        self.known_ns = NOT_COMING
        self.attempt = 1
        self.pauses = False
        self.pause = 0.0


class WholeNanoseconds(simpy.Environment):
    """SimPy's environment, whose clock shows whole numbers."""

    if TYPE_CHECKING:

        @property
        def now(self) -> int:
            """The clock, in nanoseconds."""


class Exchange:
    """A sender and a receiver, and the messages between them. Each column has one entry a message.

    Instants in columns are since the message's creation.
    """

    def __init__(self, scenario: Scenario, replication: int) -> None:
        """Begin with no message."""
        self.scenario = scenario
        self.env = WholeNanoseconds()
        self.schedule = cast("Callable[[Waking, EventPriority, int], None]", self.env.schedule)
        self.end_ns = horizon_ns(scenario)
        randomness = Randomness(scenario.seed, replication)
        there, back = link_name(SENDER, RECEIVER), link_name(RECEIVER, SENDER)
        self.wire = TimedWire(
            there,
            scenario.link,
            randomness,
            self.end_ns,
            size_bytes=scenario.workload.size_bytes,
            acknowledges=False,
        )
        self.return_wire = TimedWire(
            back,
            scenario.link_back,
            randomness,
            self.end_ns,
            size_bytes=ACKNOWLEDGEMENT_BYTES,
            acknowledges=True,
        )
        guarantee = scenario.guarantee
        self.acknowledges = isinstance(guarantee, AtLeastOnce | ExactlyOnce)
        self.retry = Retry()
        if isinstance(guarantee, AtLeastOnce | ExactlyOnce):
            self.retry = guarantee.retry
        deadline = self.retry.deadline
        self.allowed_ns = END_OF_TIME if deadline is None else to_ns(deadline)
        self.timeouts_ns = Timeouts(self.retry)
        self.backoff_luck = Blocks[float](randomness.draws)
        self.blocks = creation_blocks(scenario, replication)
        self.created_ns = array("q")
        self.attempts = array("i")
        self.arrivals = array("i")
        self.delivered = array("q")
        self.known = array("q")
        self.gave_up = array("q")
        self.belief = array("b")
        self.in_flight = array("b")
        self.on_create = (self.create,)
        self.on_wake = (self.wake,)

    def run(self) -> None:
        """Exchange all messages."""
        if self.more():
            first_ns = self.created_ns[0]
            self.schedule(Waking(self.on_create, 0, first_ns), SENDING, first_ns)
            self.env.run()

    def create(self, source: Waking) -> None:
        """Send the next message for the first time; wait for the one after it."""
        created_ns = source.created_ns
        sending = Waking(self.on_wake, source.message, created_ns)
        if self.acknowledges:
            self.attempt(sending)
        else:
            self.transmit(sending)
        source.message += 1
        if source.message < len(self.created_ns) or self.more():
            source.callbacks = self.on_create
            source.created_ns = self.created_ns[source.message]
            self.schedule(source, SENDING, source.created_ns - created_ns)

    def attempt(self, sending: Waking) -> None:
        """Send a message, and wait for an acknowledgement up to the timeout."""
        self.transmit(sending)
        sending.pauses = False
        self.wait(sending, self.timeouts_ns[sending.attempt])

    def wake(self, sending: Waking) -> None:
        """Go on after a wait: the message is acknowledged, or given up, or sent again."""
        now_ns, message = self.env.now, sending.message
        if sending.known_ns <= now_ns:
            self.belief[message] = ACKNOWLEDGED
            return
        passed_ns = now_ns - sending.created_ns
        was_last = sending.attempt == self.retry.max_attempts and not sending.pauses
        if was_last or passed_ns >= self.allowed_ns:
            self.belief[message] = GAVE_UP
            self.gave_up[message] = passed_ns
            return
        if not sending.pauses:
            lane = Lane(self.wire.name, Purpose.BACKOFF, sending.attempt)
            luck = self.backoff_luck(lane, message)
            pause = self.retry.backoff.pause_after(sending.attempt, sending.pause, luck)
            sending.pause = float(pause)
            if pause > 0:
                sending.pauses = True
                self.wait(sending, to_ns(pause))
                return
        sending.attempt += 1
        self.attempt(sending)

    def wait(self, sending: Waking, delay_ns: int) -> None:
        """Wake the sender after a delay, or at its deadline if that comes first."""
        sending.callbacks = self.on_wake
        now_ns = self.env.now
        until_ns = now_ns + delay_ns
        if self.allowed_ns != END_OF_TIME:
            until_ns = min(until_ns, sending.created_ns + self.allowed_ns)
        if until_ns < self.end_ns:
            self.schedule(sending, TIMER, until_ns - now_ns)

    def transmit(self, sending: Waking) -> None:
        """Put a copy of the message on the link."""
        message, attempt = sending.message, sending.attempt
        self.attempts[message] = attempt
        now_ns = self.env.now
        delay_ns = self.wire.carry(now_ns, message, attempt, 0)
        if delay_ns >= 0:
            self.arrive(sending, now_ns + delay_ns, 0)
        elif delay_ns == LATE:
            self.in_flight[message] = 1
        if self.wire.duplicates and delay_ns != LOST:
            delay_ns = self.wire.carry_again(now_ns, message, attempt, 0)
            if delay_ns >= 0:
                self.arrive(sending, now_ns + delay_ns, 1)
            elif delay_ns == LATE:
                self.in_flight[message] = 1

    def arrive(self, sending: Waking, instant_ns: int, copy: int) -> None:
        """Note that a copy arrives at the receiver, which acknowledges it."""
        message, attempt = sending.message, sending.attempt
        self.arrivals[message] += 1
        after_ns = instant_ns - sending.created_ns
        self.delivered[message] = min(self.delivered[message], after_ns)
        if self.acknowledges:
            wire = self.return_wire
            delay_ns = wire.carry(instant_ns, message, attempt, copy)
            if delay_ns >= 0:
                self.learn(sending, instant_ns + delay_ns)
            if wire.duplicates and delay_ns != LOST:
                delay_ns = wire.carry_again(instant_ns, message, attempt, copy)
                if delay_ns >= 0:
                    self.learn(sending, instant_ns + delay_ns)

    def learn(self, sending: Waking, instant_ns: int) -> None:
        """Note that an acknowledgement arrives at the sender."""
        if instant_ns < sending.known_ns:
            sending.known_ns = instant_ns
            self.known[sending.message] = instant_ns - sending.created_ns

    def more(self) -> bool:
        """Bring the next block of messages into view, if there is one."""
        block_ns = next(self.blocks, None)
        if block_ns is None:
            return False
        size = len(block_ns)
        self.created_ns.frombytes(block_ns.tobytes())
        self.attempts.frombytes(bytes(4 * size))
        self.arrivals.frombytes(bytes(4 * size))
        self.delivered.extend(array("q", [NOT_COMING]) * size)
        self.known.extend(array("q", [NOT_COMING]) * size)
        self.gave_up.extend(array("q", [NEVER]) * size)
        self.belief.extend(array("b", [WAITING if self.acknowledges else SENT]) * size)
        self.in_flight.frombytes(bytes(size))
        return True

    def ledger(self) -> Ledger:
        """Return what became of each message."""
        belief, known = np.array(self.belief), np.array(self.known)
        # Whoever's timer was not due before the end has been told all the same.
        belief[(belief == WAITING) & (known < NOT_COMING)] = ACKNOWLEDGED
        return ledger_of(
            self.scenario.guarantee,
            first=0,
            idempotent=self.scenario.idempotent,
            created_ns=np.array(self.created_ns),
            attempts=np.array(self.attempts),
            arrivals=np.array(self.arrivals),
            delivered=np.array(self.delivered),
            known=known,
            gave_up=np.array(self.gave_up),
            belief=belief,
            in_flight=np.array(self.in_flight, dtype=np.bool_),
        )


class Timeouts(dict[int, int]):
    """How long each attempt waits, in nanoseconds."""

    def __init__(self, retry: Retry) -> None:
        """Work each out when it is first needed."""
        super().__init__()
        self._retry = retry

    def __missing__(self, attempt: int) -> int:
        """Work it out."""
        self[attempt] = to_ns(self._retry.timeout_of(attempt))
        return self[attempt]


def run(scenario: Scenario, replication: int) -> tuple[Ledger, dict[str, CopyCounts]]:
    """Run a scenario where messages do not meet; return its ledger, and what became of copies."""
    exchange = Exchange(scenario, replication)
    exchange.run()
    ledger = exchange.ledger()
    sent, answered = int(ledger["attempts"].sum()), int(ledger["acks_sent"].sum())
    return ledger, {
        exchange.wire.name: exchange.wire.counts(sent),
        exchange.return_wire.name: exchange.return_wire.counts(answered),
    }
