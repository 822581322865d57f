"""What the player shows is what happened: the ledger's row, each copy, nodes, links, queues."""

import pytest

from experiments.course import stories
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Network,
    Partition,
    Periodic,
    Retry,
    Scenario,
    Scripted,
    simulate,
)
from simulator.ledger import BELIEFS, COLUMNS, NEVER
from tests.browser.watching import RANDOM, expected, latest, rows_of, shown_ledger

pytestmark = pytest.mark.browser

OPEN = {"sent", "waiting", "forgot"}
"""Beliefs of a sender that a trace does not tell apart."""


def test_the_row_of_a_message_is_the_simulator_s(opened):
    outcome = simulate(RANDOM, trace=True)
    page = opened(outcome.trace)
    page.keyboard.press("End")
    for message in range(RANDOM.messages):
        page.keyboard.press("m")
        row = shown_ledger(page)
        assert row.pop("link") == "sender→receiver"
        assert row == expected(outcome.ledger, message, row)
    assert set(COLUMNS) - set(row) == {"effects", "undecided"}
    for seldom in ("gave_up_s", "suppressed", "acknowledged_s"):
        assert (outcome.ledger[seldom] > 0).any()


def test_so_it_is_whatever_the_sender_believes(opened):
    """It is told, gives up, waits when the run ends, has crashed meanwhile, or is never told."""
    retry = Retry(timeout=0.1, max_attempts=2)
    guarantees = (AtLeastOnce(retry=retry), ExactlyOnce(retry=retry), BestEffort(), AtMostOnce())
    beliefs = set()
    for seed in range(3):
        net = Network(seed=seed)
        sender, receiver = net.node("A"), net.node("B")
        link = Link(delay=Exponential(mean=0.05), loss=0.4, duplicate=0.2)
        net.connect(sender, receiver, link)
        receiver.on("order")(lambda message: None)
        for guarantee in guarantees * 2:
            sender.send(receiver, "order", guarantee=guarantee)
        net.inject(Crash(node="A", at=0.05, lasts=0.01))
        net.run(until=0.1)
        for guarantee in guarantees * 2:
            sender.send(receiver, "order", guarantee=guarantee)
        net.run(until=0.28)
        for guarantee in guarantees:
            sender.send(receiver, "order", guarantee=guarantee)
        net.run(until=0.35)
        beliefs.update(sender.ledger["belief"])
        page = opened(net.trace)
        page.keyboard.press("End")
        for message in range(len(sender.ledger)):
            page.keyboard.press("m")
            row = shown_ledger(page)
            assert row.pop("link") == "A→B"
            assert row == expected(sender.ledger, message, row)
    assert beliefs == set(BELIEFS)


def test_so_it_is_with_a_handshake_and_between_peers(opened):
    net = Network(seed=3)
    nodes = {name: net.node(name) for name in "AB"}
    link = Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.2)
    net.connect(nodes["A"], nodes["B"], link)
    for node in nodes.values():
        node.on("order")(lambda message: None)
    for guarantee in (AtLeastOnce(), AtMostOnce(), Handshake()):
        nodes["A"].send(nodes["B"], "order", guarantee=guarantee)
        nodes["B"].send(nodes["A"], "order", guarantee=guarantee)
    net.run()
    page = opened(net.trace)
    page.keyboard.press("End")
    for _ in range(6):
        page.keyboard.press("m")
        row = shown_ledger(page)
        sender, _ = row.pop("link").split("→")
        assert row == expected(nodes[sender].ledger, int(row["message"]), row)


@pytest.mark.parametrize(
    "guarantee", [BestEffort(), AtMostOnce(), AtLeastOnce(), ExactlyOnce(), Handshake()], ids=str
)
def test_so_it_is_under_each_guarantee_when_a_node_refuses_and_both_crash(opened, guarantee):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server", workers=1, backlog=1)
    net.connect(client, server, Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.2))

    @server.on("order")
    def handle(message):
        yield server.work(0.03)

    workload = Periodic(interval=0.02)
    client.send_each(workload, server, "order", messages=50, guarantee=guarantee)
    net.inject(
        Crash(node="server", at=0.2, lasts=0.1),
        Crash(node="client", at=0.5, lasts=0.1),
    )
    net.run(until=1.0)
    ledger, told = client.ledger, rows_of(opened(net.trace))
    assert len(told) == len(ledger) < 50
    for (_, message), row in told.items():
        belief = ledger["belief"][message]
        assert row.pop("belief") == ("unacknowledged" if belief in OPEN else belief)
        for name, value in row.items():
            kept = ledger[name.removesuffix("_s") + "_ns" if name.endswith("_s") else name]
            assert (NEVER if value is None else value) == kept[message]


def test_a_window_counts_what_came_before_it(open_page, tmp_path):
    trace = simulate(RANDOM, trace=True).trace
    whole, part = (
        open_page(trace.play(between=between).save(tmp_path / "play.html").as_uri())
        for between in (None, (0.25, 0.35))
    )
    known = rows_of(whole, 300_000_000)
    told = rows_of(part, 300_000_000)
    assert told == {place: known[place] for place in told}
    assert any(row["arrivals"] > 1 for row in told.values())


def test_an_event_in_the_list_chooses_the_message_that_it_is_about(opened):
    """Two peers number their messages alike, and what is an answer of one is data of the other."""
    net = Network(seed=1)
    one, other = net.node("one"), net.node("other")
    net.connect(one, other, Link(delay=Constant(0.1), duplicate=0.5))
    for node in (one, other):
        node.on("order")(lambda message: None)
    one.send(other, "order", guarantee=AtLeastOnce())
    net.run(until=0.05)
    other.send(one, "order", guarantee=AtLeastOnce())
    net.run()
    page = opened(net.trace)
    chosen = {}
    for place, row in enumerate(row for row in net.trace if row.event != "handled"):
        page.evaluate("(place) => onEvent({ target: { dataset: { place } } })", place)
        about = shown_ledger(page)["link"]
        chosen.setdefault((row.event, row.node), set()).add(about)
        if row.event not in {"arrived", "acknowledged", "lost", "duplicated"}:
            assert about == row.link
    assert chosen["acknowledged", "one"] == {"one→other"}
    assert chosen["acknowledged", "other"] == {"other→one"}
    assert chosen["arrived", "one"] == chosen["arrived", "other"] == {"one→other", "other→one"}


def test_a_click_on_a_message_shows_its_row(order):
    order.get_by_role("slider").fill(str(50_000_000))
    (target,) = order.evaluate("targets")
    order.locator("#scene").click(position={"x": target["x"], "y": target["y"]})
    assert order.inner_text("#ledger-word") == "Ledger: message 0"
    assert shown_ledger(order)["arrivals"] == "0"
    order.keyboard.press("End")
    assert shown_ledger(order)["acknowledged_s"] == "0.200 s"
    order.locator("#scene").click(position={"x": 5, "y": 5})
    assert order.locator("#ledger tr").count() == 0


def test_each_kind_of_copy_has_a_shape_of_its_own(order):
    """Drawn in one colour, they still differ."""
    pictures = order.evaluate(
        """() => {
            for (const name in colors) if (name !== "paper") colors[name] = "#000000";
            const copies = [["data", 1, 0], ["data", 2, 0], ["data", 1, 1], ["release", 1, 0],
                ["reply", 1, 0], ["acknowledgement", 1, 0], ["acknowledgement", 1, 1],
                ["refusal", 1, 0]];
            return copies.map(([shape, again, copy]) => {
                const canvas = document.createElement("canvas");
                pen = canvas.getContext("2d");
                drawCopy({ shape, again, copy }, 50, 50, 9);
                return canvas.toDataURL();
            });
        }"""
    )
    assert len(set(pictures)) == len(pictures) == 8


def test_what_is_lost_falls(opened):
    link = Link(delay=Constant(0.1), loss=1.0)
    scenario = Scenario(guarantee=BestEffort(), link=link, messages=1)
    page = opened(simulate(scenario, trace=True).trace)
    heights = page.evaluate("[0, 0.5, 0.75, 1].map((part) => placeOf(journeys[0], part * end).y)")
    assert heights[0] == pytest.approx(heights[1])
    assert heights[1] < heights[2] < heights[3]


def test_nodes_crash_links_are_cut_and_queues_fill(opened):
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    for node in (producer, worker):
        net.connect(node, broker, Link(delay=Constant(0.01)))
    broker.queue("jobs")

    def work(message):
        yield worker.work(0.1)

    worker.subscribe(broker, "jobs", work)
    for job in range(4):
        producer.publish(broker, "jobs", job)
    net.inject(
        Crash(node="worker", at=1.0, lasts=1.0),
        Partition(groups=(("producer",), ("broker", "worker")), at=3.0, lasts=1.0),
    )
    net.run()
    page = opened(net.trace)
    known = """(ns) => {
        jump(ns * 1e9);
        const { down, cut, queues } = stateAfter(shown), named = (node) => nodes[node];
        return [[...down].map(named), cut.size, Object.fromEntries(
            [...queues].map(([node, waiting]) => [named(node), waiting.size]))];
    }"""
    assert page.evaluate(known, 0.015) == [[], 0, {"broker": 3}]
    assert page.evaluate(known, 1.5) == [["worker"], 0, {"broker": 0}]
    assert page.evaluate(known, 3.5) == [[], 2, {"broker": 0}]
    assert page.evaluate(known, 4.5) == [[], 0, {"broker": 0}]
    assert page.evaluate(known, 0.015) == [[], 0, {"broker": 3}]
    last = page.evaluate("targets.find((target) => target.message === 3)")
    page.locator("#scene").click(position={"x": last["x"], "y": last["y"]})
    assert shown_ledger(page)["contents"] == "3"


def test_what_expires_into_a_dead_letter_queue_is_a_dead_letter(opened):
    net = Network(seed=1)
    producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
    for node in (producer, worker):
        net.connect(node, broker, Link(delay=Constant(0.01)))
    broker.queue("jobs", ttl=0.1, dead_letter=broker.queue("dead"))

    def work(message):
        yield worker.work(0.3)

    worker.subscribe(broker, "jobs", work)
    for job in range(2):
        producer.publish(broker, "jobs", job)
    net.run()
    page = opened(net.trace)
    known = """(ns) => {
        jump(ns * 1e9);
        const { queues, dead } = stateAfter(shown);
        return [queues, dead].map((all) => [...all.values()].flatMap((there) => [...there]).length);
    }"""
    assert page.evaluate(known, 0.05) == [1, 0]
    assert page.evaluate(known, 0.2) == [0, 1]
    assert page.evaluate(known, 0.05) == [1, 0]
    assert "dead letter" in page.inner_text("#legend")


WORKING = """(ns) => {
    jump(ns * 1e9);
    return underWay(now).map((doing) => `${nodeName(doing.node)}: ${sayEvent(doing)}`);
}"""


def test_work_and_waiting_are_seen_as_long_as_they_last(opened):
    net = Network(seed=1)
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.1)))

    @server.on("sum")
    def handle(message):
        yield server.work(0.3)
        return sum(message.data)

    client.ask(server, "sum", [1, 2], guarantee=BestEffort())
    net.run()
    page = opened(net.trace, language="fr")
    assert page.evaluate(WORKING, 0.05) == ["client: en attente…"]
    assert page.evaluate(WORKING, 0.25) == ["client: en attente…", "server: travail en cours…"]
    assert page.evaluate(WORKING, 0.45) == ["client: en attente…"]
    assert page.evaluate(WORKING, 0.5) == ["client: continuer"]
    names = page.evaluate("jump(0.45e9), inFlight(now).map((j) => nameOf(j.subject))")
    assert names == ["réponse"]


def test_a_loss_is_listed_on_the_way_and_not_as_the_copy_leaves(opened):
    link = Link(delay=Constant(0.1), loss=Scripted(lost={(0, 1)}))
    guarantee = AtLeastOnce(retry=Retry(timeout=0.3))
    scenario = Scenario(guarantee=guarantee, link=link, return_link=Link(), messages=1)
    page = opened(simulate(scenario, trace=True).trace)
    page.evaluate("jump(0.01e9)")
    assert latest(page) == "0.000 s · sender · sends message 0"
    page.evaluate("jump(0.06e9)")
    assert latest(page) == "… · sender→receiver · lost on the way: message 0"


def test_page_and_library_say_the_same_of_a_task_that_is_delivered_again(opened):
    trace = stories.redelivery("fr")
    told = [line.split("s  ", 1)[1] for line in trace.tell(language="fr").splitlines()]
    page = opened(trace, language="fr")
    listed = page.evaluate("rows.map(tell)")
    assert [line.split(" · ", 1)[1].split(" · ") for line in listed] == [
        [part.strip() for part in line.split("  ", 1)] for line in told
    ]
