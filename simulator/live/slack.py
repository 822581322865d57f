"""Slack: how much later things may be, before the fate of a message is another.

A message's slack is the least distance, in its simulated timeline, between two instants whose
exchange would change its row: an answer and the end of a wait, an arrival and a crash, anything and
the horizon. A real machine that is later than that may change the row, and so proves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Final

import simpy

from simulator.clock import END_OF_TIME, to_ns
from simulator.engines.creation import creation_blocks, horizon_ns
from simulator.engines.discrete_event import play
from simulator.ledger import Ledger
from simulator.live.proxy import lives_of
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
    from simulator.message import Message
    from simulator.network.channel.channel import Ends
    from simulator.network.channel.copies import Answer, Copy
    from simulator.network.timers import Wait

FIRST_ANSWER: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce, StoreAndForward)
"""Guarantees to which the order of arrivals is all one, and of answers only the first matters."""


INDEPENDENT: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce, Handshake)
"""Guarantees under which no message waits for another."""


@dataclass(slots=True)
class Timeline:
    """The instants of one message, in nanoseconds.

    Attributes:
        created_ns: Of its creation.
        arrivals: Of copies at the receiver.
        handled: Ends of handlings, whether a crash cut them short or not.
        sends: Of what the sender sends, perhaps when its turn comes.
        answers: Of answers at the sender.
        waits: Ends of the sender's waits, whether an answer cut them short or not.
        deadlines: Of the sender's deadline, if it has one, each time with the end that a wait
            would have without it.
        timers: Other ends of what a guarantee of a student's own waits for, at either end.
    """

    created_ns: int = 0
    arrivals: list[int] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)
    sends: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    deadlines: list[tuple[int, int]] = field(default_factory=list)
    timers: list[int] = field(default_factory=list)


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
    """Simulate a scenario, and find the slack of each of its messages."""
    net = WatchedNetwork(
        scenario.seed, replication=replication, adversary=scenario.adversary, handling=scenario
    )
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
    end_ns = horizon_ns(scenario)
    if end_ns < END_OF_TIME:
        pairs += product(_all(timeline), [end_ns])
    return min((abs(a - b) for a, b in pairs), default=END_OF_TIME)


def _at_the_sender(
    timeline: Timeline, scenario: Scenario, crashes: Iterable[int]
) -> Iterator[tuple[int, int]]:
    answers, waits = timeline.answers, timeline.waits
    retry = getattr(scenario.guarantee, "retry", None)
    ignores = getattr(retry, "late_answers", "accept") == "ignore"
    if type(scenario.guarantee) in FIRST_ANSWER and not ignores:
        answers = answers[:1]
    else:
        yield from pairwise(sorted(answers))
    yield from product(answers, [*waits, *timeline.timers])
    yield from timeline.deadlines
    others = timeline.created_ns, *timeline.sends, *timeline.answers
    yield from product([*others, *waits, *timeline.timers], crashes)


def _at_the_receiver(
    timeline: Timeline, scenario: Scenario, crashes: Iterable[int]
) -> Iterator[tuple[int, int]]:
    arrivals, handled = timeline.arrivals, timeline.handled
    if type(scenario.guarantee) not in FIRST_ANSWER:
        yield from pairwise(sorted([*arrivals, *handled]))
        yield from product(arrivals, timeline.timers)
    yield from product([*arrivals, *handled], crashes)


def _all(timeline: Timeline) -> list[int]:
    return [
        *timeline.arrivals,
        *timeline.handled,
        *timeline.sends,
        *timeline.answers,
        *timeline.waits,
        *timeline.timers,
    ]


class WatchedNetwork(Network):
    """A network that notes the instants of each message."""

    def __init__(self, seed: int, *, handling: Scenario, **settings: Any) -> None:
        """Make an empty one, for the handling of a scenario."""
        self.timelines: defaultdict[int, Timeline] = defaultdict(Timeline)
        self._handling = handling.handling
        super().__init__(seed, **settings)

    @property
    def _ends(self) -> Ends:
        timelines, handling = self.timelines, self._handling

        class Receiver(ReceiverEnd):
            def arrive(self, copy: Copy) -> bool:
                timelines[copy.message.number].arrivals.append(self.env.instant_ns)
                return super().arrive(copy)

            def hand_over(self, copy: Copy) -> simpy.Event:
                if handling is not None:
                    end_ns = self.env.instant_ns + to_ns(copy.message.sample(handling))
                    timelines[copy.message.number].handled.append(end_ns)
                return super().hand_over(copy)

            def timeout(self, seconds: float) -> simpy.Event:
                _note_timer(self.env.active_process, self.env.instant_ns + to_ns(seconds))
                return super().timeout(seconds)

        class Sender(SenderEnd):
            def arrive(self, answer: Answer) -> bool:
                timelines[answer.message.number].answers.append(self.env.instant_ns)
                return super().arrive(answer)

            def transmit(self, message: Message, attempt: Any, *, release: bool = False) -> None:
                timelines[message.number].sends.append(self.env.instant_ns)
                super().transmit(message, attempt, release=release)

            def acknowledgement(
                self, message: Message, *, within: float, release: bool = False
            ) -> Wait:
                end_ns = self.env.instant_ns + to_ns(within)
                expiry_ns = self.sending(message).expiry_ns
                timelines[message.number].waits.append(min(end_ns, expiry_ns))
                if expiry_ns < END_OF_TIME:
                    timelines[message.number].deadlines.append((expiry_ns, end_ns))
                return super().acknowledgement(message, within=within, release=release)

            def timeout(self, seconds: float) -> simpy.Event:
                _note_timer(self.env.active_process, self.env.instant_ns + to_ns(seconds))
                return super().timeout(seconds)

        def _note_timer(process: Any, instant_ns: int) -> None:
            message = getattr(process, "message", None) or process.copy.message
            timelines[message.number].timers.append(instant_ns)

        return Receiver, Sender
