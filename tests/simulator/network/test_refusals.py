"""What the network, its brokers and its faults refuse, the whole sentence."""

import pytest

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    Cut,
    Link,
    LinkOutage,
    Network,
    Partition,
    Periodic,
)
from simulator.validation import shown

SOON = Link(delay=Constant(0.05))
NAME = "a name, not empty and without →"
WHOLE_0, WHOLE_1 = "a whole number at least 0", "a whole number at least 1"
POSITIVE = "a finite number above 0"
SEED = "a whole number at least 0, of at most 128 bits"
ENDS = "the names of two nodes, not empty and without →"
GROUPS = "two groups or more of names of nodes, no node in two of them"
ADVERSARY = "an adversary, such as Script([Lose(message=0)])"
GUARANTEE = "a delivery guarantee, such as AtLeastOnce()"
ID = "the identifier of a message"
NODES = "the name of a node of this network (client, server, broker)"
LIMIT = "a whole number at least 1, or None for no limit"
BACKLOG = "a whole number at least 0, or None for no limit"
TAKES_ALL = 'a queue that takes every message: no capacity, or overflow="drop-oldest"'
OVERFLOWS = 'one of "reject", "drop-oldest", "block"'


def network():
    net = Network(seed=1)
    client, server, broker = net.node("client"), net.node("server"), net.broker("broker")
    for one, other in [(client, server), (client, broker), (server, broker)]:
        net.connect(one, other, SOON)
    server.on("order")(lambda _: None)
    broker.queue("tasks")
    return net, client, server, broker


class OnlySends:
    """A guarantee with one part of two."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)

    def __repr__(self):
        return "OnlySends()"


ONLY_SENDS = OnlySends()


def run(net, fault):
    net.inject(fault)
    net.run()


def subscribe_beside(server, broker):
    """To a topic, beside a queue that has the name of the subscription's own."""
    broker.topic("events")
    broker.queue("events/server")
    server.subscribe(broker, "events", print)


# What is done with a network, the field by which it is refused, what is allowed, what is shown.
REFUSED = [
    (lambda n, c, s, b: Network(seed=-1), "Network.seed", SEED, -1),
    (
        lambda n, c, s, b: Network(replication=-1),
        "Network.replication",
        "a whole number at least 0 and at most 4294967295",
        -1,
    ),
    (lambda n, c, s, b: Network(adversary=3), "Network.adversary", ADVERSARY, 3),
    (lambda n, c, s, b: n.node(""), "Network.node.name", NAME, ""),
    (
        lambda n, c, s, b: n.node("client"),
        "Network.node.name",
        "a new name: this network has a node called so",
        "client",
    ),
    (lambda n, c, s, b: n.broker("a→b"), "Network.broker.name", NAME, "a→b"),
    (lambda n, c, s, b: n.node("d", workers=0), "Network.node.workers", LIMIT, 0),
    (lambda n, c, s, b: n.node("d", workers=1, backlog=-1), "Network.node.backlog", BACKLOG, -1),
    (
        lambda n, c, s, b: n.node("d", backlog=3),
        "Network.node.backlog",
        "None where workers is: nothing ever waits",
        3,
    ),
    (
        lambda n, c, s, b: n.connect(3, s, SOON),
        "Network.connect.sender",
        "a node of this network",
        3,
    ),
    (
        lambda n, c, s, b: n.connect(c, 3, SOON),
        "Network.connect.receiver",
        "a node of this network",
        3,
    ),
    (lambda n, c, s, b: n.connect(c, s, 3), "Network.connect.link", "a Link", 3),
    (
        lambda n, c, s, b: n.connect(c, s, SOON),
        "Network.connect",
        "two nodes without a link yet",
        "client→server",
    ),
    (lambda n, c, s, b: n.find("d"), "node", NODES, "d"),
    (lambda n, c, s, b: run(n, Crash(node="d", at=0, lasts=1)), "Crash.node", NODES, "d"),
    (
        lambda n, c, s, b: run(n, Partition(groups=(("client",), ("d",)), at=0, lasts=1)),
        "Partition.groups",
        NODES,
        "d",
    ),
    (lambda n, c, s, b: Crash(node="", at=0, lasts=1), "Crash.node", NAME, ""),
    (
        lambda n, c, s, b: Crash(node="a", at=0, lasts=1, refuses=1),
        "Crash.refuses",
        "True or False",
        1,
    ),
    (lambda n, c, s, b: Cut(sender="→", receiver="b", at=0, lasts=1), "Cut.sender", NAME, "→"),
    (
        lambda n, c, s, b: Cut(sender="a", receiver="a", at=0, lasts=1),
        "Cut.receiver",
        "the name of another node than the sender",
        "a",
    ),
    (lambda n, c, s, b: LinkOutage(between=3, at=0, lasts=1), "LinkOutage.between", ENDS, 3),
    (
        lambda n, c, s, b: LinkOutage(between=("a", "a"), at=0, lasts=1),
        "LinkOutage.between",
        ENDS,
        ("a", "a"),
    ),
    (lambda n, c, s, b: Partition(groups=3, at=0, lasts=1), "Partition.groups", GROUPS, 3),
    (
        lambda n, c, s, b: c.send(s, "order", guarantee=ONLY_SENDS),
        "Node.send.guarantee",
        GUARANTEE,
        ONLY_SENDS,
    ),
    (lambda n, c, s, b: Partition(groups=(3, 4), at=0, lasts=1), "Partition.groups", GROUPS, 3),
    (
        lambda n, c, s, b: Partition(groups=(("a",), ("a",)), at=0, lasts=1),
        "Partition.groups",
        GROUPS,
        (("a",), ("a",)),
    ),
    (
        lambda n, c, s, b: c.send(s, "order", guarantee=3),
        "Node.send.guarantee",
        GUARANTEE,
        3,
    ),
    (
        lambda n, c, s, b: c.send(s, "order", guarantee=BestEffort(), correlation_id=3),
        "Node.send.correlation_id",
        ID + ", such as message.id, or None",
        3,
    ),
    (
        lambda n, c, s, b: c.send(s, "order", guarantee=BestEffort(), reply_to=3),
        "Node.send.reply_to",
        "a reply queue, from node.reply_queue()",
        3,
    ),
    (
        lambda n, c, s, b: c.ask(s, "order", guarantee=AtLeastOnce(acknowledge="before")),
        "Node.ask.guarantee",
        "one that acknowledges after handling",
        AtLeastOnce(acknowledge="before"),
    ),
    (lambda n, c, s, b: c.ask(s, "order", timeout=0), "Node.ask.timeout", POSITIVE, 0),
    (lambda n, c, s, b: c.confirmation(3), "Node.confirmation.message_id", ID, 3),
    (
        lambda n, c, s, b: c.confirmation("client-0"),
        "Node.confirmation.message_id",
        ID + " that client sent",
        "client-0",
    ),
    (
        lambda n, c, s, b: c.reply_queue().receive(3),
        "ReplyQueue.receive.correlation_id",
        "the identifier of a request, such as node.last_sent, or None",
        3,
    ),
    (
        lambda n, c, s, b: c.ask_hedged([], "order", after=1),
        "Node.ask_hedged.receivers",
        "one node or more, each named once",
        [],
    ),
    (lambda n, c, s, b: c.ask_hedged([s], "order", after=0), "Node.ask_hedged.after", POSITIVE, 0),
    (
        lambda n, c, s, b: c.drive(3, print, messages=1),
        "Node.drive.workload",
        "a workload, such as Poisson(rate=10)",
        3,
    ),
    (
        lambda n, c, s, b: c.send_each(Periodic(interval=1), s, "order", messages=0),
        "Node.send_each.messages",
        WHOLE_1,
        0,
    ),
    (
        lambda n, c, s, b: s.on(print),
        "Node.on.topic",
        'a topic in quotes, such as @server.on("order")',
        print,
    ),
    (lambda n, c, s, b: s.on("x", keys=3), "Node.on.keys", "IdempotencyKeys, or None", 3),
    (lambda n, c, s, b: s.crash(refuses=1), "Node.crash.refuses", "True or False", 1),
    (
        lambda n, c, s, b: c.publish(b, "tasks", priority=-1),
        "Node.publish.priority",
        WHOLE_0,
        -1,
    ),
    (
        lambda n, c, s, b: s.subscribe(b, "tasks", print, group="g"),
        "Node.subscribe.group",
        "None on a queue, which all share",
        "g",
    ),
    (
        lambda n, c, s, b: s.subscribe(b, "events", print),
        "Node.subscribe.topic",
        "a queue or a topic of broker (tasks)",
        "events",
    ),
    (
        lambda n, c, s, b: subscribe_beside(s, b),
        "Node.subscribe.topic",
        "a new name: broker has a queue called so",
        "events/server",
    ),
    (
        lambda n, c, s, b: (s.on("broker/tasks/0")(print), s.subscribe(b, "tasks", print)),
        "Node.subscribe.topic",
        "a new name: server has a handler called so",
        "broker/tasks/0",
    ),
    (lambda n, c, s, b: b.queue("q", overflow="x"), "Broker.queue.overflow", OVERFLOWS, "x"),
    (lambda n, c, s, b: b.queue("q", capacity=0), "Broker.queue.capacity", LIMIT, 0),
    (
        lambda n, c, s, b: b.queue("q", max_deliveries=0),
        "Broker.queue.max_deliveries",
        "a whole number at least 1, or None for ever",
        0,
    ),
    (
        lambda n, c, s, b: b.queue("q", dead_letter=3),
        "Broker.queue.dead_letter",
        "a queue, or None to drop",
        3,
    ),
    (
        lambda n, c, s, b: b.queue("q", dead_letter=n.broker("other").queue("dead")),
        "Broker.queue.dead_letter",
        "a queue of broker",
        "dead",
    ),
    (lambda n, c, s, b: b.queue("q", durable=1), "Broker.queue.durable", "True or False", 1),
    (
        lambda n, c, s, b: s.busy.mean(since=2.0, until=1.0),
        "Gauge.mean.until",
        "above since, 2",
        1.0,
    ),
    (
        lambda n, c, s, b: s.busy.mean(since=-1),
        "Gauge.mean.since",
        "a finite number at least 0",
        -1,
    ),
    (
        lambda n, c, s, b: s.busy.mean(until="now"),
        "Gauge.mean.until",
        "a finite number",
        "now",
    ),
]


@pytest.mark.parametrize(("use", "field", "allowed", "got"), REFUSED)
def test_a_bad_value_is_refused_by_its_field_and_what_is_allowed(use, field, allowed, got):
    with pytest.raises(ValueError, match="must be") as error:
        use(*network())
    assert str(error.value) == f"{field} must be {allowed}, got {shown(got)}"
