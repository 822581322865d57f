"""Slack: how much later things may be, before the fate of a message is another.

A message's slack is the least distance, in its simulated timeline, between two instants whose
exchange would change its row: an answer and the end of a wait, an arrival and a crash, anything and
the horizon. A real machine that is later than that may change the row, and so proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise, product
from typing import Final

from simulator.clock import END_OF_TIME, to_ns
from simulator.conditions import Link, Outages
from simulator.engines.creation import creation_blocks, horizon_ns
from simulator.engines.discrete_event import play
from simulator.ledger import Ledger
from simulator.live.lives import lives_of
from simulator.live.watching import Timeline, WatchedNetwork
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

KNOWN: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce, StoreAndForward, Handshake)
"""Guarantees whose every step is known here. A student's own may do anything."""

INDEPENDENT: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce, Handshake)
"""Guarantees under which no message waits for another."""


Pair = tuple[int, int]
"""Two instants whose exchange would change a row."""


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
