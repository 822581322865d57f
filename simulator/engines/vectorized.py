"""The vectorized engine: attempt by attempt, all messages at once, in NumPy.

Where messages do not meet, the fate of each depends on its own draws alone. This engine reads whole
lanes of the draws that the discrete-event engine reads one by one, and returns the same ledger, to
the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME, to_ns, to_ns_array
from simulator.engines.creation import creation_times, horizon_ns
from simulator.engines.run import Run
from simulator.errors import NotVectorizable
from simulator.ledger import NEVER, Ledger
from simulator.network import CopyCounts
from simulator.network.wire import copy_lane
from simulator.policies import (
    AdaptiveTimeout,
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
    Retry,
)
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce
from simulator.randomness import Lane, Purpose, Randomness, link_name
from simulator.scenario import RECEIVER, SENDER, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.conditions import Link, VectorizedLoss

IntArray = npt.NDArray[np.int64]

GUARANTEES: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce)
BACKOFFS: Final = (
    NoBackoff,
    ConstantBackoff,
    LinearBackoff,
    ExponentialBackoff,
    DecorrelatedJitter,
)


def refusals(scenario: Scenario) -> list[str]:
    """Name what this engine cannot do in a scenario; empty if it can answer it."""
    links = (("link", scenario.link), ("return_link", scenario.link_back))
    reasons = _guarantee_refusals(scenario)
    for name, link in links:
        if not hasattr(link.loss_model, "loses_array"):
            reasons.append(f"{name}.loss {link.loss!r}: decided one transmission at a time")
        if link.ordered:
            reasons.append(f"{name}.ordered: copies meet on the link")
        if link.bandwidth is not None:
            reasons.append(f"{name}.bandwidth: copies meet on the link")
    return reasons


def _guarantee_refusals(scenario: Scenario) -> list[str]:
    reasons = []
    guarantee = scenario.guarantee
    if type(guarantee) not in GUARANTEES:
        reasons.append(f"guarantee {guarantee!r}: not one of the four built in")
    if isinstance(guarantee, ExactlyOnce) and guarantee.window is not None:
        reasons.append("guarantee.window: with a bounded memory, messages meet")
    if isinstance(guarantee, ExactlyOnce) and guarantee.max_age is not None:
        reasons.append("guarantee.max_age: copies meet a memory that forgets")
    retry = getattr(guarantee, "retry", None)
    if not isinstance(retry, Retry):
        return reasons
    if type(retry.backoff) not in BACKOFFS:
        reasons.append(f"guarantee.retry.backoff {retry.backoff!r}: not one built in")
    shared = {
        "timeout": isinstance(retry.timeout, AdaptiveTimeout),
        "budget": retry.budget is not None,
        "breaker": retry.breaker is not None,
    }
    shared_by_all = [name for name, is_shared in shared.items() if is_shared]
    return reasons + [f"guarantee.retry.{name}: messages share it" for name in shared_by_all]


def run(scenario: Scenario, *, replication: int = 0, trace: bool = False) -> Run:
    """Run a scenario, all messages at once.

    Raises:
        NotVectorizable: If this engine cannot answer it, naming each reason.
    """
    reasons = refusals(scenario) + (["trace: events are not told one by one"] if trace else [])
    if reasons:
        raise NotVectorizable(
            f'engine="vectorized" cannot answer this scenario ({"; ".join(reasons)}); '
            'use engine="discrete-event" or "auto"'
        )
    return _Batch(scenario, replication).run()


@dataclass(slots=True)
class _Copies:
    """Copies that arrive: of which messages, when. Arrays of one shape, messages rising."""

    message: IntArray
    arrival_ns: IntArray
    number: int


class _Wire:
    """A one-way link at work on many messages at once."""

    def __init__(self, name: str, link: Link, randomness: Randomness, end_ns: int) -> None:
        self.name = name
        self.counts = CopyCounts()
        self._link = link
        self._loss = cast("VectorizedLoss", link.loss_model)
        self._randomness = randomness
        self._end_ns = end_ns

    def carry(
        self, message: IntArray, sent_ns: IntArray, attempt: int, *, ack_of: int | None = None
    ) -> Iterator[_Copies]:
        """Carry one transmission of each message; return those that arrive before the end.

        With `ack_of`, they are acknowledgements of the data copies of that number.
        """
        copy, ack_copy = (0, 0) if ack_of is None else (ack_of, 1)
        lane = Lane(self.name, Purpose.LOSS, attempt, copy, ack_copy)
        lost = self._loss.loses_array(self._luck(lane, message), message, attempt, sent_ns)
        self.counts.sent += len(message)
        self.counts.lost += int(lost.sum())
        message, sent_ns = message[~lost], sent_ns[~lost]
        yield self._launch(lane, message, sent_ns, 0)
        if self._link.duplicate > 0:
            luck = self._luck(lane._replace(purpose=Purpose.DUPLICATION), message)
            twice = luck < self._link.duplicate
            self.counts.duplicated += int(twice.sum())
            yield self._launch(lane, message[twice], sent_ns[twice], 1)

    def _launch(self, lane: Lane, message: IntArray, sent_ns: IntArray, number: int) -> _Copies:
        luck = self._luck(copy_lane(lane, number), message)
        arrival_ns = np.minimum(sent_ns + self._link.delays_ns(luck), END_OF_TIME)
        in_time = arrival_ns < self._end_ns
        self.counts.arrived += int(in_time.sum())
        self.counts.in_flight += int((~in_time).sum())
        return _Copies(message, arrival_ns, number)

    def _luck(self, lane: Lane, message: IntArray) -> npt.NDArray[np.float64]:
        return _draws(self._randomness, lane, message)


class _Batch:
    """All messages of a scenario, on their way together. Columns have shape (messages,)."""

    def __init__(self, scenario: Scenario, replication: int) -> None:
        self.guarantee = scenario.guarantee
        self.idempotent = scenario.idempotent
        self.end_ns = horizon_ns(scenario)
        self.created_ns = creation_times(scenario, replication)
        self.randomness = Randomness(scenario.seed, replication)
        there, back = link_name(SENDER, RECEIVER), link_name(RECEIVER, SENDER)
        self.wire = _Wire(there, scenario.link, self.randomness, self.end_ns)
        self.return_wire = _Wire(back, scenario.link_back, self.randomness, self.end_ns)
        size = len(self.created_ns)
        self.attempts = np.zeros(size, dtype=np.int64)
        self.arrivals = np.zeros(size, dtype=np.int64)
        self.in_flight = np.zeros(size, dtype=np.bool_)
        self.delivered_ns = np.full(size, END_OF_TIME, dtype=np.int64)
        self.known_ns = np.full(size, END_OF_TIME, dtype=np.int64)  # first acknowledgement
        self.gave_up_ns = np.full(size, NEVER, dtype=np.int64)
        self.belief = np.full(size, "sent", dtype="U12")

    def run(self) -> Run:
        """Carry every message."""
        everyone = np.arange(len(self.created_ns))
        if isinstance(self.guarantee, AtLeastOnce | ExactlyOnce):
            self.send_until_acknowledged(everyone, self.guarantee.retry)
        else:
            self.transmit(everyone, self.created_ns, attempt=1)
        return Run(self.ledger(), self.links(), None)

    def transmit(self, message: IntArray, sent_ns: IntArray, attempt: int) -> None:
        """Send one copy of each message, and acknowledge those that arrive if that is the way."""
        self.attempts[message] += 1
        for data in self.wire.carry(message, sent_ns, attempt):
            in_time = data.arrival_ns < self.end_ns
            self.in_flight[data.message[~in_time]] = True
            arrived, arrival_ns = data.message[in_time], data.arrival_ns[in_time]
            self.arrivals[arrived] += 1
            _keep_earliest(self.delivered_ns, arrived, arrival_ns)
            if isinstance(self.guarantee, AtLeastOnce | ExactlyOnce):
                acknowledgements = self.return_wire.carry(
                    arrived, arrival_ns, attempt, ack_of=data.number
                )
                for ack in acknowledgements:
                    _keep_earliest(self.known_ns, ack.message, ack.arrival_ns)

    def send_until_acknowledged(self, active: IntArray, retry: Retry) -> None:
        """Send each message again and again until it is acknowledged, or given up."""
        sent_ns = self.created_ns
        self.belief[:] = "waiting"
        allowed_ns = END_OF_TIME if retry.deadline is None else to_ns(retry.deadline)
        expiry_ns = np.minimum(self.created_ns + allowed_ns, END_OF_TIME)
        pause = np.zeros(len(active))
        backoff: Any = retry.backoff  # one built in, which takes arrays
        for attempt in count(1):
            self.transmit(active, sent_ns, attempt)
            timeout_ns = to_ns(retry.timeout_of(attempt))
            until_ns = np.minimum(np.minimum(sent_ns + timeout_ns, END_OF_TIME), expiry_ns)
            waiting = self.wait(active, until_ns)
            last = until_ns == expiry_ns
            if attempt == retry.max_attempts:
                last[:] = True
            self.give_up(active[waiting & last], until_ns[waiting & last])
            going_on = waiting & ~last
            active, until_ns, expiry_ns = active[going_on], until_ns[going_on], expiry_ns[going_on]
            if not len(active):
                return
            lane = Lane(self.wire.name, Purpose.BACKOFF, attempt)
            luck = _draws(self.randomness, lane, active)
            pause = backoff.pause_after(attempt, pause[going_on], luck)
            until_ns = np.minimum(np.minimum(until_ns + to_ns_array(pause), END_OF_TIME), expiry_ns)
            waiting = self.wait(active, until_ns)
            last = until_ns == expiry_ns
            self.give_up(active[waiting & last], until_ns[waiting & last])
            going_on = waiting & ~last
            active, sent_ns, expiry_ns = active[going_on], until_ns[going_on], expiry_ns[going_on]
            pause = pause[going_on]
            if not len(active):
                return

    def wait(self, message: IntArray, until_ns: IntArray) -> npt.NDArray[np.bool_]:
        """Wait for acknowledgements up to an instant, itself included; say who still waits then.

        Nobody does at the end of the run or after it: those stay undecided.
        """
        known_ns = self.known_ns[message]
        acknowledged = (known_ns <= until_ns) & (known_ns < self.end_ns)
        self.belief[message[acknowledged]] = "acknowledged"
        return ~acknowledged & (until_ns < self.end_ns)

    def give_up(self, message: IntArray, at_ns: IntArray) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        self.belief[message] = "gave_up"
        self.gave_up_ns[message] = at_ns

    def ledger(self) -> Ledger:
        """Return what became of each message."""
        once = isinstance(self.guarantee, AtMostOnce | ExactlyOnce)
        acknowledges = isinstance(self.guarantee, AtLeastOnce | ExactlyOnce)
        arrived = self.arrivals > 0
        handovers = np.where(arrived, 1, 0) if once else self.arrivals
        known = self.belief == "acknowledged"
        return Ledger(
            {
                "message": np.arange(len(self.created_ns)),
                "created_ns": self.created_ns,
                "attempts": self.attempts,
                "arrivals": self.arrivals,
                "handovers": handovers,
                "effects": np.minimum(handovers, 1) if self.idempotent else handovers,
                "suppressed": self.arrivals - handovers,
                "delivered_ns": np.where(arrived, self.delivered_ns, NEVER),
                "acknowledged_ns": np.where(known, self.known_ns, NEVER),
                "gave_up_ns": self.gave_up_ns,
                "acks_sent": self.arrivals if acknowledges else np.zeros_like(self.arrivals),
                "belief": self.belief,
                "undecided": self.in_flight | (self.belief == "waiting"),
            }
        )

    def links(self) -> dict[str, CopyCounts]:
        """Return what became of the copies on each link."""
        return {wire.name: wire.counts for wire in (self.wire, self.return_wire)}


def _draws(randomness: Randomness, lane: Lane, message: IntArray) -> npt.NDArray[np.float64]:
    """Return the draws of some messages of a lane; `message` rises."""
    if not len(message):
        return np.empty(0)
    first = int(message[0])
    return randomness.draws(lane, first, int(message[-1]) + 1)[message - first]


def _keep_earliest(instants: IntArray, message: IntArray, candidate: IntArray) -> None:
    """Lower the instants of some messages, each named once, to the candidates."""
    instants[message] = np.minimum(instants[message], candidate)
