"""A script can say all that a network does: a random run, written down, is played again alike."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    Constant,
    Crash,
    Duplicate,
    ExactlyOnce,
    Exponential,
    GilbertElliott,
    Handshake,
    Hold,
    Link,
    Lose,
    Poisson,
    RandomCrashes,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
    record,
    simulate,
)
from simulator.adversary import CalmNetwork, RecordedNetwork, calm
from tests.simulator.strategies import scenarios, scripted_scenarios

RETRY = Retry(timeout=0.2, max_attempts=8)
MEETING = Scenario(
    guarantee=ExactlyOnce(retry=RETRY, window=3),
    link=Link(
        delay=Exponential(mean=0.05),
        loss=GilbertElliott.from_rate(rate=0.2, burst=3),
        duplicate=0.2,
        ordered=True,
        bandwidth=50_000,
        buffer=4_000,
    ),
    return_link=Link(delay=Exponential(mean=0.02), loss=0.3, duplicate=0.3),
    workload=Poisson(rate=40),
    messages=60,
)


def assert_played_again_alike(scenario, replication=2):
    once = simulate(scenario, trace=True, replication=replication)
    again = simulate(record(scenario, replication=replication), trace=True, replication=replication)
    assert again.trace.rows == once.trace.rows
    assert again.ledger == once.ledger
    assert again.links == once.links
    assert again.missed == ()


@settings(max_examples=150, deadline=None)
@given(scenario=scenarios | scripted_scenarios)
def test_the_script_of_a_run_gives_the_same_run(scenario):
    assert_played_again_alike(scenario)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    guarantee=st.sampled_from(
        [
            ExactlyOnce(retry=RETRY, window=3),
            Handshake(retry=RETRY),
            StoreAndForward(retry=Retry(timeout=0.2, max_attempts=2), rest=0.1, parallel=3),
        ]
    ),
)
def test_so_it_does_where_messages_meet(seed, guarantee):
    assert_played_again_alike(dataclasses.replace(MEETING, seed=seed, guarantee=guarantee))


def test_what_is_recorded_can_be_stored():
    recorded = record(dataclasses.replace(MEETING, seed=3))
    assert Scenario.from_toml(recorded.to_toml()) == recorded
    kinds = {type(action) for action in recorded.adversary.actions}
    assert kinds == {Lose, Duplicate, Hold}


def test_a_calm_run_has_an_empty_script():
    scenario = Scenario(link=Link(delay=Constant(0.05)), messages=3)
    assert record(scenario).adversary == Script()


def test_a_calm_link_takes_its_usual_time():
    """The median of an exponential of mean 0.05 is 0.05 ln 2, about 0.0347."""
    link = Link(delay=Exponential(mean=0.05), loss=0.2, duplicate=0.1, ordered=True)
    assert calm(link) == Link(delay=Constant(0.035), ordered=True)
    assert calm(Link(delay=Constant(0.123))) == Link(delay=Constant(0.123))


def shop(net):
    """Two clients ask a server, by way of a worker; both crash at random, one is told when."""
    link = Link(delay=Exponential(mean=0.02), loss=0.1, duplicate=0.1)
    a, b, server, worker = (net.node(name) for name in ("a", "b", "server", "worker"))
    for one, other in ((a, server), (b, server), (server, worker)):
        net.connect(one, other, link)
    worker.on("work")(lambda message: None)

    @server.on("order")
    def handle(message):
        yield server.work(0.05)
        server.notify(worker, "work")

    for k, node in enumerate((server, worker)):
        net.inject(
            RandomCrashes(
                node=node.name,
                mean_time_to_failure=1.0,
                mean_time_to_repair=0.1,
                until=5.0,
                refuses=bool(k),
            )
        )
    net.inject(Crash(node="b", at=2.0, lasts=0.5, refuses=True))
    guarantee = AtLeastOnce(retry=Retry(timeout=0.2, max_attempts=4), acknowledge="before")
    for client in (a, b):
        client.send_each(Poisson(rate=20), server, "order", messages=100, guarantee=guarantee)
    net.run()


@pytest.mark.parametrize("seed", range(5))
def test_a_network_of_ones_own_is_recorded_with_its_crashes(seed):
    recorded = RecordedNetwork(seed)
    shop(recorded)
    assert {"crashed", "lost", "duplicated"} <= {row.event for row in recorded.trace}
    script = Script.from_toml(recorded.script.to_toml())
    again = CalmNetwork(seed, adversary=script)
    shop(again)
    assert again.trace.rows == recorded.trace.rows
    assert again.links == recorded.links
    assert again.missed == ()


class Flood:
    """A fault of one's own, which no script can say."""

    def steps(self, net):
        yield net.timeout(1.0)


def test_a_fault_that_no_script_can_say_is_refused():
    with pytest.raises(ValueError, match="a fault with an instant"):
        RecordedNetwork().inject(Flood())


def test_a_record_is_of_a_scenario():
    with pytest.raises(ValueError, match=r"record\.scenario must be a Scenario"):
        record("scenario")  # type: ignore[arg-type]  # it is no scenario
