"""What ends a run says where it comes from: which generator, which request, which handler."""

import inspect
import json
import re
import traceback

import pytest

from simulator import (
    AtLeastOnce,
    BestEffort,
    CircuitBreaker,
    CircuitOpen,
    Constant,
    Link,
    Network,
    Periodic,
    Refused,
    Retry,
    TimedOut,
)
from simulator.network.failures import add_note

HERE = re.escape(__file__)


def pair(*, link=None):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, link or Link(delay=Constant(0.05)))
    return net, client, server


def line_of(function, code):
    """Return the line of this file on which a function has some code."""
    lines, first = inspect.getsourcelines(function)
    return first + next(index for index, line in enumerate(lines) if code in line)


def notes_of(failure):
    return "\n".join(failure.value.__notes__)


# What is yielded and is no event.


def in_a_handler(net, client, server, value):
    @server.on("order")
    def culprit(_):
        yield value  # here

    client.notify(server, "order")


def at_a_broker(net, client, server, value):
    broker = net.broker("broker")
    net.connect(client, broker, Link())
    net.connect(server, broker, Link())
    broker.queue("orders")

    def culprit(_):
        yield value  # here

    server.subscribe(broker, "orders", culprit)
    client.publish(broker, "orders")


def in_a_process(net, client, server, value):
    def culprit():
        yield value  # here

    net.process(culprit())


def in_a_process_of_a_node(net, client, server, value):
    def culprit():
        yield value  # here

    client.process(culprit())


def in_an_action(net, client, server, value):
    def culprit(_):
        yield value  # here

    client.drive(Periodic(interval=0.1), culprit, messages=2)


def further_in(net, client, server, value):
    def culprit():
        yield net.timeout(0.1)
        yield value  # here

    def outer():
        yield from culprit()

    client.process(outer())


def in_a_guarantee(net, client, server, value):
    class Own:
        acknowledges = False

        def send(self, channel, message):
            channel.transmit(message, attempt=1)
            yield from self.culprit()

        def culprit(self):
            yield value  # here

        def receive(self, channel, copy):
            channel.hand_over(copy)

    server.on("order")(lambda _: None)
    client.send(server, "order", guarantee=Own())


@pytest.mark.parametrize(
    "program",
    [
        in_a_handler,
        at_a_broker,
        in_a_process,
        in_a_process_of_a_node,
        in_an_action,
        further_in,
        in_a_guarantee,
    ],
)
@pytest.mark.parametrize("until", [None, 10.0])
def test_yielding_no_event_names_the_generator_its_line_and_the_value(program, until):
    net, client, server = pair()
    program(net, client, server, 0.5)
    place = rf"culprit yields \({HERE}, line {line_of(program, '# here')}\)"
    with pytest.raises(
        ValueError, match=rf"{place} must be an event .*net.timeout\(0.5\), got 0.5"
    ):
        net.run(until)


@pytest.mark.parametrize("value", [None, "client-0", True, -1, float("nan"), [1], object(), print])
def test_whatever_is_yielded_and_is_no_event_is_refused(value):
    net, client, server = pair()
    in_a_process(net, client, server, value)
    with pytest.raises(
        ValueError, match=r"must be an event to wait for, such as net.timeout\(0.5\)"
    ):
        net.run()


def test_a_generator_that_is_yielded_is_to_be_run():
    net, client, server = pair()

    def steps():
        yield net.timeout(1.0)

    in_a_process(net, client, server, steps())
    with pytest.raises(ValueError, match=r"`yield from steps\(…\)`, or `yield net.process"):
        net.run()


def test_the_error_of_a_handler_that_is_a_runtime_error_stays_itself():
    net, client, server = pair()

    @server.on("order")
    def handle(_):
        raise RuntimeError("Invalid yield value")

    client.notify(server, "order")
    with pytest.raises(RuntimeError, match=r"^Invalid yield value\nin handle"):
        net.run()


# Requests that fail, and nobody catches it.


def test_a_request_that_nobody_waits_for_says_which_it_is_and_where_it_was_made():
    net, client, server = pair(link=Link(loss=1.0))
    server.on("order")(lambda _: None)

    def later():
        yield net.timeout(2.5)
        client.ask(server, "order", timeout=0.3)  # here

    net.process(later())
    with pytest.raises(TimedOut, match=r"^no reply to client-0 from server\n") as failure:
        net.run()
    line = line_of(
        test_a_request_that_nobody_waits_for_says_which_it_is_and_where_it_was_made, "# here"
    )
    request = 'client-0 (client→server, topic "order", created at 2.5 s)'
    assert str(failure.value) == "no reply to client-0 from server"
    assert f"the request {request} was made in {__file__}, line {line}" in notes_of(failure)
    assert "nobody waited for it" in notes_of(failure)


def test_a_hedged_request_says_where_it_was_made():
    net, client, server = pair(link=Link(loss=1.0))
    server.on("order")(lambda _: None)
    client.ask_hedged([server], "order", after=0.1, timeout=0.3)  # here
    with pytest.raises(TimedOut) as failure:
        net.run()
    line = line_of(test_a_hedged_request_says_where_it_was_made, "# here")
    assert f"{__file__}, line {line}" in notes_of(failure)


def refused(net, client, server):
    server.crash(refuses=True)
    return Refused, AtLeastOnce(retry=Retry(timeout=0.3, max_attempts=1))


def held_back(net, client, server):
    server.crash(refuses=True)
    breaker = CircuitBreaker(failures=1, recovery=9.0)
    return CircuitOpen, AtLeastOnce(retry=Retry(timeout=0.3, max_attempts=9, breaker=breaker))


def silent(net, client, server):
    server.crash()
    return TimedOut, BestEffort()


@pytest.mark.parametrize("trouble", [refused, held_back, silent])
def test_a_process_that_does_not_catch_says_which_request_and_which_line(trouble):
    net, client, server = pair()
    server.on("order")(lambda _: None)
    kind, guarantee = trouble(net, client, server)

    def customer():
        yield client.ask(server, "order", guarantee=guarantee)  # here

    client.process(customer())
    with pytest.raises(kind) as failure:
        net.run()
    line = line_of(test_a_process_that_does_not_catch_says_which_request_and_which_line, "# here")
    assert "the request client-0 (client→server" in notes_of(failure)
    assert f"it left customer ({__file__}, line {line}) uncaught" in notes_of(failure)
    assert "nobody waited" not in notes_of(failure)


def test_a_handler_whose_own_request_fails_says_which_handler_of_what():
    net, client, server = pair()
    shop = net.node("shop")
    net.connect(server, shop, Link(loss=1.0))
    shop.on("stock")(lambda _: None)

    @server.on("order")
    def handle(_):
        yield server.ask(shop, "stock", timeout=0.2)

    client.notify(server, "order")
    with pytest.raises(TimedOut, match="no reply to server-0 from shop") as failure:
        net.run()
    said = notes_of(failure)
    assert 'the request server-0 (server→shop, topic "stock", created at 0.05 s)' in said
    assert 'in handle, the handler of "order" at server, for client-0 (client→server' in said
    assert said.index("the request") < said.index("in handle")


@pytest.mark.parametrize("takes_time", [False, True])
@pytest.mark.parametrize("guarantee", [None, BestEffort(), AtLeastOnce()])
def test_an_exception_of_a_handler_says_which_handler_of_what(takes_time, guarantee):
    net, client, server = pair()

    def at_once(_):
        raise LookupError("out of stock")

    def in_time(_):
        yield net.timeout(0.1)
        raise LookupError("out of stock")

    handle = in_time if takes_time else at_once
    server.on("order")(handle)
    client.notify(server, "order", guarantee=guarantee)
    with pytest.raises(LookupError, match=r"^out of stock\n") as failure:
        net.run()
    name = handle.__name__
    assert f'in {name}, the handler of "order" at server, for client-0' in notes_of(failure)


def test_an_exception_that_cannot_be_made_from_its_arguments_leaves_the_run_as_it_is():
    net, client, server = pair()

    @server.on("order")
    def handle(_):
        yield net.timeout(0.1)
        json.loads("{")

    client.notify(server, "order")
    with pytest.raises(json.JSONDecodeError) as failure:
        net.run()
    assert "in handle" in notes_of(failure)


def test_the_traceback_goes_from_the_run_to_the_line_that_raised():
    net, client, _ = pair()

    def customer():
        yield net.timeout(0.1)
        raise KeyError("price")  # here

    client.process(customer())
    with pytest.raises(KeyError) as failure:
        net.run()
    lines = [frame.lineno for frame in traceback.extract_tb(failure.value.__traceback__)]
    place = test_the_traceback_goes_from_the_run_to_the_line_that_raised
    assert lines[-1] == line_of(place, "# here")
    assert failure.value.__cause__ is None


def test_a_run_goes_on_after_a_failure():
    net, client, server = pair()
    in_a_process(net, client, server, 0.5)
    ended = net.timeout(1.0)
    with pytest.raises(ValueError, match="must be an event"):
        net.run()
    assert net.env.active_process is None
    net.run(until=2.0)
    assert ended.processed


def test_workers_take_what_waits_after_a_failure():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1)
    net.connect(client, server, Link())
    handled = []

    @server.on("order")
    def handle(message):
        if message.data == 0:
            yield server.work(1.0)
        elif message.data == 1:
            raise KeyError("a mistake")
        handled.append((message.data, net.now))

    for number in range(4):
        client.send(server, "order", number, guarantee=BestEffort())
    with pytest.raises(KeyError):
        net.run()
    client.send(server, "order", 4, guarantee=BestEffort())
    net.run()
    assert handled == [(0, 1.0), (2, 1.0), (3, 1.0), (4, 1.0)]
    assert (server.busy.value, server.waiting.value) == (0, 0)


def test_an_exception_that_is_caught_has_cost_nothing_but_its_notes():
    net, client, server = pair(link=Link(loss=1.0))
    server.on("order")(lambda _: None)
    caught = []

    def customer():
        try:
            yield client.ask(server, "order", timeout=0.3)
        except TimedOut as failure:
            caught.append(failure)

    client.process(customer())
    net.run()
    assert [str(failure) for failure in caught] == ["no reply to client-0 from server"]


def test_a_note_is_added_once():
    error = ValueError("late")
    for note in ("here", "there", "here"):
        add_note(error, note)
    assert error.__notes__ == ["here", "there"]


def test_whoever_waits_for_what_failed_has_an_exception_of_their_own():
    net, client, _ = pair()
    caught = []

    def culprit():
        yield net.timeout(0.1)
        error = KeyError("price")
        error.add_note("the shop's")
        raise error

    def waiter(process):
        try:
            yield process
        except KeyError as error:
            error.add_note("mine")
            caught.append(error)

    process = client.process(culprit())
    for _ in range(2):
        net.process(waiter(process))
    net.run()
    notes = [[note for note in error.__notes__ if note == "mine"] for error in caught]
    assert notes == [["mine"], ["mine"]]
    assert all(error.__cause__ is process.value for error in caught)
