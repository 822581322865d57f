"""Random programs of brokers and workers that crash: what their queues promise in all of them."""

import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    ConstantBackoff,
    Crash,
    DecorrelatedJitter,
    EndlessRun,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    Failed,
    Link,
    Network,
    Retry,
)
from simulator.clock import to_ns

WORKERS = ("a", "b", "c")
FINAL = {"acknowledged", "dead_lettered", "expired", "dropped", "lost"}
SURE = AtLeastOnce(retry=Retry(timeout=0.5, backoff=ConstantBackoff(0.1), max_attempts=None))

instants = st.sampled_from([0.0, 0.05, 0.2, 0.7, 1.0, 1.5])
crashes = st.builds(
    Crash,
    node=st.sampled_from(["broker", "broker", *WORKERS]),
    at=instants,
    lasts=st.sampled_from([0.1, 0.5, 1.0, 3.0]),
    refuses=st.booleans(),
)
subscriptions = st.fixed_dictionaries(
    {
        "node": st.sampled_from(WORKERS),
        "topic": st.sampled_from(["tasks", "tasks", "news", "dead"]),
        "prefetch": st.integers(1, 3),
        "group": st.sampled_from([None, "team"]),
    }
)
messages = st.fixed_dictionaries(
    {
        "at": instants,
        "topic": st.sampled_from(["tasks", "tasks", "news"]),
        "delay": st.sampled_from([0.0, 0.0, 0.3]),
        "priority": st.integers(0, 1),
        "guarantee": st.sampled_from(
            [
                BestEffort(),
                AtLeastOnce(),
                ExactlyOnce(retry=Retry(timeout=0.3, max_attempts=6)),
            ]
        ),
    }
)
pauses = st.sampled_from(
    [
        0.0,
        0.0,
        0.25,
        ExponentialBackoff(base=0.25),
        DecorrelatedJitter(base=0.25, cap=1.0),
    ]
)
LEAST = 0.25
"""The shortest pause of all but the first of these, in seconds."""
lives = st.sampled_from([None, None, 0.25, 0.3, 1.0])
workings = st.sampled_from([Constant(0.0), Constant(0.1), Constant(1.0), Exponential(mean=0.5)])


class Program:
    """A producer, a broker and workers, and all that its queues and handlers did."""

    def __init__(self, parts):
        self.net = net = Network(seed=parts["seed"])
        self.work, self.fails = parts["work"], parts["fails"]
        self.producer, self.broker = net.node("producer"), net.broker("broker")
        net.connect(self.producer, self.broker, parts["link"])
        self.entries, self.begun, self.running = {}, Counter(), Counter()
        self.handled = set()
        self.accepted_ns, self.failed_ns, self.first_ns = {}, {}, {}
        for name in WORKERS:
            net.connect(self.broker, net.node(name, **parts["workers"]), parts["link"])
        broker = self.broker
        dead = None
        if parts["dead_letters"]:
            timeout = parts["queue"]["visibility_timeout"]
            dead = broker.queue("dead", visibility_timeout=timeout, ttl=parts["dead_ttl"])
        broker.queue("tasks", dead_letter=dead, **parts["queue"])
        broker.topic("news", dead_letter=dead, **parts["queue"])
        for place, subscription in enumerate(parts["subscriptions"]):
            self.subscribe(place, **subscription)
        for queue in broker.queues.values():
            self.watch(queue)
        net.inject(*parts["crashes"])
        for message in parts["messages"]:
            net.process(self.publish(**message))

    def subscribe(self, place, *, node, topic, prefetch, group):
        group = group if topic == "news" else None
        if topic == "dead" and "dead" not in self.broker.queues:
            topic = "tasks"
        before = set(self.broker.queues)
        worker = self.net.find(node)

        def handle(message):
            self.begun[name, message.id] += 1
            self.running[place] += 1
            assert self.running[place] <= prefetch
            try:
                yield worker.work(message.sample(self.work, place))
            finally:
                self.running[place] -= 1
            if self.fails and message.number % 3 == 2:
                raise Failed("poison")
            self.handled.add((name, message.id))

        worker.subscribe(self.broker, topic, handle, prefetch=prefetch, group=group)
        (name,) = set(self.broker.queues) - before or {f"news/{group}" if group else topic}

    def watch(self, queue):
        """Keep every entry of a queue, and see that none leaves the state that it ended in."""
        entries = self.entries[queue.name] = []
        put, move, acknowledge = queue.put, queue.move, queue.acknowledge
        env = self.net.env

        def watched_put(*args, **kwargs):
            entries.append(put(*args, **kwargs))
            self.accepted_ns[entries[-1]] = env.instant_ns
            return entries[-1]

        def watched_move(entry, state):
            assert entry.state not in FINAL
            assert state != "expired" or env.instant_ns >= self.expiry_ns(queue, entry)
            if entry.state == "delivered":
                self.failed_ns[entry] = env.instant_ns
            move(entry, state)

        def watched_acknowledge(entry):
            assert entry.state == "delivered"
            acknowledge(entry)

        queue.put, queue.move = watched_put, watched_move
        queue.acknowledge = watched_acknowledge
        self.watch_deliveries(queue)

    def watch_deliveries(self, queue):
        """See that none comes too late or too early, and keep when each first one was."""
        take, take_back = queue.take, queue.take_back
        env, pauses = self.net.env, queue.settings.redelivery_delay != 0
        firsts = self.first_ns[queue.name] = {}  # in the order of the first deliveries

        def watched_take():
            entry = take()
            assert env.instant_ns <= self.expiry_ns(queue, entry)
            if entry.deliveries == 1:
                firsts[entry] = env.instant_ns
            if pauses and entry in self.failed_ns:
                assert env.instant_ns >= self.failed_ns[entry] + to_ns(LEAST)
            return entry

        def watched_take_back(entry):
            before = self.failed_ns.get(entry)
            take_back(entry)
            self.failed_ns.pop(entry)
            if entry.deliveries == 0:
                del firsts[entry]
            if before is not None:
                self.failed_ns[entry] = before

        queue.take, queue.take_back = watched_take, watched_take_back

    def expiry_ns(self, queue, entry):
        ttl = queue.settings.ttl
        return math.inf if ttl is None else self.accepted_ns[entry] + to_ns(ttl)

    def publish(self, *, at, topic, guarantee, **headers):
        yield self.net.timeout(at)
        self.producer.publish(self.broker, topic, guarantee=guarantee, **headers)

    def check(self):
        """What holds at every instant."""
        for name, queue in self.broker.queues.items():
            counts, entries = queue.counts, self.entries[name]
            assert counts.conserved
            states = Counter(entry.state for entry in entries)
            assert counts.accepted == len(entries) == sum(states.values())
            assert all(getattr(counts, state) == times for state, times in states.items())
            assert counts.redeliveries == sum(max(e.deliveries - 1, 0) for e in entries)
            assert len(queue.waits) == sum(entry.deliveries > 0 for entry in entries)
            assert queue.unacknowledged.value == counts.delivered
            limit = queue.settings.max_deliveries
            assert limit is None or all(entry.deliveries <= limit for entry in entries)
            if self.broker.is_up:
                here = (e for e in entries if e.state in {"waiting", "delayed"})
                now_ns = self.net.env.instant_ns
                assert all(now_ns <= self.expiry_ns(queue, entry) for entry in here)
            capacity, overflow = queue.settings.capacity, queue.settings.overflow
            if queue.line:
                assert overflow == "block"
                assert capacity is not None
                assert counts.waiting + counts.delayed >= capacity
        for worker in map(self.net.find, WORKERS):
            assert worker.busy.value <= (worker.workers or 10**9)
            assert worker.waiting.value <= (10**9 if worker.backlog is None else worker.backlog)

    def check_begun(self):
        """No more handlings than deliveries of each message; none begins that waited too long."""
        for (name, identifier), times in self.begun.items():
            limit = self.broker.queues[name].settings.max_deliveries
            accepted = sum(entry.message.id == identifier for entry in self.entries[name])
            assert limit is None or times <= limit * accepted
        sent, arrived = {}, {}
        patience = to_ns(self.broker.queues["tasks"].settings.visibility_timeout)
        for row in self.net.trace:
            key = row.link, row.message, row.attempt
            if row.event == "sent" and row.node == "broker":
                sent[key] = row.time_ns
            elif row.event == "arrived":
                arrived[key] = row.time_ns
            elif row.event == "handed_over" and row.node in WORKERS:
                waited = row.time_ns > arrived[key]
                assert not waited or row.time_ns <= sent[key] + patience

    def run(self, seconds):
        env = self.net.env
        while env.peek() < seconds * 10**9:
            env.step()
            self.check()
        self.check_begun()
        self.check_waits()

    def check_waits(self):
        """They are those from acceptance, or the end of a delay, to the first delivery."""
        for queue in self.broker.queues.values():
            waits = []
            for entry, now_ns in self.first_ns[queue.name].items():
                delay_ns = to_ns(entry.message.delay_s)
                waits.append((now_ns - self.accepted_ns[entry] - delay_ns) / 1e9)
            assert queue.waits.tolist() == waits


programs = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "link": st.builds(
            Link,
            delay=st.sampled_from([Constant(0.0), Constant(0.05), Exponential(mean=0.1)]),
            loss=st.sampled_from([0.0, 0.0, 0.2, 0.5]),
        ),
        "workers": st.sampled_from(
            [
                {},
                {"workers": 1},
                {"workers": 2},
                {"workers": 1, "backlog": 0},
                {"workers": 2, "backlog": 1},
            ]
        ),
        "queue": st.fixed_dictionaries(
            {
                "capacity": st.sampled_from([None, 1, 2]),
                "overflow": st.sampled_from(["reject", "drop-oldest", "block"]),
                "visibility_timeout": st.sampled_from([0.1, 0.3, 1.0, 5.0]),
                "max_deliveries": st.sampled_from([1, 2, 3, None]),
                "durable": st.booleans(),
                "priority": st.booleans(),
                "ttl": lives,
                "redelivery_delay": pauses,
            }
        ),
        "dead_letters": st.booleans(),
        "dead_ttl": lives,
        "work": workings,
        "fails": st.booleans(),
        "subscriptions": st.lists(subscriptions, min_size=1, max_size=4),
        "crashes": st.lists(crashes, max_size=4),
        "messages": st.lists(messages, min_size=1, max_size=8),
    }
)


def keeps_its_limits(parts):
    program = Program(parts)
    try:
        program.run(8.0)
    except EndlessRun:  # a handler that always fails, at once, over links that take no time
        assert parts["queue"]["max_deliveries"] is None
        program.check()


@settings(max_examples=150)
@given(parts=programs)
def test_queues_keep_their_limits_whatever_crashes(parts):
    keeps_its_limits(parts)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(parts=programs)
def test_queues_keep_their_limits_in_a_thousand_programs(parts):
    keeps_its_limits(parts)


@st.composite
def kind_programs(draw):
    """Programs in which nothing may be lost: one worker is never down, and all is in time.

    A worker may be down for longer than a visibility timeout, in which eight messages of 0.1 s
    are handled with ease, though each crash of the broker may deliver all of them anew.
    """
    parts = draw(programs)
    lasting = st.sampled_from([0.1, 1.0, 30.0])
    crashes = [replace(c, lasts=draw(lasting)) for c in parts["crashes"] if c.node != "a"]
    subscribed = [{**s, "topic": "tasks"} for s in parts["subscriptions"]]
    subscribed.append({"node": "a", "topic": "tasks", "prefetch": 1, "group": None})
    places = Counter()
    for subscription in subscribed:
        places[subscription["node"]] += subscription["prefetch"]
    wasted = sum(1 if c.node == "broker" else places[c.node] for c in crashes)
    return {
        **parts,
        "link": Link(delay=draw(st.sampled_from([Constant(0.0), Constant(0.05)]))),
        "queue": {
            "visibility_timeout": 6.0,
            "max_deliveries": wasted + 1,
            "priority": draw(st.booleans()),
            "redelivery_delay": draw(pauses),
        },
        "workers": draw(st.sampled_from([{}, {"workers": 1}, {"workers": 2}])),
        "work": draw(st.sampled_from([Constant(0.0), Constant(0.02), Constant(0.1)])),
        "fails": False,
        "subscriptions": subscribed,
        "crashes": crashes,
        "messages": [{**m, "topic": "tasks", "guarantee": SURE} for m in parts["messages"]],
    }


def loses_nothing(parts):
    program = Program(parts)
    program.net.run()
    program.check()
    program.check_begun()
    counts = program.broker.queues["tasks"].counts
    assert counts.acknowledged == counts.accepted
    ids = {f"producer-{number}" for number in range(len(parts["messages"]))}
    assert program.handled == {("tasks", identifier) for identifier in ids}


@settings(max_examples=100)
@given(parts=kind_programs())
def test_a_durable_queue_with_a_worker_that_stays_up_loses_nothing(parts):
    loses_nothing(parts)


@pytest.mark.slow
@settings(max_examples=1_000)
@given(parts=kind_programs())
def test_a_durable_queue_loses_nothing_in_a_thousand_programs(parts):
    loses_nothing(parts)
