"""Nodes share nothing: what one does to data that crossed the network, no other sees."""

from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    IdempotencyKeys,
    Link,
    Network,
    Retry,
    Scripted,
)
from simulator.network.payload import own_copy


@dataclass
class Order:
    items: list
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Frozen:
    items: list = field(default_factory=list)


@dataclass(frozen=True)
class Plain:
    name: str


Pair = namedtuple("Pair", "one other")  # noqa: PYI024 - what a student writes


class Color(Enum):
    RED = 1


def pair(link=None):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, link or Link(delay=Constant(0.05)))
    return net, client, server


def test_what_a_handler_does_to_the_data_its_sender_does_not_see():
    net, client, server = pair()
    order = {"items": ["tea"]}

    @server.on("order")
    def handle(message):
        message.data["items"].append("milk")

    client.notify(server, "order", order)
    net.run()
    assert order == {"items": ["tea"]}


def test_what_the_sender_does_after_sending_the_handler_does_not_see():
    net, client, server = pair()
    seen = []
    server.on("order")(lambda message: seen.append(message.data))
    items = ["tea"]
    client.notify(server, "order", items)
    items.append("milk")
    net.run()
    assert seen == [["tea"]]
    assert next(iter(net.trace.contents.values())) == ["tea"]


def test_a_second_copy_does_not_show_what_the_first_handling_changed():
    # The first acknowledgement is lost: the message is sent and handled again.
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)), one_way=True)
    back = Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)}))
    net.connect(server, client, back, one_way=True)
    seen = []

    @server.on("order")
    def handle(message):
        seen.append(list(message.data))
        message.data.append("handled")

    client.send(server, "order", [], guarantee=AtLeastOnce(retry=Retry(timeout=0.3)))
    net.run()
    assert seen == [[], []]


def test_a_second_delivery_by_a_broker_does_not_show_what_the_first_changed():
    net = Network(seed=1)
    client, worker, broker = net.node("client"), net.node("worker"), net.broker("broker")
    net.connect(client, broker, Link())
    net.connect(broker, worker, Link())
    broker.queue("orders", visibility_timeout=1.0)
    seen = []

    def handle(message):
        seen.append((message.delivery, list(message.data)))
        message.data.append("handled")
        if message.delivery == 1:
            yield net.timeout(5.0)

    worker.subscribe(broker, "orders", handle, prefetch=2)
    client.publish(broker, "orders", [])
    net.run()
    assert seen == [(1, []), (2, [])]


def test_subscribers_of_a_topic_share_nothing():
    net = Network(seed=1)
    client, broker = net.node("client"), net.broker("broker")
    net.connect(client, broker, Link())
    broker.topic("news")
    seen = []

    def handle(message):
        message.data.append("seen")
        seen.append(message.data)

    for name in ("a", "b"):
        node = net.node(name)
        net.connect(broker, node, Link())
        node.subscribe(broker, "news", handle)
    client.publish(broker, "news", [])
    net.run()
    assert seen == [["seen"], ["seen"]]


@pytest.mark.parametrize("takes_time", [False, True])
@pytest.mark.parametrize("guarantee", [BestEffort(), AtLeastOnce(), ExactlyOnce()])
def test_a_reply_is_not_the_state_of_the_server(takes_time, guarantee):
    net, client, server = pair()
    state = {"stock": 3}

    def at_once(_):
        return state

    def in_time(_):
        yield net.timeout(0.1)
        return state

    server.on("stock")(in_time if takes_time else at_once)
    request = client.ask(server, "stock", guarantee=guarantee)
    net.run()
    assert request.value == {"stock": 3}
    request.value["stock"] = 0
    assert state == {"stock": 3}


def test_a_reply_to_a_queue_is_not_the_state_of_the_server():
    net, client, server = pair()
    state = {"stock": 3}
    server.on("stock")(lambda _: state)
    replies = client.reply_queue()
    client.send(server, "stock", guarantee=BestEffort(), reply_to=replies)
    net.run()
    replies.receive().value.data["stock"] = 0
    assert state == {"stock": 3}


def test_an_answer_from_memory_is_what_was_answered_first():
    net, client, server = pair()
    state = {"stock": 3}

    @server.on("take", keys=IdempotencyKeys(key=lambda message: message.data))
    def handle(_):
        state["stock"] -= 1
        return state

    answers = []

    def customer():
        for _ in range(3):
            answer = yield client.ask(server, "take", "key 1")
            answers.append(answer["stock"])
            answer["stock"] = "spoiled"
            state["stock"] -= 1

    net.process(customer())
    net.run()
    assert answers == [2, 2, 2]


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        2.5,
        "text",
        b"bytes",
        (1, ("two", None)),
        frozenset({1}),
        Fraction(1, 2),
        Color.RED,
        Plain("a"),
        Pair(1, 2),
        Order,
    ],
)
def test_what_cannot_change_is_not_copied(value):
    assert own_copy(value) is value


@pytest.mark.parametrize(
    "value",
    [
        [1, [2]],
        {"a": [1]},
        {1, 2},
        bytearray(b"ab"),
        deque([1, [2]], maxlen=3),
        (1, [2]),
        Pair(1, [2]),
        Order([1]),
        Frozen([1]),
        defaultdict(list, {"a": [1]}),
        OrderedDict(a=[1]),
        Counter("ab"),
    ],
)
def test_what_can_change_is_copied_as_it_is(value):
    twin = own_copy(value)
    assert twin is not value
    assert twin == value
    assert type(twin) is type(value)


def test_a_copy_shares_no_part():
    order = Order([["tea"]])
    twin = own_copy({"orders": (order, deque([order]))})
    twin["orders"][0].items[0].append("milk")
    assert order == Order([["tea"]])
    assert twin["orders"][1][0] is twin["orders"][0]  # what was one stays one
    assert own_copy(defaultdict[str, list[str]](list))["new"] == []
    assert own_copy(deque(maxlen=3)).maxlen == 3


def test_an_array_is_copied():
    values = np.zeros(3)
    own_copy((values,))[0][0] = 1.0
    assert values.tolist() == [0.0, 0.0, 0.0]


def test_what_contains_itself_is_copied():
    ring = []
    ring.append(ring)
    twin = own_copy(ring)
    assert twin is not ring
    assert twin[0] is twin


def test_any_other_object_is_shared():
    class Own:
        pass

    own = Own()
    net, *_ = pair()
    event = net.timeout(1.0)
    assert own_copy([own, event, net]) == [own, event, net]
