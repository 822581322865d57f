"""A description tells, in good order, what the pictures show."""

import pytest

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Link,
    Network,
    Partition,
    Retry,
    Scenario,
    Scripted,
    simulate,
)
from simulator.event import EVENTS
from simulator.languages.texts import texts

LOST_ONCE = Scenario(
    guarantee=AtLeastOnce(retry=Retry(timeout=0.2)),
    link=Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})),
    return_link=Link(delay=Constant(0.05)),
    messages=1,
)


def test_a_lost_message_is_told_in_english():
    trace = simulate(LOST_ONCE, trace=True).trace
    assert trace.describe() == (
        "At 0 s, Sender sends Receiver message 0, which is lost on the way. "
        "At 0.2 s, Sender has waited in vain for the acknowledgement of message 0; "
        "Sender sends Receiver message 0, attempt 2, which arrives at 0.25 s. "
        "At 0.25 s, Receiver handles message 0, attempt 2; Receiver sends Sender the "
        "acknowledgement of message 0, attempt 2, which arrives at 0.3 s."
    )


def test_a_lost_message_is_told_in_french():
    trace = simulate(LOST_ONCE, trace=True).trace
    assert trace.describe(language="fr") == (
        "À 0 s, Expéditeur envoie à Récepteur le message 0, qui se perd en route. "
        "À 0,2 s, Expéditeur a attendu en vain l'accusé de réception du message 0 ; "
        "Expéditeur envoie à Récepteur le message 0, tentative 2, qui arrive à 0,25 s. "
        "À 0,25 s, Récepteur traite le message 0, tentative 2 ; Récepteur envoie à Expéditeur "
        "l'accusé de réception du message 0, tentative 2, qui arrive à 0,3 s."
    )


@pytest.mark.parametrize(
    ("delay", "told"),
    [
        (3e-9, "At 0.000000003 s, Receiver handles message 0."),
        (1234567.891, "At 1234567.891 s, Receiver handles message 0."),
    ],
)
def test_nanoseconds_and_weeks_are_told_in_full(delay, told):
    scenario = Scenario(guarantee=BestEffort(), link=Link(delay=Constant(delay)), messages=1)
    assert told in simulate(scenario, trace=True).trace.describe()


def test_what_befalls_a_link_is_told():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)), one_way=True)
    net.inject(Partition(groups=(("client",), ("server",)), at=0.1, lasts=0.1))
    net.run()
    assert net.trace.describe() == (
        "At 0.1 s, the link Client→Server is cut. At 0.2 s, the link Client→Server is healed."
    )


def test_what_is_on_its_way_at_the_end_is_told_and_drawn_as_far_as_it_came():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda message: message.data)
    for at in (0.0, 0.1):
        net.run(until=at) if at else None
        client.notify(server, "order")
    net.run(until=0.12)
    assert net.trace.describe().endswith(
        "At 0.1 s, Client sends Server message 1, which is still on its way at the end."
    )
    (axes,) = net.trace.plot().axes
    assert [line.get_marker() for line in axes.get_lines()].count(".") == 1


def test_each_event_that_is_not_told_by_a_journey_has_a_sentence():
    told_by_journeys = {"created", "sent", "duplicated", "ack_sent", "acknowledged"}
    told_by_journeys |= {"release_sent", "refused"}
    told_by_journeys |= {"dequeued", "redelivered", "handled"}
    english, french = (texts(one).section("description") for one in ("en", "fr"))
    assert set(EVENTS) - told_by_journeys <= set(english)
    assert set(english) == set(french)


def test_some_time_and_some_messages_are_told_alone():
    trace = simulate(LOST_ONCE.replace("messages", 3), trace=True).trace
    told = trace.describe(messages=[2], between=(0.0, 0.1))
    assert "message 2" in told
    assert "message 0" not in told
    assert "message 1" not in told


def test_too_much_is_refused():
    trace = simulate(LOST_ONCE.replace("messages", 500), trace=True).trace
    with pytest.raises(ValueError, match=r"describe must be given 1 to 400 .* messages="):
        trace.describe()
