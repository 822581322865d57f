"""Random programs of nodes, links, brokers and faults: what holds in all of them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    CallFailed,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Failed,
    Handshake,
    Link,
    LinkOutage,
    Network,
    Partition,
    RandomCrashes,
    Retry,
    SlowNode,
    StoreAndForward,
)

NAMES = ("a", "b", "c", "broker")
RETRY = Retry(timeout=0.3, max_attempts=4)
IMPATIENT = Retry(timeout=0.3, max_attempts=4, late_answers="ignore")

times = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0])
spans = st.sampled_from([0.1, 0.5, 2.0])
names = st.sampled_from(NAMES)
links = st.builds(
    Link,
    delay=st.sampled_from([Constant(0.0), Constant(0.1), Exponential(mean=0.1)]),
    loss=st.sampled_from([0.0, 0.2, 0.5]),
    duplicate=st.sampled_from([0.0, 0.3]),
    ordered=st.booleans(),
    bandwidth=st.sampled_from([None, 5_000.0]),
)
faults = st.one_of(
    st.builds(Crash, node=names, at=times, lasts=spans, refuses=st.booleans()),
    st.builds(SlowNode, node=names, factor=st.just(5.0), at=times, lasts=spans),
    st.builds(
        lambda k, at, lasts: LinkOutage(between=("broker", NAMES[k]), at=at, lasts=lasts),
        st.integers(0, 2),
        times,
        spans,
    ),
    st.builds(Partition, groups=st.just((("a", "broker"), ("b", "c"))), at=times, lasts=spans),
    st.builds(
        RandomCrashes,
        node=names,
        mean_time_to_failure=st.just(1.0),
        mean_time_to_repair=st.just(0.3),
        until=st.just(4.0),
    ),
)
guarantees = st.sampled_from(
    [
        BestEffort(),
        AtMostOnce(),
        AtLeastOnce(retry=RETRY),
        AtLeastOnce(retry=IMPATIENT),
        ExactlyOnce(retry=RETRY),
        ExactlyOnce(retry=IMPATIENT),
        Handshake(retry=RETRY),
        StoreAndForward(retry=RETRY, rest=0.2),
    ]
)
KNOWING = AtLeastOnce | ExactlyOnce | Handshake | StoreAndForward
"""The guarantees whose senders know, when they believe so, that a message was handled."""

queues = st.fixed_dictionaries(
    {
        "capacity": st.sampled_from([None, 2]),
        "overflow": st.sampled_from(["reject", "drop-oldest", "block"]),
        "visibility_timeout": st.sampled_from([0.3, 1.0]),
        "max_deliveries": st.sampled_from([1, 3, None]),
        "durable": st.booleans(),
        "priority": st.booleans(),
    }
)


@dataclass(frozen=True)
class Act:
    """A node does something at an instant."""

    at: float
    sender: str
    receiver: str
    verb: str
    guarantee: object
    delay: float


acts = st.builds(
    Act,
    at=st.sampled_from([0.0, 0.2, 0.7, 1.5]),
    sender=st.sampled_from(["a", "b", "c"]),
    receiver=st.sampled_from(["a", "b", "c"]),
    verb=st.sampled_from(["send", "ask", "publish", "announce", "order"]),
    guarantee=guarantees,
    delay=st.sampled_from([0.0, 0.0, 0.4]),
)


class Program:
    """A network made of random parts, and what its handlers did."""

    def __init__(self, link, workers, settings_of_queue, broken, doings, seed, *, trace=True):
        self.net = Network(seed=seed, trace=trace)
        self.effects = Counter()
        self.tried = Counter()
        self.sent = []  # rows of messages, each with its guarantee
        self.ends = [0.0]  # of handlings, processes, faults and delays
        self.nodes = {name: self.net.node(name, workers=workers) for name in "abc"}
        self.broker = self.net.broker("broker")
        everyone = [*self.nodes.values(), self.broker]
        for index, node in enumerate(everyone):
            for other in everyone[index + 1 :]:
                self.net.connect(node, other, link)
        self.dead = self.broker.queue("dead")
        self.broker.queue("tasks", dead_letter=self.dead, **settings_of_queue)
        self.broker.topic("events", **settings_of_queue)
        for node in self.nodes.values():
            node.on("job")(self.handler(node))
            node.subscribe(self.broker, "tasks", self.handler(node), prefetch=2)
            node.subscribe(self.broker, "events", self.handler(node))
        self.replies = {
            name: node.reply_queue(broker=self.broker, visibility_timeout=0.3)
            for name, node in self.nodes.items()
        }
        self.net.inject(*broken)
        self.ends += [fault.at + fault.lasts for fault in broken if hasattr(fault, "at")]
        for act in doings:
            self.net.process(self.do(act))

    def handler(self, node):
        def handle(message):
            self.tried[message.id] += 1
            yield node.work(message.sample(Exponential(mean=0.1)))
            if message.topic == "job" and self.tried[message.id] <= message.number % 3:
                self.ends.append(self.net.now)
                raise Failed("not yet")
            self.effects[message.id, node.name] += 1
            self.ends.append(self.net.now)
            if message.topic == "tasks" and message.number % 5 == 4:
                raise Failed("poison")

        return handle

    def do(self, act):
        yield self.net.timeout(act.at)
        sender, receiver = self.nodes[act.sender], self.nodes[act.receiver]
        try:
            if act.verb in {"publish", "announce"}:
                topic = "tasks" if act.verb == "publish" else "events"
                sender.publish(self.broker, topic, guarantee=act.guarantee, delay=act.delay)
                self.sent.append((sender.rows[-1], act.guarantee))
            elif act.verb == "order":
                replies = self.replies[act.sender]
                sender.publish(self.broker, "tasks", guarantee=act.guarantee, reply_to=replies)
                self.sent.append((sender.rows[-1], act.guarantee))
                yield replies.receive(sender.last_sent, timeout=2.0)
            elif sender is receiver:
                return
            elif act.verb == "ask":
                call = sender.ask(receiver, "job", guarantee=act.guarantee)
                self.sent.append((sender.rows[-1], act.guarantee))
                yield call
            else:
                sender.send(receiver, "job", guarantee=act.guarantee)
                self.sent.append((sender.rows[-1], act.guarantee))
        except CallFailed:
            return
        finally:
            self.ends.append(self.net.now)

    def watch_delays(self):
        """Note when delays at the broker end: of messages that it still has then."""
        for queue in self.broker.queues.values():

            def watch(entry, state, move=queue.move):
                if (entry.state, state) == ("delayed", "waiting"):
                    self.ends.append(self.net.now)
                move(entry, state)

            queue.move = watch  # type: ignore[method-assign]  # it watches, and moves

    def watch_moves(self, name):
        """Note the states that each message of a queue comes to, in their order."""
        queue, moves = self.broker.queues[name], {}

        def watch(entry, state, move=queue.move):
            moves.setdefault(entry.place, []).append(state)
            move(entry, state)

        queue.move = watch  # type: ignore[method-assign]  # it watches, and moves
        return moves

    def check(self):
        for counts in self.net.links.values():
            assert counts.conserved
        for queue in self.broker.queues.values():
            assert queue.counts.conserved
            assert queue.counts.waiting == queue.depth.value
        for node in [*self.nodes.values(), self.broker]:
            assert node.busy.value >= 0
            assert node.waiting.value >= 0
            assert node.workers is None or node.busy.value <= node.workers


programs = st.builds(
    lambda **parts: parts,
    link=links,
    workers=st.sampled_from([None, 1, 2]),
    settings_of_queue=queues,
    broken=st.lists(faults, max_size=3),
    doings=st.lists(acts, min_size=1, max_size=15),
    seed=st.integers(0, 10_000),
)


@settings(max_examples=100)
@given(parts=programs)
def test_copies_and_messages_are_conserved_at_every_instant(parts):
    program = Program(**parts)
    net = program.net
    for step in range(4_000):
        if net.env.peek() > 20 * 10**9:
            break
        net.env.step()
        if step % 7 == 0:
            program.check()
    program.check()


@settings(max_examples=100)
@given(parts=programs)
def test_what_a_broker_accepts_ends_in_one_state_and_promises_are_broken_only_where_docs_say(parts):
    program = Program(**parts)
    moves = program.watch_moves("tasks")
    program.net.run(until=30)
    ends_in_one_state(program)
    never_leaves_its_end(moves)
    keeps_promises(program, parts)


def ends_in_one_state(program):
    acknowledged = Counter(
        (row.node, row.message)
        for row in program.net.trace
        if row.event == "acknowledged" and row.node == "broker"
    )
    assert all(times == 1 for times in acknowledged.values())
    for queue in program.broker.queues.values():
        counts = queue.counts
        ends = counts.acknowledged + counts.dead_lettered + counts.dropped + counts.lost
        assert ends + counts.waiting + counts.delayed + counts.delivered == counts.accepted
    tasks = program.broker.queues["tasks"].counts
    assert program.dead.counts.accepted == tasks.dead_lettered


def never_leaves_its_end(moves):
    """By a queue's own transitions: what was acknowledged is never dead-lettered, say."""
    final = {"acknowledged", "dead_lettered", "dropped", "lost"}
    for states in moves.values():
        assert not any(state in final for state in states[:-1])


def keeps_promises(program, parts):
    for row, guarantee in program.sent:
        # A handler cut short by a crash has no effect; a handled message is remembered for good.
        once = isinstance(guarantee, ExactlyOnce | AtMostOnce)
        # Over a link without order, a copy may come after its message was forgotten.
        once |= isinstance(guarantee, Handshake) and parts["link"].ordered
        if once:
            assert row.effects <= 1, (row, guarantee)
        if isinstance(guarantee, AtMostOnce):
            assert row.handovers <= 1
        if isinstance(guarantee, KNOWING) and row.belief == "acknowledged":
            assert row.effects >= 1  # nobody acknowledges before handling here
        assert row.belief in {"sent", "waiting", "acknowledged", "gave_up", "forgot"}


@settings(max_examples=100)
@given(parts=programs)
def test_a_run_ends_at_the_last_event_that_matters_and_averages_end_there(parts):
    ends_at_the_last_event_that_matters(parts)


@pytest.mark.slow
@settings(max_examples=500)
@given(parts=programs)
def test_five_hundred_runs_end_at_the_last_event_that_matters(parts):
    ends_at_the_last_event_that_matters(parts)


def ends_at_the_last_event_that_matters(parts):
    """The rule, by hand: the last row, and the last end of what a program does and suffers."""
    if parts["settings_of_queue"]["max_deliveries"] is None:
        parts["settings_of_queue"]["max_deliveries"] = 4  # poison would come back for ever
    program = Program(**parts)
    program.watch_delays()
    net = program.net
    net.run()
    assert net.now == max([row.time_s for row in net.trace] + program.ends)
    gauges = [queue.depth for queue in program.broker.queues.values()]
    for node in (*program.nodes.values(), program.broker):
        gauges += [node.busy, node.waiting, node.refused]
    for gauge in gauges if net.now else ():
        changes = gauge.to_frame()
        edges = [*changes["time_s"], net.now]
        area = sum(changes["value"] * (np.diff(edges)))
        assert gauge.mean() == pytest.approx(area / net.now, rel=1e-9, abs=1e-12)
    untraced = Program(**parts, trace=False)
    untraced.net.run()
    assert untraced.net.now == net.now


@settings(max_examples=50)
@given(parts=programs)
def test_the_same_seed_gives_the_same_trace(parts):
    first, again = Program(**parts), Program(**parts)
    first.net.run(until=10)
    again.net.run(until=10)
    assert first.net.trace.rows == again.net.trace.rows
    assert first.effects == again.effects
