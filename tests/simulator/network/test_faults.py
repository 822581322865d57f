"""Faults break something from one instant to another, and heal on their own."""

from typing import Any

import numpy as np
import pytest

from simulator import (
    BestEffort,
    Constant,
    Crash,
    Cut,
    Link,
    LinkOutage,
    Network,
    Partition,
    RandomCrashes,
    Scenario,
    Script,
    SlowNode,
)

OFTEN: dict[str, Any] = {"mean_time_to_failure": 1, "mean_time_to_repair": 1, "until": 9}


def sends(fault, *, names=("a", "b", "c"), pairs=(("a", "b"),)):
    """Send a message over each pair at 0, 1, 2, 3, 4 s; return when those came, by pair."""
    net = Network(seed=1)
    nodes = {name: net.node(name) for name in names}
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            net.connect(nodes[one], nodes[other], Link(delay=Constant(0.5)))
    came = {pair: [] for pair in pairs}
    for a, b in pairs:
        nodes[b].on(f"from {a}")(lambda m, key=(a, b): came[key].append(m.created_s))

    def talk():
        for _ in range(5):
            for a, b in pairs:
                nodes[a].send(nodes[b], f"from {a}", guarantee=BestEffort())
            yield net.timeout(1.0)

    net.inject(*(fault if isinstance(fault, tuple) else (fault,)))
    net.process(talk())
    net.run()
    return net, came


def test_a_cut_loses_what_is_sent_in_it_one_way():
    pairs = (("a", "b"), ("b", "a"))
    net, came = sends(Cut(sender="a", receiver="b", at=1.0, lasts=2.0), pairs=pairs)
    assert came["a", "b"] == [0, 3, 4]
    assert came["b", "a"] == [0, 1, 2, 3, 4]
    assert net.links["a→b"].lost == 2
    told = [(row.time_s, row.event, row.link) for row in net.trace if row.message == -1]
    assert told == [(1.0, "partitioned", "a→b"), (3.0, "healed", "a→b")]


def test_an_outage_of_a_link_cuts_both_ways():
    pairs = (("a", "b"), ("b", "a"), ("a", "c"))
    _, came = sends(LinkOutage(between=("a", "b"), at=1.0, lasts=1.0), pairs=pairs)
    assert came == {("a", "b"): [0, 2, 3, 4], ("b", "a"): [0, 2, 3, 4], ("a", "c"): [0, 1, 2, 3, 4]}


def test_a_partition_cuts_between_groups_and_not_within():
    pairs = (("a", "b"), ("a", "c"), ("c", "b"))
    _, came = sends(Partition(groups=(("a", "b"), ("c",)), at=2.0, lasts=1.0), pairs=pairs)
    whole, cut = [0, 1, 2, 3, 4], [0, 1, 3, 4]
    assert came == {("a", "b"): whole, ("a", "c"): cut, ("c", "b"): cut}


def test_two_cuts_of_one_link_heal_with_the_last():
    cuts = (
        Cut(sender="a", receiver="b", at=1.0, lasts=2.0),
        Cut(sender="a", receiver="b", at=2.0, lasts=2.0),
    )
    net, came = sends(cuts)
    assert came["a", "b"] == [0, 4]
    assert [row.event for row in net.trace if row.message == -1] == ["partitioned", "healed"]


def test_a_silent_node_drops_what_comes_and_a_refusing_one_says_so():
    for refuses, (dropped, refused) in ((False, (1, 0)), (True, (0, 1))):
        net, came = sends(Crash(node="b", at=1.2, lasts=1.0, refuses=refuses))
        assert came["a", "b"] == [0, 2, 3, 4]
        assert net.links["a→b"].dropped == dropped
        assert net.find("b").refused.value == refused
        assert net.links["a→b"].conserved
        told = [(row.time_s, row.event) for row in net.trace if row.node == "b" and row.message < 0]
        assert told == [(1.2, "crashed"), (2.2, "restarted")]


def test_a_slow_node_takes_longer_for_work_that_begins_meanwhile():
    net = Network()
    node = net.node("a")
    net.inject(SlowNode(node="a", factor=3.0, at=1.0, lasts=1.0))
    ends = []

    def work():
        while net.now < 3:
            yield node.work(0.5)
            ends.append(net.now)

    node.process(work())
    net.run()
    assert ends == [0.5, 1.0, 2.5, 3.0]


def test_random_crashes_have_the_mean_times_asked_for():
    net = Network(seed=3)
    net.node("a")
    fault = RandomCrashes(node="a", mean_time_to_failure=2.0, mean_time_to_repair=0.5, until=20_000)
    net.inject(fault)
    net.run()
    instants = np.array([row.time_s for row in net.trace])
    assert [row.event for row in net.trace][:2] == ["crashed", "restarted"]
    up = np.diff(np.concatenate([[0.0], instants]))[::2]
    down = np.diff(instants)[::2]
    # Exponential: the standard error is the mean over √n. About 8,000 crashes.
    assert len(up) > 7_000
    assert abs(up.mean() - 2.0) < 4 * 2.0 / np.sqrt(len(up))
    assert abs(down.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(down))


def test_the_same_seed_gives_the_same_crashes():
    fault = RandomCrashes(node="b", mean_time_to_failure=1.0, mean_time_to_repair=0.5, until=10.0)
    first, again = (list(sends(fault)[0].trace) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("sent_before", [True, False])
def test_what_arrives_as_a_node_restarts_is_let_in(sent_before):
    """The restart at 1 s was planned before the message was sent, at 0 or at 0.5 s."""
    net = Network()
    a, b = net.node("a"), net.node("b")
    net.connect(a, b, Link(delay=Constant(1.0 if sent_before else 0.5)))
    b.on("word")(lambda _: None)

    def talk():
        yield net.timeout(0.0 if sent_before else 0.5)
        a.send(b, "word", guarantee=BestEffort())

    net.inject(Crash(node="b", at=0.5, lasts=0.5))
    net.process(talk())
    net.run()
    events = net.trace.to_frame()["event"].tolist()
    assert events[-4:] == ["restarted", "arrived", "handed_over", "handled"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Crash(node="a", at=-1, lasts=1), "Crash.at"),
        (lambda: Crash(node="a", at=1, lasts=0), "Crash.lasts"),
        (lambda: SlowNode(node="a", factor=0, at=1, lasts=1), "SlowNode.factor"),
        (lambda: Partition(groups=(("a",),), at=1, lasts=1), "Partition.groups"),
        (lambda: Partition(groups=(("a",), ("a",)), at=1, lasts=1), "Partition.groups"),
        (lambda: Partition(groups=3, at=1, lasts=1), r"Partition\.groups .* got 3"),
        (lambda: Partition(groups=("a", "b"), at=1, lasts=1), r"Partition\.groups .* got 'a'"),
        (lambda: Partition(groups=(("a",), (1,)), at=1, lasts=1), r"Partition\.groups .* got 1"),
        (lambda: LinkOutage(between=("a",), at=1, lasts=1), "LinkOutage.between"),
        (lambda: LinkOutage(between="ab", at=1, lasts=1), r"LinkOutage\.between .* got 'ab'"),
        (lambda: LinkOutage(between=3, at=1, lasts=1), r"LinkOutage\.between .* got 3"),
        (lambda: Network().inject("crash"), "Network.inject"),
        (
            lambda: RandomCrashes(node="a", mean_time_to_failure=0, mean_time_to_repair=1, until=1),
            "RandomCrashes.mean_time_to_failure",
        ),
        (lambda: Crash(node="a", at=1, lasts=1, refuses="no"), r"Crash\.refuses .* got 'no'"),
        (
            lambda: Crash(node="a", at=1, lasts=1, refuses=1),
            r"Crash\.refuses must be True or False",
        ),
        (
            lambda: RandomCrashes(**OFTEN, node="a", refuses="no"),
            r"RandomCrashes\.refuses must be True or False, got 'no'",
        ),
        (lambda: Network().node("a").crash(refuses="no"), r"Node\.crash\.refuses .* got 'no'"),
        (lambda: Network().broker("a").crash(refuses=None), r"Node\.crash\.refuses .* got None"),
        (lambda: Crash(node="", at=1, lasts=1), r"Crash\.node .* not empty and without →, got ''"),
        (lambda: Crash(node=3, at=1, lasts=1), r"Crash\.node .* got 3"),
        (lambda: Crash(node="a→b", at=1, lasts=1), r"Crash\.node .* got 'a→b'"),
        (lambda: SlowNode(node=None, factor=2, at=1, lasts=1), r"SlowNode\.node .* got None"),
        (lambda: RandomCrashes(**OFTEN, node=["a"]), r"RandomCrashes\.node .* got \['a'\]"),
        (lambda: Cut(sender="a→b", receiver="b", at=1, lasts=1), r"Cut\.sender .* got 'a→b'"),
        (lambda: Cut(sender="a", receiver=0, at=1, lasts=1), r"Cut\.receiver .* got 0"),
        (lambda: Cut(sender="a", receiver="a", at=1, lasts=1), r"Cut\.receiver .* another node"),
        (lambda: LinkOutage(between=("a", "a"), at=1, lasts=1), r"LinkOutage\.between .* got"),
        (lambda: LinkOutage(between=("a", ""), at=1, lasts=1), r"LinkOutage\.between .* got"),
        (lambda: Partition(groups=(("a",), ("",)), at=1, lasts=1), r"Partition\.groups .* got"),
        (lambda: Partition(groups=(("a",), ()), at=1, lasts=1), r"Partition\.groups .* got"),
        (lambda: Partition(groups=(("a",), ("b→",)), at=1, lasts=1), r"Partition\.groups .* got"),
    ],
)
def test_bad_faults_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Crash(node="x", at=1, lasts=1), r"Crash\.node .* of this network \(a, b\), got 'x'"),
        (Crash(node="x", at=0, lasts=1), r"Crash\.node .* of this network \(a, b\), got 'x'"),
        (SlowNode(node="x", factor=2, at=1, lasts=1), r"SlowNode\.node .* got 'x'"),
        (RandomCrashes(**OFTEN, node="x"), r"RandomCrashes\.node .* got 'x'"),
        (Cut(sender="a", receiver="x", at=1, lasts=1), r"Cut\.receiver .* got 'x'"),
        (Cut(sender="b", receiver="a", at=1, lasts=1), r"link .* connects two nodes .* got 'b→a'"),
        (LinkOutage(between=("a", "x"), at=1, lasts=1), r"LinkOutage\.between .* got 'x'"),
        (Partition(groups=(("a",), ("x",)), at=1, lasts=1), r"Partition\.groups .* got 'x'"),
    ],
)
def test_a_fault_of_what_is_not_there_is_refused_when_the_run_begins(fault, said):
    net = Network()
    net.inject(fault)
    net.connect(net.node("a"), net.node("b"), Link(), one_way=True)
    with pytest.raises(ValueError, match=said):
        net.run(until=0.5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('refuses = "no"', r"Crash\.refuses must be True or False, got 'no'"),
        ("node = 3", r"Crash\.node must be a name, .* got 3"),
    ],
)
def test_a_bad_fault_in_a_file_is_refused_alike(line, said):
    node = "" if line.startswith("node") else 'node = "server"'
    text = f"""
    [[actions]]
    type = "Crash"
    at = 1.0
    lasts = 1.0
    {node}
    {line}
    """
    with pytest.raises(ValueError, match=said):
        Script.from_toml(text)


def test_a_scenario_knows_its_two_nodes():
    with pytest.raises(ValueError, match=r'Scenario\.adversary .* "sender" and "receiver"'):
        Scenario(adversary=Script([Crash(node="server", at=1, lasts=1)]))
