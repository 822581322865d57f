"""Space-time diagrams have an arrow a copy and a mark an event, where and when they were."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Link,
    Network,
    Partition,
    Retry,
    Scenario,
    simulate,
)
from simulator.drawing import THEMES

RETRY = Retry(timeout=0.2, max_attempts=3)
PAPER = THEMES["light"].paper


def count(axes, **looks):
    """Count the marks that look so."""
    return sum(
        all(getattr(line, f"get_{name}")() == look for name, look in looks.items())
        for line in axes.get_lines()
    )


def arrows(axes):
    return [note for note in axes.texts if note.arrow_patch is not None]


@given(
    loss=st.floats(0, 0.6),
    duplicate=st.floats(0, 0.5),
    seed=st.integers(0, 1000),
    messages=st.integers(1, 4),
)
def test_each_copy_and_each_event_is_drawn_once(loss, duplicate, seed, messages):
    link = Link(delay=Exponential(mean=0.1), loss=loss, duplicate=duplicate)
    outcome = simulate(
        Scenario(guarantee=ExactlyOnce(retry=RETRY), link=link, messages=messages, seed=seed),
        trace=True,
    )
    (axes,) = outcome.trace.plot().axes
    there, back = outcome.links.values()
    assert len(arrows(axes)) == there.arrived + back.arrived
    assert count(axes, marker="x") == there.lost + back.lost
    handled = count(axes, marker="o") - count(axes, marker="o", markerfacecolor=PAPER)
    assert handled == outcome.ledger["handovers"].sum()
    assert count(axes, markerfacecolor=PAPER) == outcome.ledger["suppressed"].sum()
    rows = [row.event for row in outcome.trace]
    assert count(axes, marker="D") == rows.count("timed_out")
    assert count(axes, marker="X") == rows.count("gave_up")


def test_an_arrow_is_as_long_as_the_delay():
    link = Link(delay=Constant(0.05))
    (axes,) = simulate(Scenario(link=link, messages=1), trace=True).trace.plot().axes
    assert [(note.xyann, note.xy) for note in arrows(axes)] == [
        ((0, 0.0), (1, 0.05)),
        ((1, 0.05), (0, 0.1)),
    ]
    assert axes.yaxis_inverted()


def test_crashes_and_cuts_are_shaded_in_either_language():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda message: message.data)
    net.inject(
        Crash(node="server", at=0.02, lasts=0.1),
        Partition(groups=(("client",), ("server",)), at=0.15, lasts=0.1),
    )
    client.send(server, "order", guarantee=AtLeastOnce(retry=RETRY))
    net.run()
    for language, time in (("en", "Time (s)"), ("fr", "Temps (s)")):
        (axes,) = net.trace.plot(language=language).axes
        spans = [patch.get_paths()[0].get_extents() for patch in axes.collections]
        assert [(round(span.y0, 9), round(span.y1, 9)) for span in spans] == [
            (0.02, 0.12),
            (0.15, 0.25),
        ]
        assert axes.get_ylabel() == time


def bars(axes):
    """Return what lasts at a node: its legend's word, its place, its start and end, its fill."""
    return [
        (
            bar.get_label(),
            round(bar.get_x() + bar.get_width() / 2, 9),
            (round(bar.get_y(), 9), round(bar.get_y() + bar.get_height(), 9)),
            bar.get_fill(),
        )
        for bar in axes.patches
    ]


def test_waiting_and_work_are_bars_as_long_as_they_last():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))

    @server.on("sum")
    def handle(message):
        yield server.work(0.1)
        return sum(message.data)

    client.ask(server, "sum", [1, 2])
    net.run()
    (axes,) = net.trace.plot(language="fr").axes
    assert bars(axes) == [
        ("En attente…", 0.0, (0.0, 0.2), True),
        ("Travail en cours…", 1.0, (0.05, 0.15), True),
    ]
    assert {"Requête", "Réponse"} <= {note.get_text() for note in axes.texts}


def test_in_a_picture_of_some_time_bars_stay_within_it():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))

    @server.on("sum")
    def handle(_):
        yield server.work(5.0)

    client.ask(server, "sum", guarantee=AtLeastOnce(retry=Retry(timeout=2.0)))
    net.run()
    trace = net.trace
    (axes,) = trace.plot(between=(2.0, 2.5)).axes
    wait, work, begun = (bar[2] for bar in bars(axes))
    assert (wait, work, begun) == ((2.0, 2.05), (2.0, 2.05), (2.05, 2.05))
    assert "(0.000 → 5.100 s)" in trace.to_mermaid(between=(2.0, 2.5))


def test_work_that_a_crash_cuts_short_is_an_empty_bar_that_ends_there():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))

    @server.on("order")
    def handle(_):
        yield server.work(0.1)

    net.inject(Crash(node="server", at=0.08, lasts=0.1))
    client.send(server, "order", guarantee=AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=2)))
    net.run()
    (axes,) = net.trace.plot().axes
    assert bars(axes) == [
        ("Unfinished work", 1.0, (0.05, 0.08), False),
        ("Work in progress…", 1.0, (0.25, 0.35), True),
    ]


def test_work_that_a_crash_cuts_short_as_it_begins_is_an_empty_mark():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda _: server.crash())
    client.notify(server, "order")
    net.run()
    (axes,) = net.trace.plot().axes
    assert count(axes, marker="p", markerfacecolor=PAPER, label="Unfinished work") == 1
    assert net.trace.describe(language="fr").endswith(
        "À 0,05 s, Server commence à traiter le message 0, mais ne finit pas ; "
        "Server tombe en panne."
    )


def test_a_message_in_a_queue_is_a_bar_until_it_leaves():
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    for node in (producer, worker):
        net.connect(node, broker, Link(delay=Constant(0.05)))
    broker.queue("jobs")
    for _ in range(2):
        producer.publish(broker, "jobs", guarantee=BestEffort())
    net.run(until=0.2)

    def work(_):
        yield worker.work(0.1)

    worker.subscribe(broker, "jobs", work)
    net.run(until=0.3)
    (axes,) = net.trace.plot().axes
    waits = [bar[2] for bar in bars(axes) if bar[0] == "In the queue"]
    assert waits == [(0.05, 0.2), (0.05, 0.25)]  # the second is there still


@pytest.mark.parametrize(
    ("language", "title", "numbers"),
    [
        (
            "en",
            "Messages between sender and receiver",
            "2 (3): number 2, attempt or delivery 3",
        ),
        (
            "fr",
            "Messages entre expéditeur et récepteur",
            "2 (3) : numéro 2, tentative ou livraison 3",
        ),
    ],
)
def test_a_diagram_has_a_title_and_its_numbers_are_explained(language, title, numbers):
    scenario = Scenario(link=Link(delay=Constant(0.3)), messages=20)
    figure = simulate(scenario, trace=True).trace.plot(language=language)
    (axes,) = figure.axes
    assert figure.get_suptitle() == title
    assert "0 (2)" in {note.get_text() for note in axes.texts}
    assert numbers in {text.get_text() for text in axes.get_legend().get_texts()}
    named = simulate(scenario.replace("messages", 1), trace=True).trace.plot(title="One order")
    assert named.get_suptitle() == "One order"
    assert "Message 0, attempt 2" in {note.get_text() for note in named.axes[0].texts}


def test_a_node_that_crashed_before_the_time_that_is_drawn_is_seen_to_be_down():
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda message: message.data)
    net.inject(Crash(node="server", at=0.02, lasts=0.5), Crash(node="client", at=5.0, lasts=1.0))
    client.send(server, "order", guarantee=AtLeastOnce(retry=RETRY))
    net.run()
    (axes,) = net.trace.plot(between=(0.2, 0.3)).axes
    (span,) = (patch.get_paths()[0].get_extents() for patch in axes.collections)
    assert (span.y0, span.y1) == (0.2, 0.25)


def test_a_long_name_is_written_whole_and_leaves_room_for_the_picture():
    net = Network(seed=1)
    client, server = net.node("n" * 200), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.05)))
    server.on("order")(lambda message: None)
    client.send(server, "order", guarantee=AtLeastOnce(retry=RETRY))
    net.run()
    figure = net.trace.plot()
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert "n" * 200 in {note.get_text().replace("\n", "") for note in axes.texts}
    assert axes.get_position().height > 0.5


def test_too_much_is_refused():
    trace = simulate(Scenario(messages=1000), trace=True).trace
    with pytest.raises(ValueError, match=r"space_time_diagram must be .* messages="):
        trace.plot()


def test_a_diagram_describes_itself_to_who_does_not_see_it():
    trace = simulate(Scenario(messages=1), trace=True).trace
    assert repr(trace.plot(language="fr")) == trace.describe(language="fr")


def test_a_name_with_dollars_is_no_formula():
    net = Network(seed=1)
    cheap, dear = net.node("$"), net.node("$$x$$")
    net.connect(cheap, dear, Link(delay=Constant(0.05)))
    dear.on("order")(lambda message: None)
    cheap.send(dear, "order", guarantee=AtLeastOnce())
    net.run()
    figure = net.trace.plot()
    figure.savefig(BytesIO(), format="svg")
    assert {"$", "$$x$$"} <= {note.get_text() for note in figure.axes[0].texts}
