"""A program whose clock stands still for ever is stopped, and its line named."""

import inspect
import re

import pytest

from simulator import Bursts, EndlessRun, Failed, Link, Network, Periodic

HERE = re.escape(__file__)


def place_in(function):
    """Return what an error says of the line of a function that is marked `# here`."""
    lines, first = inspect.getsourcelines(function)
    line = first + next(k for k, code in enumerate(lines) if "# here" in code)
    return rf"{function.__name__} \({HERE}, line {line}\) went on 100,000 times at 0 s"


def pair():
    net = Network()
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link())
    return net, client, server


def forever(net):
    while True:
        yield net.timeout(0)  # here


def over_what_has_happened(net):
    past = net.timeout(0)
    yield past
    while True:
        yield past  # here


def over_events_of_simpy(net):
    while True:
        yield net.env.timeout(0) | net.env.event()  # here


KINDS = [forever, over_what_has_happened, over_events_of_simpy]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("until", [None, 5])
def test_a_process_that_lets_no_time_pass_is_named(kind, until):
    net = Network()
    net.process(kind(net))
    with pytest.raises(EndlessRun, match=place_in(kind)):
        net.run(until=until)


def at_a_node(net, client, server, steps):
    client.process(steps)


def below_another(net, client, server, steps):
    def outer():
        yield from steps

    net.process(outer())


def in_a_handler(net, client, server, steps):
    server.on("x")(lambda _: steps)
    client.notify(server, "x")


def in_what_a_workload_drives(net, client, server, steps):
    client.drive(Periodic(interval=1), lambda _: steps, messages=1)


def in_simpys_own_way(net, client, server, steps):
    net.env.process(steps)


@pytest.mark.parametrize(
    "start",
    [at_a_node, below_another, in_a_handler, in_what_a_workload_drives, in_simpys_own_way],
)
def test_so_it_is_wherever_the_generator_runs(start):
    net, client, server = pair()
    start(net, client, server, over_what_has_happened(net))
    with pytest.raises(EndlessRun, match=place_in(over_what_has_happened)):
        net.run()


def test_two_processes_that_wake_each_other_are_stopped_too():
    net = Network()
    events = [net.env.event(), net.env.event()]

    def turn(mine, other):
        while True:
            yield events[mine]
            events[mine] = net.env.event()
            events[other].succeed()

    def start_it(_):
        events[0].succeed()

    net.process(turn(0, 1))
    net.process(turn(1, 0))
    net.timeout(1).callbacks.append(start_it)
    with pytest.raises(EndlessRun, match=r"turn .* went on 100,000 times at 1 s"):
        net.run()


def test_a_guarantee_of_ones_own_that_waits_for_no_time_is_named():
    class Impatient:
        def send(self, channel, message):
            while True:
                yield channel.timeout(0)  # here

        def receive(self, channel, copy):
            channel.hand_over(copy)

    net, client, server = pair()
    server.on("x")(lambda _: None)
    client.send(server, "x", guarantee=Impatient())
    with pytest.raises(EndlessRun, match=place_in(Impatient.send)):
        net.run()


def test_what_goes_on_often_but_ends_is_let_be():
    net, seen = Network(), []

    def often():
        for _ in range(99_000):
            yield net.timeout(0)
        yield net.timeout(1)
        for _ in range(99_000):
            yield net.timeout(0)
        seen.append(net.now)

    net.process(often())
    net.run()
    assert seen == [1.0]


@pytest.mark.parametrize("before", [0, 10_000, 50_500, 90_000])
def test_what_a_process_did_before_does_not_let_it_go_on_more_often(before):
    net = Network()

    def often():
        for _ in range(before):
            yield net.timeout(0.001)
        for _ in range(103_000):
            yield net.timeout(0)

    net.process(often())
    with pytest.raises(EndlessRun, match="often"):
        net.run()


def test_a_workload_may_do_more_than_that_at_one_instant():
    net, client, _ = pair()
    count = 0

    def act(_):
        nonlocal count
        count += 1

    client.drive(Bursts(every=1, size=150_000), act, messages=150_000)
    net.run()
    assert count == 150_000


def test_a_message_that_is_redelivered_for_ever_at_one_instant_is_named():
    """Each redelivery is new to the worker: no single process goes on."""
    net = Network()
    producer, worker, broker = net.node("producer"), net.node("worker"), net.broker("broker")
    net.connect(producer, broker, Link())
    net.connect(worker, broker, Link())
    broker.queue("tasks", max_deliveries=None)

    def poison(_):
        raise Failed("always")

    worker.subscribe(broker, "tasks", poison)
    producer.publish(broker, "tasks")
    with pytest.raises(EndlessRun, match=r"tasks delivered producer-0 10,000 times at 0 s"):
        net.run()
