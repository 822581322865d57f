"""A wire: a one-way link at work.

It decides each transmission's fate from addressed draws: first lost or not, then, if it survived,
duplicated at most once; each copy has a delay of its own, so copies overtake each other freely.
Nothing is silently dropped: at every instant

    sent + duplicated = arrived + lost + dropped + in flight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.network.timers import Phase, Timer, now_ns
from simulator.randomness import Blocks, Lane, Purpose, Randomness

if TYPE_CHECKING:
    import simpy

    from simulator.conditions import Link
    from simulator.message import Transmission
    from simulator.trace import Trace


@dataclass(slots=True)
class CopyCounts:
    """What became of the copies on one link, data and acknowledgements together."""

    sent: int = 0
    duplicated: int = 0
    arrived: int = 0
    lost: int = 0
    dropped: int = 0
    in_flight: int = 0

    @property
    def conserved(self) -> bool:
        """Whether every copy is accounted for."""
        ends = self.arrived + self.lost + self.dropped + self.in_flight
        return self.sent + self.duplicated == ends


class Wire:
    """A one-way link at work in a network."""

    def __init__(
        self, env: simpy.Environment, name: str, link: Link, randomness: Randomness, trace: Trace
    ) -> None:
        """Lay a wire called `name`, "sender→receiver", with the conditions of `link`."""
        self.name = name
        self.counts = CopyCounts()
        self._env = env
        self._link = link
        self._trace = trace
        self._loss = link.start_loss(randomness.stream(name))
        self._luck = Blocks(lambda *block: randomness.draws(*block).tolist())
        self._delay_ns = Blocks(lambda *block: link.delays_ns(randomness.draws(*block)).tolist())

    def carry(self, transmission: Transmission, deliver: Callable[[int], None]) -> int:
        """Send a transmission on its way.

        Args:
            transmission: What to carry.
            deliver: Called with 0 when it arrives, with 1 when the network's copy of it does.

        Returns:
            How many copies are now in flight: 0 if it was lost, 2 if it was duplicated, else 1.
        """
        self.counts.sent += 1
        message = transmission.message
        lane = _lane(self.name, transmission)
        if self._loss.loses(transmission, self._luck(lane, message)):
            self.counts.lost += 1
            self._record("lost", transmission)
            return 0
        copies = 1
        if self._link.duplicate > 0:
            luck = self._luck(lane._replace(purpose=Purpose.DUPLICATION), message)
            copies += luck < self._link.duplicate
        for index in range(copies):
            if index:
                self.counts.duplicated += 1
                self._record("duplicated", transmission)
            self._launch(transmission, copy_lane(lane, index), index, deliver)
        return copies

    def _launch(
        self, transmission: Transmission, lane: Lane, index: int, deliver: Callable[[int], None]
    ) -> None:
        self.counts.in_flight += 1
        phase = Phase.ACKNOWLEDGEMENT if transmission.acknowledgement else Phase.DATA
        arrival = Timer(self._env, self._delay_ns(lane, transmission.message), phase)

        def arrive(_: simpy.Event) -> None:
            self.counts.in_flight -= 1
            self.counts.arrived += 1
            deliver(index)

        arrival.callbacks.append(arrive)

    def _record(self, event: str, transmission: Transmission) -> None:
        self._trace.record(
            now_ns(self._env),
            event,
            transmission.message,
            link=self.name,
            attempt=transmission.attempt,
            copy=transmission.copy,
        )


def _lane(name: str, transmission: Transmission) -> Lane:
    """Address the luck of a transmission; acknowledgements have lanes apart from data."""
    ack_copy = 1 if transmission.acknowledgement else 0
    return Lane(name, Purpose.LOSS, transmission.attempt, transmission.copy, ack_copy)


def copy_lane(lane: Lane, index: int) -> Lane:
    """Address the delay of a copy: 0 is the original, 1 the one that the network made."""
    if lane.ack_copy:
        return lane._replace(purpose=Purpose.DELAY, ack_copy=lane.ack_copy + index)
    return lane._replace(purpose=Purpose.DELAY, copy=lane.copy + index)
