"""The two parts of a student's guarantee: what they return, leave behind and are answered."""

from collections.abc import Generator

import pytest

from simulator import BestEffort, Constant, Failed, Link, Network


class OneWait:
    """Send once, wait, and return whether or not an acknowledgement came."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)
        yield channel.acknowledgement(message, within=0.2)

    def receive(self, channel, copy):
        reply = yield channel.hand_over(copy)
        channel.acknowledge(copy, reply)


def test_a_wait_that_a_refusal_ends_has_the_value_false_as_one_that_timed_out_has():
    """The receiver is down: at 0.1 s the first attempt is refused; nothing answers the second."""
    values = []

    class Listens:
        acknowledges = True

        def send(self, channel, message):
            channel.transmit(message, attempt=1)
            for _ in range(2):
                answered = yield channel.acknowledgement(message, within=1.0)
                values.append((answered, channel.now))

        def receive(self, channel, copy):
            channel.acknowledge(copy)

    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Constant(0.05)))
    receiver.on("work")(lambda message: None)
    receiver.crash(refuses=True)
    sender.send(receiver, "work", guarantee=Listens())
    net.run()
    assert values == [(False, 0.1), (False, 1.1)]
    assert all(value is False for value, _ in values)


def test_a_guarantee_that_does_not_say_so_is_taken_to_acknowledge_so_a_reply_goes_back_once():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("work")(lambda message: "done")
    call = client.ask(server, "work", guarantee=OneWait())
    net.run()
    assert call.value == "done"
    assert client.ledger["acks_sent"].tolist() == [1]


def test_a_process_that_send_left_behind_may_still_send():
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Constant(0.05)))
    receiver.on("work")(lambda message: None)

    class LeavesBehind:
        def send(self, channel, message):
            channel.transmit(message, attempt=1)
            net.process(self.again(channel, message))

        def again(self, channel, message):
            yield channel.timeout(1.0)
            channel.transmit(message, attempt=2)

        def receive(self, channel, copy):
            channel.hand_over(copy)

    sender.send(receiver, "work", guarantee=LeavesBehind())
    net.run()
    assert sender.ledger["attempts"].tolist() == sender.ledger["handovers"].tolist() == [2]
    assert net.now == 1.05


@pytest.mark.parametrize("part", ["send", "receive"])
def test_what_is_neither_a_generator_nor_nothing_is_no_part_of_a_guarantee(part):
    steps = {"send": lambda channel, message: channel.transmit(message, 1)}
    steps["receive"] = lambda channel, copy: None
    steps[part] = lambda *_: 3
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Constant(0.05)))
    receiver.on("work")(lambda message: None)
    guarantee = type("Own", (), {name: staticmethod(f) for name, f in steps.items()})()
    sender.send(receiver, "work", guarantee=guarantee)
    allowed = "a generator: call the function, and yield in it"
    with pytest.raises(ValueError, match=f"^Guarantee.{part} must be {allowed}, got 3"):
        net.run()


def test_a_send_that_failed_fails_whoever_waits_and_then_is_over_with_its_belief():
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(loss=1.0))
    receiver.on("work")(lambda message: None)

    class Fails:
        def send(self, channel, message):
            channel.transmit(message, attempt=1)
            yield channel.timeout(0.1)
            raise Failed("no")

        def receive(self, channel, copy):
            channel.hand_over(copy)

    def confirm_twice():
        sender.send(receiver, "work", guarantee=Fails())
        with pytest.raises(Failed, match="no"):
            yield sender.confirmation(sender.last_sent)
        return (yield sender.confirmation(sender.last_sent))

    process = net.process(confirm_twice())
    net.run()
    assert process.value == "sent"


class Wrapped(Generator):
    """A generator that is not one of Python's own, as a decorator or a C extension may return."""

    def __init__(self, steps):
        self.steps = steps

    def send(self, value):
        return self.steps.send(value)

    def throw(self, *error):
        return self.steps.throw(*error)


def test_a_handler_may_return_a_generator_of_another_type():
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Constant(0.05)))

    def steps(message):
        yield receiver.work(0.2)
        return message.data + 1

    receiver.on("work")(lambda message: Wrapped(steps(message)))
    call = sender.ask(receiver, "work", 1, guarantee=BestEffort())
    net.run()
    assert call.value == 2
    assert net.now == pytest.approx(0.3)
