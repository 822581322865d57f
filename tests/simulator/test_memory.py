"""A run that the machine has no memory for is refused before it starts, with an estimate."""

import pytest

from simulator import (
    At,
    Bursts,
    Link,
    Network,
    Periodic,
    Poisson,
    Scenario,
    memory,
    minimize,
    record,
    simulate,
)

HUGE = 10**12


@pytest.mark.parametrize(
    ("scenario", "arguments", "advice"),
    [
        (Scenario(messages=HUGE), {}, '; keep="summary" takes next to none'),
        (Scenario(messages=HUGE), {"trace": True}, "have fewer, or a horizon"),
        (Scenario(messages=HUGE), {"engine": "discrete-event"}, 'engine="auto" and keep="summary"'),
        (Scenario(messages=HUGE, link=Link(ordered=True)), {}, "have fewer, or a horizon"),
        (Scenario(messages=HUGE, link=Link(ordered=True)), {"keep": "summary"}, "have fewer"),
        (Scenario(messages=HUGE, horizon=3e9), {}, "300,000,000,000 messages take about 24 TB"),
    ],
)
def test_more_messages_than_there_is_memory_for_are_refused(scenario, arguments, advice):
    with pytest.raises(
        ValueError, match=r"^Scenario\.messages must be few enough .*, got 1"
    ) as why:
        simulate(scenario, **arguments)
    assert advice in str(why.value)


@pytest.mark.parametrize("shorten", [record, minimize])
def test_a_run_that_is_written_down_is_refused_too(shorten):
    with pytest.raises(ValueError, match=r"^Scenario\.messages must be few enough"):
        shorten(Scenario(messages=HUGE))


@pytest.mark.parametrize("verb", ["drive", "send_each"])
def test_a_node_is_not_driven_more_often_than_there_is_memory_for(verb):
    net = Network()
    node, other = net.node("a"), net.node("b")
    net.connect(node, other, Link())
    other.on("topic")(lambda message: None)
    arguments = {"drive": (print,), "send_each": (other, "topic")}[verb]
    with pytest.raises(
        ValueError,
        match=rf"^Node\.{verb}\.messages must be few enough .* TB; have fewer, got 1000000000000$",
    ):
        getattr(node, verb)(Periodic(interval=1), *arguments, messages=HUGE)


@pytest.mark.parametrize(
    ("workload", "count"),
    [
        (Periodic(interval=0.3), 4),
        (Bursts(size=3, every=0.5), 6),
        (At(times=[0, 0.5, 0.9, 1.0]), 3),
        (Poisson(rate=5), None),
    ],
)
def test_the_horizon_comes_before_most_messages(workload, count):
    scenario = Scenario(workload=workload, messages=HUGE, horizon=1.0)
    created = len(simulate(scenario).ledger)
    assert created < 30
    if count is not None:
        assert scenario.expected_messages == created == count


def test_where_the_system_does_not_say_what_it_has_nothing_is_refused(monkeypatch):
    monkeypatch.delattr("os.sysconf")
    assert memory.machine_bytes() is None
    memory.check_fits("Scenario.messages", HUGE, HUGE, memory.TRACED, "have fewer")
