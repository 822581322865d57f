"""Watching: a simulation of which the instants of each message are noted."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import simpy

from simulator.clock import END_OF_TIME, to_ns
from simulator.conditions import Bernoulli, Link, Outages, Scripted
from simulator.network import Network
from simulator.network.channel.receiver_end import ReceiverEnd
from simulator.network.channel.sender_end import SenderEnd

if TYPE_CHECKING:
    from simulator.conditions import Transmission
    from simulator.message import Message
    from simulator.network.channel.channel import Ends
    from simulator.network.channel.copies import Answer, Copy
    from simulator.network.timers import Wait
    from simulator.network.wire import Wire
    from simulator.scenario import Scenario


@dataclass(slots=True)
class Timeline:
    """The instants of one message, in nanoseconds.

    Attributes:
        created_ns: Of its creation.
        arrivals: Of copies at the receiver.
        releases: Of releases there.
        handled: Ends of handlings, whether a crash cut them short or not.
        sends: Of what the sender sends, perhaps when its turn comes.
        replies: Of what the receiver answers.
        answers: Of answers at the sender: to the data, and to releases.
        waits: Ends of the sender's waits for these, whether an answer cut them short or not.
        deadlines: Of the sender's deadline, if it has one, each time with the end that a wait
            would have without it.
        timers: Other ends of what a guarantee of a student's own waits for, at either end.
        asked_when: Whether a loss of a student's own asked when anything of it was sent: then
            nobody knows at which instants it changes its mind.
    """

    created_ns: int = 0
    arrivals: list[int] = field(default_factory=list)
    releases: list[int] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)
    sends: list[int] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    answers: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    waits: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    deadlines: list[tuple[int, int]] = field(default_factory=list)
    timers: list[int] = field(default_factory=list)
    asked_when: bool = False

    @property
    def at_the_sender(self) -> list[int]:
        """All that happens, or may, at the sender once the message is created."""
        return [*self.sends, *chain(*self.answers), *chain(*self.waits), *self.timers]

    @property
    def at_the_receiver(self) -> list[int]:
        """All that happens, or may, at the receiver."""
        return [*self.arrivals, *self.releases, *self.handled, *self.timers]


class WatchedNetwork(Network):
    """A network that notes the instants of each message.

    Attributes:
        timelines: Those instants, by the number of the message.
        handling: How long the receiver's handler takes; None for no time.
    """

    def __init__(self, scenario: Scenario, replication: int) -> None:
        """Make an empty one, for a scenario."""
        self.timelines: defaultdict[int, Timeline] = defaultdict(Timeline)
        self.handling = scenario.handling
        super().__init__(scenario.seed, replication=replication, adversary=scenario.adversary)

    def _lay_wire(self, name: str, link: Link) -> Wire:
        loss = link.loss_model
        if type(loss) not in {Bernoulli, Scripted, Outages} and not hasattr(loss, "start"):
            link = dataclasses.replace(link, loss=WatchedLoss(self, loss))
        return super()._lay_wire(name, link)

    @property
    def _ends(self) -> Ends:
        return partial(WatchedReceiverEnd, self), partial(WatchedSenderEnd, self)

    def note_timer(self, process: Any, instant_ns: int) -> None:
        """Note when something happens for which the process of a message may wait."""
        message = getattr(process, "message", None) or process.copy.message
        self.timelines[message.number].timers.append(instant_ns)


class WatchedLoss:
    """A loss of a student's own, of which is noted whether it asks when something was sent."""

    def __init__(self, net: WatchedNetwork, loss: Any) -> None:
        """Watch a loss in a network."""
        self._net, self._loss = net, loss

    def loses(self, transmission: Transmission, u: float) -> bool:
        """Whether a transmission is lost."""
        seen = WatchedTransmission(transmission)
        lost: bool = self._loss.loses(seen, u)
        if seen.asked_when:
            self._net.timelines[transmission.message].asked_when = True
        return lost


class WatchedTransmission:
    """A transmission, of which is noted whether anybody asks when it was sent."""

    def __init__(self, transmission: Transmission) -> None:
        """Watch it."""
        self._transmission = transmission
        self.asked_when = False

    def __getattr__(self, name: str) -> Any:
        """Return what the transmission has."""
        self.asked_when |= name in {"sent_ns", "sent_s"}
        return getattr(self._transmission, name)


class WatchedReceiverEnd(ReceiverEnd):
    """A receiver's end that notes the instants of each message."""

    def __init__(self, net: WatchedNetwork, *parts: Any) -> None:
        """Open it in a network."""
        super().__init__(*parts)
        self._net = net

    def arrive(self, copy: Copy) -> bool:
        """Let a copy in."""
        timeline = self._net.timelines[copy.message.number]
        kept = timeline.releases if copy.is_release else timeline.arrivals
        kept.append(self.env.instant_ns)
        return super().arrive(copy)

    def hand_over(self, copy: Copy) -> simpy.Event:
        """Let the handler run."""
        handling = self._net.handling
        if handling is not None:
            end_ns = self.env.instant_ns + to_ns(copy.message.sample(handling))
            self._net.timelines[copy.message.number].handled.append(end_ns)
        return super().hand_over(copy)

    def acknowledge(self, copy: Copy, reply: Any = None) -> None:
        """Send an acknowledgement back."""
        self._net.timelines[copy.message.number].replies.append(self.env.instant_ns)
        super().acknowledge(copy, reply)

    def timeout(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds`."""
        self._net.note_timer(self.env.active_process, self.env.instant_ns + to_ns(seconds))
        return super().timeout(seconds)


class WatchedSenderEnd(SenderEnd):
    """A sender's end that notes the instants of each message."""

    def __init__(self, net: WatchedNetwork, *parts: Any) -> None:
        """Open it in a network."""
        super().__init__(*parts)
        self._net = net

    def transmit(self, message: Message, attempt: Any, *, release: bool = False) -> None:
        """Put a copy on the link."""
        self._net.timelines[message.number].sends.append(self.env.instant_ns)
        super().transmit(message, attempt, release=release)

    def arrive(self, answer: Answer) -> bool:
        """Let an answer in."""
        timeline = self._net.timelines[answer.message.number]
        timeline.answers[answer.to_release].append(self.env.instant_ns)
        return super().arrive(answer)

    def acknowledgement(self, message: Message, *, within: float, release: bool = False) -> Wait:
        """Wait for an acknowledgement."""
        timeline, sending = self._net.timelines[message.number], self.sending(message)
        end_ns, expiry_ns = self.env.instant_ns + to_ns(within), sending.expiry_ns
        of_release = release or bool(sending.attempt and sending.attempt.is_release)
        timeline.waits[of_release].append(min(end_ns, expiry_ns))
        if expiry_ns < END_OF_TIME:
            timeline.deadlines.append((expiry_ns, end_ns))
        return super().acknowledgement(message, within=within, release=release)

    def timeout(self, seconds: float) -> simpy.Event:
        """Return an event that happens after `seconds`."""
        self._net.note_timer(self.env.active_process, self.env.instant_ns + to_ns(seconds))
        return super().timeout(seconds)
