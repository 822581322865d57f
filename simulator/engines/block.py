"""A block of consecutive messages, computed together, attempt by attempt.

Instants are nanoseconds since each message's creation; the end of time stands for never.
"""

from __future__ import annotations

from itertools import count
from typing import Any, Final, cast

import numpy as np

from simulator.clock import END_OF_TIME, to_ns, to_ns_array
from simulator.engines.block_wire import BlockWire, Instants, Some
from simulator.engines.columns import (
    ACKNOWLEDGED,
    GAVE_UP,
    NOT_COMING,
    SENT,
    WAITING,
    BoolArray,
    IntArray,
    ledger_of,
)
from simulator.engines.creation import horizon_ns
from simulator.engines.one_at_a_time import pauses
from simulator.ledger import NEVER, Ledger
from simulator.policies import (
    ConstantBackoff,
    DecorrelatedJitter,
    ExponentialBackoff,
    LinearBackoff,
    NoBackoff,
    Retry,
)
from simulator.protocols import AtLeastOnce, ExactlyOnce
from simulator.randomness import Lane, Purpose
from simulator.scenario import Scenario

BACKOFFS: Final = (
    NoBackoff,
    ConstantBackoff,
    LinearBackoff,
    ExponentialBackoff,
    DecorrelatedJitter,
)
"""Those that take arrays. A student's own is asked about one message at a time."""

NOBODY: Final = np.empty(0, dtype=np.int64)
"""A column before it is known of anybody."""


class Block:
    """Consecutive messages, computed together. Columns have shape (messages,)."""

    def __init__(
        self,
        scenario: Scenario,
        wire: BlockWire,
        return_wire: BlockWire,
        first: int,
        created_ns: IntArray,
    ) -> None:
        """Start with every message created and none sent."""
        self._guarantee = scenario.guarantee
        self._acknowledges = isinstance(self._guarantee, AtLeastOnce | ExactlyOnce)
        self._idempotent = scenario.idempotent
        self._wire, self._return_wire = wire, return_wire
        size = len(created_ns)
        self._all = Some(first, created_ns, horizon_ns(scenario))
        self._attempts = np.zeros(size, dtype=np.int32)
        self._arrivals = np.zeros(size, dtype=np.int32)
        self._in_flight = np.zeros(size, dtype=np.bool_)
        self._delivered = NOBODY  # until the first transmission
        self._known = NOBODY if self._acknowledges else np.full(size, NOT_COMING, dtype=np.int64)
        self._gave_up = np.full(size, NEVER, dtype=np.int64)
        self._belief = np.full(size, SENT, dtype=np.int8)

    def run(self) -> Ledger:
        """Carry every message; return the ledger."""
        if isinstance(self._guarantee, AtLeastOnce | ExactlyOnce):
            self._send_until_acknowledged(self._guarantee.retry)
        else:
            self._transmit(self._all, 0, attempt=1)
        return ledger_of(
            self._guarantee,
            first=self._all.first,
            idempotent=self._idempotent,
            created_ns=self._all.block_created_ns,
            attempts=self._attempts,
            arrivals=self._arrivals,
            delivered=self._delivered,
            known=self._known,
            gave_up=self._gave_up,
            belief=self._belief,
            in_flight=self._in_flight,
        )

    def _transmit(self, some: Some, sent: Instants, attempt: int) -> None:
        """Send one copy of each message; acknowledge those that arrive, if the guarantee does."""
        everyone = slice(None) if some.places is None else some.places
        self._attempts[everyone] = attempt
        for copies in self._wire.carry(some, sent, attempt):
            if len(copies.late):
                self._in_flight[everyone] |= copies.late
            self._arrivals[everyone] += copies.arrival < NOT_COMING
            self._delivered = _earliest(self._delivered, everyone, copies.arrival)
            if self._acknowledges:
                for answer in self._return_wire.carry(
                    some, copies.arrival, attempt, answers=copies
                ):
                    self._known = _earliest(self._known, everyone, answer.arrival)

    def _send_until_acknowledged(self, retry: Retry) -> None:
        """Send each message repeatedly until it is acknowledged or given up."""
        some, sent = self._all, cast("Instants", 0)
        self._belief[:] = WAITING
        expiry = END_OF_TIME if retry.deadline is None else to_ns(retry.deadline)
        pause: Any = 0.0
        for attempt in count(1):
            self._transmit(some, sent, attempt)
            until = np.minimum(sent + to_ns(retry.timeout_of(attempt)), expiry)
            is_last = attempt == retry.max_attempts
            some, until, pause = self._wait(some, until, expiry, pause, is_last=is_last)
            if not len(some):
                return
            if retry.late_answers == "ignore":
                everyone = slice(None) if some.places is None else some.places
                self._known[everyone] = NOT_COMING  # what is to come is late
            pause, delay = self._pause(retry, attempt, some, pause)
            if isinstance(delay, int) and delay == 0:
                sent = until
                continue
            sent = np.minimum(until + delay, expiry)
            some, sent, pause = self._wait(some, sent, expiry, pause)
            if not len(some):
                return

    def _pause(self, retry: Retry, attempt: int, some: Some, pause: Any) -> tuple[Any, Instants]:
        """Return the pause of each message after an attempt, in seconds and nanoseconds."""
        backoff: Any = retry.backoff
        is_own = type(backoff) not in BACKOFFS
        jitter = isinstance(backoff, DecorrelatedJitter) or (
            isinstance(backoff, ExponentialBackoff) and backoff.jitter != "none"
        )
        if not jitter and not is_own:
            pause = backoff.pause_after(attempt, 0.0, 0.0)
            return pause, to_ns(pause)
        draws = self._wire.draws(Lane(self._wire.name, Purpose.BACKOFF, attempt), some)
        if is_own:
            return pauses(backoff, attempt, np.broadcast_to(pause, len(some)), draws)
        pause = backoff.pause_after(attempt, pause, draws)
        return pause, to_ns_array(pause)

    def _wait(
        self, some: Some, until: Instants, expiry: int, pause: Any, *, is_last: bool = False
    ) -> tuple[Some, Instants, Any]:
        """Wait for acknowledgements until an instant, inclusive.

        Messages that still wait then are given up after the last attempt, or at their deadline.
        Those that would wait beyond the end of the run stay undecided.

        Returns:
            The messages that go on, with their `until` and `pause`.
        """
        everyone = slice(None) if some.places is None else some.places
        known = self._known[everyone]
        acknowledged = known <= np.minimum(until, NOT_COMING - 1)
        if some.places is None:
            np.multiply(acknowledged, ACKNOWLEDGED - WAITING, out=self._belief)
            self._belief += WAITING
        else:
            self._belief[some.places.compress(acknowledged)] = ACKNOWLEDGED
        waiting = ~acknowledged
        if int(np.max(until, initial=0)) >= some.least_left_ns:
            waiting &= until < some.left_ns
        if np.ndim(until):
            theirs = cast("IntArray", until)
            last = waiting & (theirs == expiry) if not is_last else waiting
            self._give_up(_chosen(everyone, last), theirs[last])
            waiting &= ~last
            until = theirs[waiting]
        elif is_last or until == expiry:
            self._give_up(_chosen(everyone, waiting), until)
            waiting[:] = False
        return some.among(waiting), until, pause[waiting] if np.ndim(pause) else pause

    def _give_up(self, places: IntArray, at_ns: Instants) -> None:
        """Stop trying. An acknowledgement that comes later changes nothing."""
        self._belief[places] = GAVE_UP
        self._gave_up[places] = at_ns


def _earliest(instants: IntArray, places: slice | IntArray, candidates: IntArray) -> IntArray:
    """Lower the instants at distinct indices to the candidates; the first time, take these."""
    if instants is NOBODY:
        return candidates
    if isinstance(places, slice):
        return np.minimum(instants, candidates)
    instants[places] = np.minimum(instants.take(places), candidates)
    return instants


def _chosen(places: slice | IntArray, chosen: BoolArray) -> IntArray:
    """Return the indices in the block of the chosen messages."""
    return np.flatnonzero(chosen) if isinstance(places, slice) else places.compress(chosen)
