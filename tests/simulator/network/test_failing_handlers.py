"""Handlers that fail: in a queue their message comes again, and a mistake is reported once."""

import functools
import inspect
import warnings

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    CallFailed,
    Constant,
    ExactlyOnce,
    Failed,
    HandlerFailed,
    Link,
    Network,
    Refused,
    Retry,
    TimedOut,
)

LINK = Link(delay=Constant(0.05))
FILE = __file__


def shop(*workers, kind="queue", **settings):
    """A producer, a broker with tasks, and workers, all connected to the broker."""
    net = Network(seed=1)
    producer, broker = net.node("producer"), net.broker("broker")
    net.connect(producer, broker, LINK)
    nodes = [net.node(name) for name in workers]
    for node in nodes:
        net.connect(broker, node, LINK)
    getattr(broker, kind)("tasks", max_deliveries=3, **settings)
    return net, producer, broker, *nodes


def line_of(function, text):
    """Return the line of a function's source that has a text."""
    lines, first = inspect.getsourcelines(function)
    return first + next(place for place, line in enumerate(lines) if text in line)


# ------------------------------------------------------------------------------------ in a queue


@pytest.mark.parametrize("kind", ["queue", "topic"])
@pytest.mark.parametrize("takes_time", [False, True])
@pytest.mark.parametrize("failure", [Failed("no"), TimedOut("no"), CallFailed("no")])
def test_a_call_that_failed_gives_the_message_back_in_silence(kind, takes_time, failure):
    net, producer, broker, worker = shop("worker", kind=kind)

    def plain(_):
        raise failure

    def slow(_):
        yield net.timeout(0.1)
        raise failure

    worker.subscribe(broker, "tasks", slow if takes_time else plain)
    producer.publish(broker, "tasks")
    net.run()
    (queue,) = broker.queues.values()
    assert queue.counts.dropped == 1
    assert queue.errors == {repr(failure): 3}


def test_the_failure_of_a_nested_request_gives_the_message_back():
    net, producer, broker, worker, other = shop("worker", "other")
    net.connect(worker, other, Link(delay=Constant(0.05), loss=1.0))
    other.on("x")(print)

    def handle(_):
        yield worker.ask(other, "x", guarantee=AtLeastOnce(retry=Retry(max_attempts=1)))

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run()
    assert sum(broker.queues["tasks"].errors.values()) == 3


def raise_elsewhere():
    return {"there": 1}["missing"]  # the line of the mistake


@pytest.mark.parametrize("takes_time", [False, True])
def test_a_mistake_of_a_handler_is_reported_where_it_was_made(takes_time):
    net, producer, broker, worker = shop("worker")

    def plain(_):
        raise_elsewhere()

    def slow(_):
        yield net.timeout(0.1)
        raise_elsewhere()

    handle = slow if takes_time else plain
    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    with pytest.warns(HandlerFailed) as caught:
        net.run()
    (warning,) = caught
    line = line_of(raise_elsewhere, "missing")
    assert (warning.filename, warning.lineno) == (FILE, line)
    text = str(warning.message)
    for part in (handle.__name__, "tasks", "KeyError('missing')", FILE, f"line {line}"):
        assert part in text
    assert broker.queues["tasks"].errors == {"KeyError('missing')": 3}
    assert broker.queues["tasks"].counts.dropped == 1


def test_what_a_library_raises_is_reported_where_the_handler_called_it():
    net, producer, broker, worker = shop("worker")

    def handle(_):
        inspect.getsourcelines(3)  # type: ignore[arg-type]  # no code, which is the mistake

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    with pytest.warns(HandlerFailed) as caught:
        net.run()
    assert (caught[0].filename, caught[0].lineno) == (FILE, line_of(handle, "getsourcelines"))


class Teller:
    """A handler that is an object, and one that is a method."""

    def __call__(self, _):
        raise KeyError

    def tell(self, _, __=None):
        raise KeyError


def decorated(function):
    @functools.wraps(function)
    def wrapper(message):
        return function(message)

    return wrapper


@decorated
def wrapped(_):
    raise KeyError


@pytest.mark.parametrize(
    ("handler", "name", "function"),
    [
        (Teller(), "Teller", Teller.__call__),
        (Teller().tell, "tell", Teller.tell),
        (functools.partial(Teller().tell, None), "tell", Teller.tell),
        (wrapped, "wrapped", wrapped),
    ],
)
def test_any_kind_of_handler_is_named_and_found(handler, name, function):
    net, producer, broker, worker = shop("worker")
    worker.subscribe(broker, "tasks", handler)
    producer.publish(broker, "tasks")
    with pytest.warns(HandlerFailed, match=name) as caught:
        net.run()
    assert (caught[0].filename, caught[0].lineno) == (FILE, line_of(function, "raise KeyError"))


def test_a_handler_without_source_is_reported_too():
    net, producer, broker, worker = shop("worker")
    worker.subscribe(broker, "tasks", int)
    producer.publish(broker, "tasks")
    with pytest.warns(HandlerFailed, match="int, a handler of the queue tasks, raised TypeError"):
        net.run()


def test_a_mistake_is_reported_once_for_each_handler_and_type_in_a_network():
    net, producer, broker, a, b = shop("a", "b")
    broker.queue("more")

    def one(message):
        raise (KeyError if message.data else ValueError)(message.data)

    def other(message):
        raise KeyError(message.data)

    a.subscribe(broker, "tasks", one)
    b.subscribe(broker, "more", one)
    b.subscribe(broker, "more", other)
    for data in (0, 1, 0, 1, 2):
        producer.publish(broker, "tasks", data)
        producer.publish(broker, "more", data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net.run()
    told = sorted((str(w.message).split(",")[0], str(w.message).split()[8][:8]) for w in caught)
    assert told == [("one", "KeyError"), ("one", "ValueErr"), ("other", "KeyError")]


def test_each_network_reports_its_own():
    def handle(_):
        raise KeyError

    for _ in range(2):
        net, producer, broker, worker = shop("worker")
        worker.subscribe(broker, "tasks", handle)
        producer.publish(broker, "tasks")
        with pytest.warns(HandlerFailed):
            net.run()


def test_a_crash_in_the_middle_of_a_handler_is_no_mistake():
    net, producer, broker, worker = shop("worker", visibility_timeout=1.0)

    def handle(_):
        yield net.timeout(0.5)

    worker.subscribe(broker, "tasks", handle)
    producer.publish(broker, "tasks")
    net.run(until=0.3)
    worker.crash()
    worker.restart()
    net.run()
    assert not broker.queues["tasks"].errors
    assert broker.queues["tasks"].counts.acknowledged == 1


# ------------------------------------------------------------------------------ outside of queues


@pytest.mark.parametrize("error", [Refused("busy"), TimedOut("late"), KeyError("x")])
@pytest.mark.parametrize("takes_time", [False, True])
@pytest.mark.parametrize(
    "guarantee", [BestEffort(), AtMostOnce(), AtLeastOnce(), ExactlyOnce()], ids=repr
)
def test_what_a_handler_outside_of_queues_raises_ends_the_run(error, takes_time, guarantee):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1)
    net.connect(client, server, LINK)

    def slow():
        yield net.timeout(0.1)
        raise error

    @server.on("x")
    def handle(_):
        if takes_time:
            return slow()
        raise error

    client.send(server, "x", guarantee=guarantee)
    with pytest.raises(type(error), match=error.args[0]):
        net.run()


@pytest.mark.parametrize("takes_time", [False, True])
def test_a_full_receiver_still_refuses_under_a_guarantee_of_ones_own(takes_time):
    told = []

    class Own:
        def send(self, channel, message):
            channel.transmit(message, attempt=1)

        def receive(self, channel, copy):
            return self.slowly(channel, copy) if takes_time else self.try_to(channel, copy)

        def try_to(self, channel, copy):
            try:
                channel.hand_over(copy)
            except Refused as refusal:
                told.append(str(refusal))
                raise

        def slowly(self, channel, copy):
            yield channel.timeout(0.0)
            self.try_to(channel, copy)

    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1, backlog=0)
    net.connect(client, server, LINK)
    server.serve("x", Constant(1.0))
    for _ in range(2):
        client.send(server, "x", guarantee=Own())
    net.run()
    assert told == ["server refused client-1: it was full"]
    assert server.refused.value == 1
