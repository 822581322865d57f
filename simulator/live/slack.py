"""Slack: how much later things may be, before the fate of a message is another.

A message's slack is the least distance, in its simulated timeline, between two instants whose
exchange would change its row: an answer and the end of a wait, an arrival and a crash, anything and
the horizon. A real machine that is later than that may change the row, and so proves nothing.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, pairwise, product
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.clock import END_OF_TIME, to_ns
from simulator.conditions import Bernoulli, Link, Outages, Scripted
from simulator.engines.creation import creation_blocks, horizon_ns
from simulator.engines.discrete_event import play
from simulator.ledger import Ledger
from simulator.live.lives import lives_of
from simulator.network import Network
from simulator.network.channel.receiver_end import ReceiverEnd
from simulator.network.channel.sender_end import SenderEnd
from simulator.protocols import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    ExactlyOnce,
    Handshake,
    StoreAndForward,
)
from simulator.scenario import RECEIVER, SENDER, Scenario
from simulator.trace import Trace

if TYPE_CHECKING:
    from simulator.conditions import Transmission
    from simulator.message import Message
    from simulator.network.channel.channel import Ends
    from simulator.network.channel.copies import Answer, Copy
    from simulator.network.timers import Wait
    from simulator.network.wire import Wire

KNOWN: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce, StoreAndForward, Handshake)
"""Guarantees whose every step is known here. A student's own may do anything."""

INDEPENDENT: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce, Handshake)
"""Guarantees under which no message waits for another."""


Pair = tuple[int, int]
"""Two instants whose exchange would change a row."""


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


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a simulation says of a live run.

    Attributes:
        ledger: The simulated ledger.
        trace: The simulated trace.
        slack_ns: The slack of each message, in nanoseconds; the end of time where nothing could
            change.
        end_ns: When the last thing happens to each message.
        messages_meet: Whether a message may have to wait for those before it.
    """

    ledger: Ledger
    trace: Trace
    slack_ns: list[int]
    end_ns: list[int]
    messages_meet: bool


def predict(scenario: Scenario, replication: int = 0) -> Prediction:
    """Simulate a scenario, and find the slack of each of its messages.

    Raises:
        EndlessRun: If it could never end.
    """
    scenario.check_that_it_ends()
    net = WatchedNetwork(scenario, replication)
    sender = play(scenario, net, creation_blocks(scenario, replication))
    lives = lives_of(scenario)
    edges = {
        role: [instant for life in lives[role] for instant in life if 0 < instant < END_OF_TIME]
        for role in (SENDER, RECEIVER)
    }
    timelines = [net.timelines[number] for number in range(len(sender.rows))]
    for timeline, row in zip(timelines, sender.rows, strict=True):
        timeline.created_ns = row.created_ns
    slack_ns = [_slack(timeline, scenario, edges) for timeline in timelines]
    last: dict[int, int] = {}
    for event in net.trace.rows:
        last[event.message] = event.time_ns
    end_ns = [last.get(number, 0) for number in range(len(timelines))]
    meet = type(scenario.guarantee) not in INDEPENDENT
    return Prediction(sender.ledger, net.trace, slack_ns, end_ns, meet)


def _slack(timeline: Timeline, scenario: Scenario, edges: dict[str, list[int]]) -> int:
    pairs = [
        *_at_the_sender(timeline, scenario, edges[SENDER]),
        *_at_the_receiver(timeline, scenario, edges[RECEIVER]),
    ]
    pairs += product(timeline.sends, _edges_of(scenario.link))
    pairs += product(timeline.replies, _edges_of(scenario.link_back))
    if timeline.asked_when:
        return 0
    end_ns = horizon_ns(scenario)
    if end_ns < END_OF_TIME:
        pairs += product([*timeline.at_the_sender, *timeline.at_the_receiver], [end_ns])
    return min((abs(a - b) for a, b in pairs), default=END_OF_TIME)


def _edges_of(link: Link) -> list[int]:
    """Return the instants at which a link begins or ceases to lose all that is sent."""
    loss = link.loss_model
    windows = loss.windows if isinstance(loss, Outages) else ()
    return [to_ns(seconds) for window in windows for seconds in window]


def _at_the_sender(
    timeline: Timeline, scenario: Scenario, crashes: Iterable[int]
) -> Iterator[Pair]:
    retry = getattr(scenario.guarantee, "retry", None)
    accepts = getattr(retry, "late_answers", "accept") == "accept"
    for answers, waits in zip(timeline.answers, timeline.waits, strict=True):
        yield from product(answers[:1] if accepts else answers, waits)
    yield from timeline.deadlines
    if type(scenario.guarantee) not in KNOWN:
        waited = chain(*timeline.answers, *timeline.waits, timeline.timers)
        yield from pairwise(sorted(waited))
    yield from product([timeline.created_ns, *timeline.at_the_sender], crashes)


def _at_the_receiver(
    timeline: Timeline, scenario: Scenario, crashes: Iterable[int]
) -> Iterator[Pair]:
    instants = timeline.at_the_receiver
    yield from product([*timeline.arrivals, *timeline.handled], timeline.releases)
    if type(scenario.guarantee) not in KNOWN:
        yield from pairwise(sorted(instants))
    yield from product(instants, crashes)


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
