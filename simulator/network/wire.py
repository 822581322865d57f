"""A wire: a one-way link at work.

A transmission first waits its turn, where the link has a bandwidth, unless the buffer is full. Its
fate then comes from addressed draws: first lost or not, then, if it survived, duplicated at most
once; each copy has a delay of its own, so copies overtake each other, unless the link keeps order.
An adversary, if there is one, sees that fate, and may change it. Nothing is silently dropped:
at every instant

    sent + duplicated = arrived + lost + dropped + in flight.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from simulator.clock import END_OF_TIME
from simulator.conditions import Bernoulli, Transmission
from simulator.conditions.draws import loss_lane
from simulator.network.timers import Occurrence
from simulator.network.transmitter import Transmitter
from simulator.validation import integer, refuse

if TYPE_CHECKING:
    from simulator.conditions import Link
    from simulator.conditions.draws import Draws
    from simulator.message import Message
    from simulator.network.interference import Interference
    from simulator.network.schedule import Schedule
    from simulator.randomness import LaneValues
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

    def __add__(self, other: CopyCounts) -> CopyCounts:
        """Add the counts of other copies on the same link."""
        names = [field.name for field in fields(self)]
        return CopyCounts(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def conserved(self) -> bool:
        """Whether every copy is accounted for."""
        ends = self.arrived + self.lost + self.dropped + self.in_flight
        return self.sent + self.duplicated == ends


class End(Protocol):
    """Where a wire ends."""

    def arrive(self, parcel: Any) -> bool:
        """Let a parcel in; return whether it was; else it counts as dropped."""


class Parcel(Occurrence):
    """What a wire carries; it happens when it arrives.

    Attributes:
        end: Where it goes.
        message: The message that it is about.
        attempt: Which sending of that message, from 1.
        number: Which copy of the data: 0, or 1 for the one that the network made.
        is_answer: Whether it answers that copy, rather than being it.
        phase: In which phase of an instant it arrives.
        counts: The counts of its wire.
    """

    __slots__ = ("attempt", "counts", "end", "message", "number", "phase")

    end: End
    message: Message
    attempt: int
    number: int
    counts: CopyCounts
    phase: int
    is_answer: ClassVar[bool] = False

    @property
    def kind(self) -> str | None:
        """What it is, as a trace says it. None: its message's data."""
        raise NotImplementedError

    def duplicate(self) -> Parcel:
        """Return the copy of it that the network makes."""
        raise NotImplementedError

    def happen(self) -> None:
        """Arrive."""
        counts = self.counts
        counts.in_flight -= 1
        if self.end.arrive(self):
            counts.arrived += 1
        else:
            counts.dropped += 1


class Wire:
    """A one-way link at work in a network.

    Attributes:
        name: "sender→receiver".
        counts: What became of the copies.
        cuts: How many faults cut it now; while there are any, all that is sent is lost.
    """

    def __init__(  # noqa: PLR0917 - it belongs to a network, of which these are the parts
        self,
        env: Schedule,
        name: str,
        link: Link,
        draws: Draws,
        trace: Trace,
        interference: Interference | None = None,
    ) -> None:
        """Lay a wire called `name`, "sender→receiver", with the conditions of `link`."""
        self.name = name
        self.counts = CopyCounts()
        self.cuts = 0
        self._env = env
        self._link = link
        self._ordered = link.ordered
        self._trace = trace
        self._interference = interference
        self._draws = draws
        self._transmitter = link.bandwidth and Transmitter(link.bandwidth, link.buffer)
        self._last_arrival_ns = 0
        self._sure_delay_ns = link.fixed_delay_ns if link.loss == 0.0 else None
        sure_ns = None if link.duplicate else self._sure_delay_ns
        self._sure_fate: tuple[int, ...] = () if sure_ns is None else (sure_ns,)
        # Where each transmission meets a fate of its own, they are drawn a block at a time.
        alone = type(link.loss_model) is Bernoulli and not link.duplicate and interference is None
        self._is_plain = alone and not link.bandwidth and not link.ordered
        self._fates: dict[tuple[int, int, int], LaneValues[int]] = {}

    def carry(self, parcel: Parcel, size_bytes: int) -> int:
        """Send a parcel on its way.

        Args:
            parcel: What to carry.
            size_bytes: Its size.

        Returns:
            How many copies are now in flight: 0 if it was dropped or lost, 2 if it was duplicated,
            else 1.
        """
        counts = self.counts
        counts.sent += 1
        if self.cuts or not self._is_plain:
            return self._carry_copies(parcel, size_bytes)
        delay_ns = self._sure_delay_ns
        if delay_ns is None:
            address = parcel.attempt, parcel.number, parcel.phase
            fate = self._fates.get(address) or self._open_lane(parcel)
            delay_ns = fate(parcel.message.number)
            if delay_ns < 0:
                counts.lost += 1
                self._record("lost", parcel)
                return 0
        parcel.counts = counts
        counts.in_flight += 1
        env = self._env
        env.push((env.instant_ns + delay_ns, parcel.phase, env.turn(), parcel))
        return 1

    def _carry_copies(self, parcel: Parcel, size_bytes: int) -> int:
        """Send a parcel on its way where more than its own draws decide; return how many copies."""
        leaving_ns = self._env.instant_ns
        if self._transmitter:
            turn_ns = self._transmitter.wait(leaving_ns, size_bytes)
            if turn_ns is None:
                self.counts.dropped += 1
                self._record("dropped", parcel)
                return 0
            leaving_ns += turn_ns
        delays_ns: tuple[int, ...] = ()
        if not self.cuts:
            number, answers = parcel.message.number, parcel.is_answer
            sent_ns = self._env.instant_ns
            delays_ns = self._fate(
                Transmission(
                    self.name, number, parcel.attempt, parcel.number, answers, sent_ns, size_bytes
                )
            )
        if not delays_ns:
            self.counts.lost += 1
            self._record("lost", parcel)
            return 0
        self._launch(parcel, leaving_ns + delays_ns[0])
        for delay_ns in delays_ns[1:]:
            self.counts.duplicated += 1
            self._record("duplicated", parcel)
            self._launch(parcel.duplicate(), leaving_ns + delay_ns)
        return len(delays_ns)

    def _open_lane(self, parcel: Parcel) -> LaneValues[int]:
        """Return the fates of the messages in its lane: the delay in nanoseconds, or LOST."""
        attempt, number = parcel.attempt, parcel.number
        lane = loss_lane(self.name, attempt, number, is_answer=parcel.is_answer)
        fates = self._fates[attempt, number, parcel.phase] = self._draws.fates(self._link, lane)
        return fates

    def _fate(self, transmission: Transmission) -> tuple[int, ...]:
        """Return what becomes of a transmission: the delay of each copy, none if it is lost."""
        delays_ns = self._sure_fate or self._link.fate(self._draws, transmission)
        if self._interference is not None:
            delays_ns = _checked(self._interference.decide(transmission, delays_ns))
        return delays_ns

    @property
    def carries_at_once(self) -> bool:
        """Whether what is sent arrives at the same instant, once, but for faults."""
        plain = not self._link.duplicate and not self._transmitter and self._interference is None
        return plain and self._sure_delay_ns == 0

    def carry_at_once(self) -> bool:
        """Send something over a wire that carries at once; return whether it arrives."""
        self.counts.sent += 1
        if self.cuts:
            self.counts.lost += 1
            return False
        self.counts.arrived += 1
        return True

    def _launch(self, parcel: Parcel, arrival_ns: int) -> None:
        parcel.counts = self.counts
        self.counts.in_flight += 1
        if self._ordered:
            arrival_ns = self._last_arrival_ns = max(self._last_arrival_ns, arrival_ns)
        self._env.at(arrival_ns, parcel.phase, parcel)

    def _record(self, event: str, parcel: Parcel) -> None:
        if self._trace.enabled:
            about = parcel.message, parcel.attempt, parcel.number, parcel.kind
            self._trace.log.extend((self._env.instant_ns, event, "", self.name, *about))


def _checked(delays_ns: object) -> tuple[int, ...]:
    """Return what an adversary decided, which may be a student's own."""
    field = "Interference.decide"
    if not isinstance(delays_ns, tuple | list) or len(delays_ns) > 2:  # noqa: PLR2004 - the network makes one copy at most
        refuse(field, delays_ns, "the delays of 0, 1 or 2 copies, in nanoseconds")
    return tuple(integer(field, delay_ns, low=0, high=END_OF_TIME) for delay_ns in delays_ns)
