"""The page of all worlds holds each of them as it happened, and which choice leads to which."""

from fractions import Fraction

import pytest

from simulator import (
    At,
    AtLeastOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    Failed,
    Handshake,
    Link,
    Periodic,
    Retry,
    Scenario,
    worlds,
)
from simulator.drawing.parts import told
from simulator.worlds.page import key_of
from simulator.worlds.replay import trace_of, walk
from simulator.worlds.subject import EVENTS
from tests.simulator.worlds.pages import given_page, recorded_in

LINK = Link(delay=Constant(0.05))


def retried(guarantee, attempts, **settings):
    retry = Retry(max_attempts=attempts)
    return Scenario(link=LINK, guarantee=guarantee(retry=retry), **{"messages": 1} | settings)


TWO = retried(AtLeastOnce, 3, messages=2)
MEETING = Scenario(
    link=LINK,
    guarantee=ExactlyOnce(window=1, retry=Retry(max_attempts=2)),
    workload=Periodic(interval=0.01),
    messages=2,
)


def two_clients(net, times):
    """Two clients number their messages alike; the server answers each."""
    server = net.node("server")
    server.on("order")(lambda message: message.data)
    clients = [net.node(name) for name in ("one", "other")]

    def send(client):
        for time in times:
            yield net.timeout(time)
            client.send(server, "order", "x", guarantee=AtLeastOnce(retry=Retry(max_attempts=1)))

    for client in clients:
        net.connect(client, server, LINK)
        net.process(send(client))
    net.run()
    return ""


def a_queue(net, times):
    """A task goes over a broker to a worker, which refuses it at first."""
    client, broker, worker = net.node("client"), net.broker("broker"), net.node("worker")
    net.connect(client, broker, LINK)
    net.connect(broker, worker, LINK)
    broker.queue("jobs", visibility_timeout=0.3, max_deliveries=2)
    failing = [True]

    def work(job):
        if failing and failing.pop():
            raise Failed("not now")

    worker.subscribe(broker, "jobs", work)
    client.publish(broker, "jobs", 21, guarantee=AtLeastOnce(retry=Retry(max_attempts=1)))
    net.run()
    return ""


ALL = {
    "attempts": worlds(retried(AtLeastOnce, 3)),
    "several messages": worlds(TWO),
    "messages that meet": worlds(MEETING),
    "releases": worlds(retried(Handshake, 2)),
    "duplicates and holds": worlds(retried(ExactlyOnce, 2), duplicates=1, hold=0.3, holds=2),
    "crashes": worlds(retried(AtLeastOnce, 2), crashes=1),
    "crashes of the sender": worlds(retried(AtLeastOnce, 2), crashes=1, crashes_of="sender"),
    "a horizon": worlds(Scenario(link=LINK, guarantee=AtLeastOnce(), messages=1, horizon=0.5)),
    "a queue": worlds(a_queue, workload=Periodic(interval=0.1)),
    "two clients": worlds(two_clients, workload=Periodic(interval=0.1)),
}


@pytest.fixture(params=list(ALL), ids=str)
def found(request):
    return ALL[request.param]


def test_each_world_is_told_as_it_happened(found):
    given = given_page(found.page())
    links = ["→".join(given["nodes"][end] for end in ends) for ends in given["links"]]
    recorded = recorded_in(given)
    for chooser, _, _ in walk(found.subject, found.bounds, [()]):
        path = tuple(chooser.taken)
        rows = [given["rows"][place] for place in recorded.pop(key_of(path))[0]]
        assert [
            (
                time_ns,
                given["events"][event],
                given["nodes"][node] if node >= 0 else "",
                links[link] if link >= 0 else "",
                *numbers,
            )
            for time_ns, event, node, link, *numbers, _ in rows
        ] == [row[:7] for row in told(trace_of(found.subject, found.bounds, path))]
    assert not recorded


def test_whatever_is_done_leads_to_a_world_that_was_recorded(found):
    given = given_page(found.page())
    recorded = recorded_in(given)
    assert len(recorded) == found.findings.count
    leads = {""}
    for key, (*_, choices) in recorded.items():
        for place in range(len(key), len(choices)):
            deeds = given["choices"][choices[place]][-1]
            leads |= {key.ljust(place, "0") + str(1 + option) for option in range(len(deeds))}
    assert leads == set(recorded)


def test_every_choice_is_about_a_copy_of_its_world(found):
    given = given_page(found.page())
    for _, journeys, _, choices in recorded_in(given).values():
        copies = [given["journeys"][place] for place in journeys]
        for place in choices:
            *which, _ = given["choices"][place]
            assert any(_is_about(which, copy) for copy in copies)


def _is_about(which, journey):
    start, end, message, attempt, copy, is_answer, sent_ns = which
    begin, stop, number, sending, one, left_ns, _, _, answers, _ = journey
    return (start, end, message, attempt, is_answer) == (
        begin,
        stop,
        number,
        sending,
        answers,
    ) and (copy in {-1, one} and sent_ns in {-1, left_ns})


@pytest.mark.parametrize(
    "scenario", [retried(AtLeastOnce, 3), TWO, MEETING, retried(Handshake, 2)], ids=str
)
def test_what_the_slider_sums_is_the_probability(scenario):
    found = worlds(scenario)
    odds = given_page(found.page())["odds"]
    assert set(odds) == set(EVENTS)
    for event, shown in odds.items():
        for p in (Fraction(1, 2), Fraction(1, 7)):
            one = sum(count * p**lost * (1 - p) ** kept for count, lost, kept in shown["terms"])
            assert 1 - (1 - one) ** found.copies == found.probability(event, p)
        assert tuple(shown["polynomial"]) == found.polynomial(event)


def test_worlds_that_lose_as_many_on_other_links_are_summed():
    def program(net, times):
        return "told" if two_clients(net, times) or len(net.trace) != 1 else ""

    found = worlds(program, workload=Periodic(interval=0.1))
    terms = given_page(found.page())["odds"]["violated"]["terms"]
    assert sum(count for count, _, _ in terms) == found.count == 9
    assert len(terms) < 9


def test_an_event_of_several_messages_happens_in_all_but_the_worlds_without_it():
    # Of the 15 worlds of each message, it is lost in one, and given up in eight.
    found = worlds(TWO)
    assert found.count_of("lost") == 15**2 - 14**2
    assert found.count_of("gave_up") == 15**2 - 7**2
    with pytest.raises(ValueError, match=r"Worlds\.count_of\.event must be one of"):
        found.count_of("won")


def test_messages_that_do_not_meet_are_one_tree_that_begins_with_each_of_them():
    later = TWO.replace("messages", 3).replace("workload", At(times=(0.5, 0.53, 0.56)))
    found = worlds(later)
    given = given_page(found.page())
    assert given["starts"] == [0, 30_000_000, 60_000_000]
    assert given["start"] == 500_000_000
    assert len(given["worlds"]) == found.findings.count == 15
    assert "One of 3,375 worlds" in given["words"]["en"]["world_count"]


def test_it_is_small():
    assert len(worlds(TWO).page().page.encode()) < 100_000
    assert len(worlds(retried(AtLeastOnce, 6)).page().page.encode()) < 400_000


def test_it_opens_on_the_counterexample_if_asked():
    found = worlds(MEETING)
    given = given_page(found.page(broken=True))
    assert given["broken"]
    assert given["least"] == [key_of(found.findings.violating or ())] != [""]
    assert not given_page(found.page())["broken"]
    assert given_page(worlds(TWO).page(broken=True))["least"] is None


def test_chosen_worlds_have_no_odds():
    assert given_page(worlds(retried(AtLeastOnce, 2), losses=1).page())["odds"] == {}


def test_the_slider_begins_at_the_rate_of_the_link():
    assert given_page(worlds(TWO).page())["rate"] == 0.2
    assert given_page(worlds(TWO.replace("link.loss", 0.35)).page())["rate"] == 0.35


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (retried(AtLeastOnce, 10), "of at most 2,000 worlds, got '2,047 of them'"),
        (Scenario(link=LINK, guarantee=BestEffort(), messages=21), "got '21 messages'"),
    ],
)
def test_it_says_what_is_too_much_for_it(scenario, said):
    with pytest.raises(ValueError, match=said):
        worlds(scenario).page()


def test_it_begins_in_the_language_that_is_asked_for():
    page = worlds(TWO).page("fr")
    assert given_page(page)["language"] == "fr"
    assert given_page(page)["words"]["fr"]["world_count"] == "Un monde parmi 225"
    with pytest.raises(ValueError, match="language must be"):
        worlds(TWO).page("de")


def test_what_a_program_says_and_carries_is_text():
    hostile = "</script><script>alert(1)</script> @SCRIPT@"

    def program(net, times):
        client, server = net.node("client"), net.node("server")
        net.connect(client, server, LINK)
        server.on("order")(lambda message: None)
        client.send(server, "order", hostile, guarantee=BestEffort())
        net.run()
        return hostile

    player = worlds(program, workload=Periodic(interval=1.0)).page()
    given = given_page(player)
    assert set(given["contents"].values()) == {hostile}
    assert {said for _, _, _, _, _, _, said, *_ in given["worlds"]} == {hostile}
    assert player.page.count("</script>") == 2
