"""A message to a topic without subscribers: it is counted, and every picture of it says so."""

import pytest

from simulator import AtLeastOnce, Constant, Link, Network, Retry


def run():
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    for node in (producer, worker):
        net.connect(node, broker, Link(delay=Constant(0.05)))
    broker.topic("news")
    broker.topic("sport")
    worker.subscribe(broker, "sport", lambda _: None)
    patient = AtLeastOnce(retry=Retry(timeout=5.0))
    for topic in ("news", "sport", "news"):
        producer.publish(broker, topic, guarantee=patient)
    net.run()
    return net, producer, broker, worker


def test_it_is_confirmed_counted_and_traced():
    net, producer, broker, worker = run()
    assert broker.unrouted == {"news": 2}
    assert producer.ledger["belief"].tolist() == ["acknowledged"] * 3
    rows = [row for row in net.trace if row.event == "unrouted"]
    assert [(row.time_s, row.node, row.link, row.message) for row in rows] == [
        (0.05, "broker", "producer→broker", 0),
        (0.05, "broker", "producer→broker", 2),
    ]
    worker.subscribe(broker, "news", lambda _: None)
    producer.publish(broker, "news")
    net.run()
    assert broker.unrouted == {"news": 2}


@pytest.mark.parametrize(
    ("language", "told", "described"),
    [
        ("en", "no subscriber: event 0", "Broker has no subscriber for event 0"),
        ("fr", "sans abonné : événement 0", "Courtier n'a pas d'abonné pour l'événement 0"),
    ],
)
def test_every_picture_says_so(language, told, described):
    net, *_ = run()
    assert told in net.trace.tell(language=language)
    assert described in net.trace.describe(language=language)
    diagram = net.trace.to_mermaid(language=language)
    assert f"{told[:1].upper()}{told[1:]} (" in diagram
    word = "Receives" if language == "en" else "Reçoit"
    assert f"over n1: {word}" not in diagram
    assert '"unrouted"' in net.trace.play(language=language).page
    (axes,) = net.trace.plot(language=language).axes
    label = told.partition(":")[0].strip().capitalize()
    marks = [line for line in axes.get_lines() if line.get_label() == label]
    assert [mark.get_marker() for mark in marks] == ["v", "v"]
