"""A world without an end is refused, however it goes on."""

import pytest

from simulator import Constant, EndlessRun, Link, Periodic, worlds


class NeverStops:
    def send(self, channel, message):
        while True:
            channel.transmit(message, attempt=1)
            yield channel.timeout(1.0)

    def receive(self, channel, copy):
        channel.hand_over(copy)


def never_stops(net, times):
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, Link(delay=Constant(0.05)))
    receiver.on("message")(lambda _: None)
    sender.send(receiver, "message", guarantee=NeverStops())
    net.run()


@pytest.mark.parametrize("losses", [None, 0, 2])
def test_transmissions_count_whether_or_not_they_may_be_lost(losses):
    with pytest.raises(EndlessRun, match="this one has had 10,000 transmissions"):
        worlds(never_stops, workload=Periodic(interval=1.0), losses=losses)
