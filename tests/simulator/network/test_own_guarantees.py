"""A student's own guarantee on a network: what its sender believes when `send` has ended."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from simulator import (
    Constant,
    Exponential,
    Link,
    Network,
    Refused,
    Retry,
    Scenario,
    Scripted,
    TimedOut,
    simulate,
)
from simulator.policies import Promise


@dataclass(frozen=True)
class OneWait:
    """Send once, wait, and return whether or not an acknowledgement came."""

    wait: float = 0.2
    promises: ClassVar = frozenset({Promise.NEVER_LOST_IN_SILENCE})

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.acknowledgement(message, within=self.wait)

    def receive(self, channel, copy):
        reply = yield channel.hand_over(copy)
        channel.acknowledge(copy, reply)


@dataclass(frozen=True)
class OneWaitNoted(OneWait):
    """The same, and the timeout is noted."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        if not (yield channel.acknowledgement(message, within=self.wait)):
            channel.time_out(message, 1)


@dataclass(frozen=True)
class NoWait(OneWait):
    """A plain function that asks for the wait and does not wait."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        channel.acknowledgement(message, within=self.wait)


OWN = [OneWait(), OneWaitNoted(), NoWait()]


def scenario(guarantee, **changes):
    given: dict[str, Any] = {"link": Link(delay=Constant(0.05)), "messages": 3} | changes
    return Scenario(guarantee=guarantee, **given)


@pytest.mark.parametrize("guarantee", OWN)
def test_what_a_sender_that_returns_has_lost_is_lost_in_silence(guarantee):
    outcome = simulate(scenario(guarantee, link=Link(loss=Scripted(lost={(1, 1)}))))
    assert outcome.ledger["belief"].tolist() == ["acknowledged", "sent", "acknowledged"]
    assert not outcome.ledger["undecided"].any()
    assert outcome.verdict.status == "violated"
    assert outcome.verdict.message == 1


@pytest.mark.parametrize("guarantee", OWN)
def test_what_arrives_holds_the_promise_though_no_acknowledgement_does(guarantee):
    outcome = simulate(scenario(guarantee, return_link=Link(loss=1.0)))
    assert outcome.ledger["belief"].tolist() == ["sent"] * 3
    assert outcome.verdict.status == "held"


@pytest.mark.parametrize("guarantee", OWN)
def test_an_acknowledgement_after_the_wait_counts(guarantee):
    outcome = simulate(scenario(guarantee, link=Link(delay=Constant(0.2))))
    assert outcome.ledger["belief"].tolist() == ["acknowledged"] * 3
    assert outcome.verdict.status == "held"


@pytest.mark.parametrize(
    ("horizon", "status"), [(0.1, "undecided"), (0.19, "undecided"), (0.21, "violated")]
)
def test_only_a_horizon_in_the_middle_of_the_wait_leaves_it_undecided(horizon, status):
    lost = scenario(OneWait(), link=Link(loss=1.0), messages=1)
    assert simulate(lost.replace("horizon", horizon)).verdict.status == status


def pair(link):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1, backlog=0)
    net.connect(client, server, link)

    @server.on("order")
    def handle(message):
        yield server.work(message.data or 0.0)
        return "done"

    return net, client, server


@pytest.mark.parametrize("guarantee", OWN)
def test_the_value_of_its_process_is_sent(guarantee):
    net, client, server = pair(Link(loss=1.0))
    process = client.send(server, "order", guarantee=guarantee)
    identifier = client.last_sent
    net.run()
    assert process.value == "sent"
    assert client.confirmation(identifier).value == "sent"


@pytest.mark.parametrize("guarantee", OWN)
@pytest.mark.parametrize(("timeout", "ends"), [(None, None), (0.1, 0.1), (5.0, None)])
def test_a_request_under_it_that_is_lost_times_out_once(guarantee, timeout, ends):
    net, client, server = pair(Link(loss=1.0))

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "order", guarantee=guarantee, timeout=timeout)
        return net.now

    process = net.process(customer())
    net.run()
    assert process.triggered
    if ends is not None:
        assert process.value == ends
    assert client.ledger["belief"].tolist() == ["gave_up"]
    assert [row.attempt for row in net.trace if row.event == "timed_out"] == [1]


@pytest.mark.parametrize("guarantee", OWN)
def test_a_request_under_it_is_answered_even_after_its_own_wait(guarantee):
    net, client, server = pair(Link(delay=Constant(0.3)))
    process = client.ask(server, "order", guarantee=guarantee)
    net.run()
    assert process.value == "done"


@pytest.mark.parametrize("guarantee", [OneWait(), OneWaitNoted()])
def test_a_request_under_it_that_is_refused_ends_at_once(guarantee):
    net, client, server = pair(Link(delay=Constant(0.05)))

    def customer():
        client.send(server, "order", 5.0, guarantee=guarantee)
        with pytest.raises(Refused, match="server refused client-1"):
            yield client.ask(server, "order", guarantee=guarantee)
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 0.1


@dataclass(frozen=True)
class Twice(OneWait):
    """Send twice, 0.1 s apart, and wait for nothing."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.timeout(0.1)
        channel.transmit(message, attempt=2)


def test_a_caller_that_gave_up_while_its_guarantee_slept_learns_it_when_it_wakes():
    """The deadline was at 0.05 s; time does not go back to it."""
    net, client, server = pair(Link(loss=1.0))

    def customer():
        with pytest.raises(TimedOut):
            yield client.ask(server, "order", guarantee=Twice(), timeout=0.05)
        return net.now

    process = net.process(customer())
    net.run()
    assert process.value == 0.1


def test_random_delays_leave_nothing_waiting():
    outcome = simulate(
        scenario(OneWait(), link=Link(delay=Exponential(mean=0.1), loss=0.3), messages=2_000)
    )
    lost = outcome.ledger["handovers"] == 0
    assert (outcome.ledger["belief"][lost] == "sent").all()
    assert set(outcome.ledger["belief"]) == {"sent", "acknowledged"}
    assert outcome.verdict.message == lost.argmax()


@dataclass
class Fibonacci:
    """A backoff that can change: it is no value, and cannot be the part of one."""

    base: float = 0.1

    def pause_after(self, attempt, previous, u):
        return self.base


def test_what_is_no_value_is_refused_by_name_and_where_it_is_given():
    with pytest.raises(ValueError, match=r"^Retry\.backoff must be a value, .*frozen=True.*, got "):
        Retry(backoff=Fibonacci())

    @dataclass(frozen=True)
    class Mine:
        parts: list

        def send(self, channel, message):
            channel.transmit(message, attempt=1)

        def receive(self, channel, copy):
            channel.hand_over(copy)

    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link())
    b.on("x")(lambda _: None)
    with pytest.raises(ValueError, match=r"^Node\.send\.guarantee must be a value, .*, got "):
        a.send(b, "x", guarantee=Mine([]))
