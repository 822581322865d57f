"""What is no function, no identifier, no key: refused where it is given, by name."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    IdempotencyKeys,
    Link,
    Network,
    Periodic,
)

SOON = Link(delay=Constant(0.05))


def network():
    net = Network(seed=1)
    client, server, broker = net.node("client"), net.node("server"), net.broker("broker")
    for one, other in [(client, server), (client, broker), (server, broker)]:
        net.connect(one, other, SOON)
    broker.queue("orders")
    return net, client, server, broker


async def coroutine_function(_):
    return 1


async def async_generator(_):
    yield 1


class AsyncObject:
    async def __call__(self, _):
        return 1


class SyncObject:
    def __call__(self, _):
        return 1


def returns_a_coroutine(argument):
    return coroutine_function(argument)


def of_two(one, other):
    return other


def of_none():
    return 1


GIVEN: dict[str, Callable[..., object]] = {
    "Node.on.handler": lambda net, client, server, broker, bad: server.on("order")(bad),
    "Node.subscribe.handler": lambda net, client, server, broker, bad: server.subscribe(
        broker, "orders", bad
    ),
    "Node.drive.action": lambda net, client, server, broker, bad: client.drive(
        Periodic(interval=0.1), bad, messages=1
    ),
    "IdempotencyKeys.key": lambda net, client, server, broker, bad: IdempotencyKeys(key=bad),
}


@pytest.mark.parametrize("field", GIVEN)
@pytest.mark.parametrize("bad", ["hello", None, 3, of_two, of_none, [print]])
def test_what_is_no_function_of_one_argument_is_refused_where_it_is_given(field, bad):
    with pytest.raises(ValueError, match=f"^{field} must be a function of one argument"):
        GIVEN[field](*network(), bad)


@pytest.mark.parametrize("field", GIVEN)
@pytest.mark.parametrize(
    "bad",
    [
        coroutine_function,
        async_generator,
        AsyncObject(),
        AsyncObject().__call__,
        functools.partial(coroutine_function),
        functools.partial(AsyncObject()),
    ],
)
def test_what_is_asynchronous_is_refused_where_it_is_given(field, bad):
    with pytest.raises(ValueError, match=f"^{field} must be .*not async def"):
        GIVEN[field](*network(), bad)


@pytest.mark.parametrize("field", GIVEN)
@pytest.mark.parametrize(
    "good", [SyncObject(), functools.partial(of_two, 1), len, dict, str, lambda *_: 1, int]
)
def test_whatever_can_be_called_with_one_argument_is_taken(field, good):
    GIVEN[field](*network(), good)


def test_a_handler_that_returns_a_coroutine_is_named():
    net, client, server, _ = network()
    server.on("order")(returns_a_coroutine)
    client.notify(server, "order")
    place = 'the reply of returns_a_coroutine, the handler of "order" at server, must be a value'
    with pytest.raises(ValueError, match=rf"{place} \(def, not async def\)"):
        net.run()


def test_a_generator_that_returns_a_coroutine_is_named():
    net, client, server, _ = network()

    @server.on("order")
    def handle(message):
        yield net.timeout(0.1)
        return async_generator(message)

    client.notify(server, "order")
    with pytest.raises(ValueError, match='the reply of handle, the handler of "order" at server,'):
        net.run()


def test_a_handler_of_a_queue_that_returns_a_coroutine_is_named():
    net, client, server, broker = network()
    server.subscribe(broker, "orders", returns_a_coroutine)
    client.publish(broker, "orders")
    place = "the result of returns_a_coroutine, a handler of the queue orders, must be a value"
    with pytest.raises(ValueError, match=place):
        net.run()


def test_an_action_that_returns_a_coroutine_is_named():
    net, client, *_ = network()
    client.drive(Periodic(interval=0.1), returns_a_coroutine, messages=1)
    with pytest.raises(ValueError, match=r"the result of Node.drive.action must be .*not async"):
        net.run()


def test_a_coroutine_is_no_process():
    net, client, *_ = network()
    with pytest.raises(ValueError, match=r"^Network.process.steps must be .*not async def"):
        net.process(coroutine_function(1))
    with pytest.raises(ValueError, match=r"^Node.process.steps must be .*not async def"):
        client.process(coroutine_function(1))
    with pytest.raises(ValueError, match=r"^Network.process.steps must be a generator"):
        net.process(of_none)


def test_a_fault_whose_steps_are_no_generator_is_named():
    class Own:
        def steps(self, net):
            return None

    net, *_ = network()
    with pytest.raises(ValueError, match=r"^Own.steps must be a generator"):
        net.inject(Own())


# Keys, identifiers, names.


def test_an_idempotency_key_that_is_not_hashable_is_refused_by_name():
    net, client, server, _ = network()
    server.on("order", keys=IdempotencyKeys(key=lambda message: message.data))(lambda _: None)
    client.notify(server, "order", {"id": 1})
    allowed = r"IdempotencyKeys.key must be a function that returns a hashable value"
    with pytest.raises(ValueError, match=rf"{allowed}, .*got {{'id': 1}}"):
        net.run()


@pytest.mark.parametrize("bad", [3, ["client-0"], {"id": 1}, b"client-0"])
def test_what_is_no_identifier_is_refused(bad):
    _, client, server, _ = network()
    server.on("order")(lambda _: None)
    with pytest.raises(ValueError, match=r"^ReplyQueue.receive.correlation_id must be"):
        client.reply_queue().receive(bad)
    with pytest.raises(ValueError, match=r"^Node.confirmation.message_id must be"):
        client.confirmation(bad)
    with pytest.raises(ValueError, match=r"^Node.send.correlation_id must be"):
        client.send(server, "order", guarantee=BestEffort(), correlation_id=bad)


def test_a_bad_patience_is_refused_though_a_reply_has_come():
    net, client, server, _ = network()
    server.on("order")(lambda _: None)
    replies = client.reply_queue()
    client.send(server, "order", guarantee=BestEffort(), reply_to=replies)
    net.run()
    assert len(replies) == 1
    with pytest.raises(ValueError, match=r"^ReplyQueue.receive.timeout must be"):
        replies.receive(timeout=-1)
    assert len(replies) == 1


@pytest.mark.parametrize(("header", "bad"), [("priority", "high"), ("delay_s", -1.0)])
def test_the_other_fields_of_a_message_are_checked(header, bad):
    _, client, server, _ = network()
    server.on("order")(lambda _: None)
    with pytest.raises(ValueError, match=f"^Node.send.{header} must be"):
        client.send(server, "order", guarantee=BestEffort(), **{header: bad})


@pytest.mark.parametrize("bad", [["order"], {"order": 1}, 3])
def test_what_is_no_name_is_refused(bad):
    net, client, server, broker = network()
    with pytest.raises(ValueError, match=r"^Node.send.topic must be"):
        client.notify(server, bad)
    with pytest.raises(ValueError, match=r"^Node.subscribe.topic must be"):
        server.subscribe(broker, bad, print)
    with pytest.raises(ValueError, match=r"^node must be the name of a node"):
        net.find(bad)


@pytest.mark.parametrize("bad", [None, [], "server", {}])
def test_whom_to_ask_in_turn_is_a_sequence_of_nodes(bad):
    _, client, server, _ = network()
    server.on("order")(lambda _: None)
    bad = [server, server] if bad is None else bad
    with pytest.raises(ValueError, match=r"^Node.ask_hedged.receivers must be"):
        client.ask_hedged(bad, "order", after=0.1)


def test_one_node_is_no_sequence_of_nodes():
    _, client, server, _ = network()
    server.on("order")(lambda _: None)
    with pytest.raises(ValueError, match=r"^Node.ask_hedged.receivers must be"):
        client.ask_hedged(server, "order", after=0.1)


@pytest.mark.parametrize("bad", [0.5, [0.5], {"mean": 0.5}, Constant])
def test_a_time_is_drawn_from_a_delay(bad):
    net, client, server, _ = network()
    server.on("order")(lambda message: message.sample(bad))
    client.notify(server, "order")
    with pytest.raises(ValueError, match=r"^Message.sample.delay must be"):
        net.run()


# Links.


def one_way():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, SOON, one_way=True)
    server.on("order")(lambda _: "done")
    return net, client, server


NO_WAY_BACK = r"net.connect\(server, client, Link\(…\)\)\), got 'server→client'"


@pytest.mark.parametrize("guarantee", [AtMostOnce(), AtLeastOnce(), ExactlyOnce(), None])
def test_a_request_is_refused_where_no_reply_can_come_back(guarantee):
    _, client, server = one_way()
    with pytest.raises(ValueError, match=NO_WAY_BACK):
        client.ask(server, "order", guarantee=guarantee)
    assert len(client.ledger) == 0


@pytest.mark.parametrize("guarantee", [AtLeastOnce(), ExactlyOnce()])
def test_a_guarantee_that_acknowledges_is_refused_where_it_cannot(guarantee):
    _, client, server = one_way()
    with pytest.raises(ValueError, match=NO_WAY_BACK):
        client.send(server, "order", guarantee=guarantee)


def test_a_reply_queue_is_refused_where_no_reply_can_come_to_it():
    _, client, server = one_way()
    with pytest.raises(ValueError, match=NO_WAY_BACK):
        client.send(server, "order", guarantee=BestEffort(), reply_to=client.reply_queue())
    assert len(client.ledger) == 0


class Own:
    """A guarantee of a student's, which says nothing of acknowledgements, and sends none."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)

    def receive(self, channel, copy):
        channel.hand_over(copy)


@pytest.mark.parametrize("guarantee", [BestEffort(), AtMostOnce(), Own()])
def test_what_needs_no_way_back_is_sent_without_one(guarantee):
    net, client, server = one_way()
    client.send(server, "order", guarantee=guarantee)
    net.run()
    assert client.ledger["handovers"].tolist() == [1]


def test_a_way_back_that_is_laid_before_the_request_serves():
    net, client, server = one_way()
    with pytest.raises(ValueError, match=NO_WAY_BACK):
        client.ask(server, "order")
    net.connect(server, client, SOON, one_way=True)
    request = client.ask(server, "order")
    net.run()
    assert request.value == "done"


@pytest.mark.parametrize("name", ["number", "kind", "story", "sender", "prioriti"])
def test_a_sender_sets_no_other_field_of_a_message(name):
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link())
    b.on("m")(lambda _: None)
    unknown: dict[str, Any] = {name: 1}
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
        a.send(b, "m", guarantee=BestEffort(), **unknown)
    assert len(a.ledger) == 0
