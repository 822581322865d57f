"""Two ways to one answer: ledgers and link counts equal to the last bit.

The network runs the protocols as written; the vectorized engine restates the four guarantees.
"""

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    ConstantBackoff,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    GilbertElliott,
    Link,
    Network,
    NoBackoff,
    NotVectorizable,
    Pareto,
    Periodic,
    Retry,
    Scenario,
    simulate,
)
from simulator.engines import vectorized
from simulator.metrics import summarize
from simulator.policies import Promise
from tests.simulator.both_engines import BOTH, on_the_network
from tests.simulator.both_engines import vectorized as by_arrays
from tests.simulator.strategies import scenarios


def agree(scenario, replication=0):
    """Run a scenario in both ways, compare them, and return the network's outcome."""
    network, arrays = on_the_network(scenario, replication), by_arrays(scenario, replication)
    assert (network.engine, arrays.engine) == ("discrete-event", "vectorized")
    assert arrays.ledger == network.ledger
    assert arrays.links == network.links
    return network


@settings(max_examples=200, deadline=None)
@given(scenario=scenarios)
def test_both_engines_return_the_same_ledger_and_the_same_counts(scenario):
    agree(scenario, replication=3)


@settings(max_examples=20, deadline=None)
@given(scenario=scenarios)
def test_the_same_ledger_is_the_same_table(scenario):
    tables = [way(scenario).ledger.to_frame().to_dict("list").__repr__() for way in BOTH]
    assert tables[0] == tables[1]


@settings(max_examples=30, deadline=None)
@given(scenario=scenarios)
def test_a_trace_changes_nothing(scenario):
    untraced = simulate(scenario, engine="discrete-event", replication=1)
    traced = simulate(scenario, engine="discrete-event", replication=1, trace=True)
    assert bool(traced.trace.rows) == bool(len(traced.ledger))
    assert untraced.ledger == traced.ledger
    assert untraced.links == traced.links


class LosesLarge:
    """Loses whatever is larger than an acknowledgement."""

    def loses(self, transmission, u):
        return transmission.size_bytes > 40


def test_a_loss_sees_the_size_of_what_is_sent_traced_or_not():
    scenario = Scenario(link=Link(loss=LosesLarge()), messages=10)
    for trace in (False, True):
        outcome = simulate(scenario, engine="discrete-event", trace=trace)
        assert outcome.summary["loss_rate"] == 1
    small = scenario.replace("workload", Periodic(interval=0.01, size_bytes=40))
    for trace in (False, True):
        outcome = simulate(small, engine="discrete-event", trace=trace)
        assert outcome.summary["ack_latency_mean"] == 0


@settings(max_examples=100, deadline=None)
@given(scenario=scenarios)
def test_a_summary_alone_is_that_of_the_ledger(scenario):
    whole = simulate(scenario, engine="vectorized")
    for engine in ("vectorized", "discrete-event"):
        alone = simulate(scenario, engine=engine, keep="summary")
        assert alone.links == whole.links
        assert (alone.verdict.status, alone.verdict.message) == (
            whole.verdict.status,
            whole.verdict.message,
        )
        for name, value in whole.summary.items():
            if "_p" in name:  # a percentile, from a histogram
                assert alone.summary[name] == pytest.approx(value, rel=0.005, nan_ok=True)
            else:
                assert alone.summary[name].hex() == value.hex()
        assert alone.tally.latency == whole.tally.latency


W1 = Scenario(
    guarantee=AtLeastOnce(
        retry=Retry(timeout=0.2, timeout_factor=2, backoff=NoBackoff(), max_attempts=4)
    ),
    link=Link(delay=Exponential(mean=0.05), loss=0.1),
    workload=Periodic(interval=0.01),
    messages=20_000,
)


def test_they_agree_on_20_000_messages():
    agree(W1)


@pytest.mark.slow
def test_they_agree_on_200_000_messages():
    agree(W1.replace("messages", 200_000))


def test_a_run_that_kept_its_summary_has_no_ledger_to_look_at():
    outcome = simulate(Scenario(messages=10), keep="summary")
    with pytest.raises(ValueError, match=r'simulate\.keep must be "ledger"'):
        _ = outcome.ledger
    with pytest.raises(ValueError, match=r"simulate\.keep"):
        simulate(Scenario(messages=10), keep="everything")  # type: ignore[arg-type]  # it is no choice
    assert "10 messages" in repr(outcome)


def test_a_violation_is_explained_though_no_ledger_was_kept():
    class Careless(AtLeastOnce):
        promises = frozenset({Promise.NEVER_TWICE})

    link = Link(delay=Exponential(mean=0.05), loss=0.3)
    scenario = Scenario(guarantee=Careless(), link=link, messages=500)
    whole, alone = simulate(scenario), simulate(scenario, keep="summary")
    assert whole.verdict.status == "violated"
    assert alone.verdict.explain() == whole.verdict.explain()


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None)
@given(scenario=scenarios)
def test_both_engines_return_the_same_on_many_more(scenario):
    agree(scenario)


@pytest.mark.parametrize("guarantee", [AtLeastOnce, ExactlyOnce])
@pytest.mark.parametrize("attempts", [1, 3, None])
def test_they_agree_where_all_comes_at_once(guarantee, attempts):
    """A round trip is a timeout, a pause and an interval: each instant is a tie."""
    retry = Retry(timeout=0.1, backoff=ConstantBackoff(0.1), max_attempts=attempts)
    scenario = Scenario(
        guarantee=guarantee(retry=retry),
        link=Link(delay=Constant(0.05), loss=0.2, duplicate=0.2),
        return_link=Link(delay=Constant(0.05), loss=0.4, duplicate=0.1),
        workload=Periodic(interval=0.1),
        messages=200,
        seed=6,
    )
    network = agree(scenario)
    assert network.links["receiver→sender"].lost > 0
    # The first round trip ends at the very instant of the first timeout, and counts.
    at_once = network.ledger["acknowledged_s"] - network.ledger["created_s"] < 0.15
    assert (network.ledger["attempts"][at_once] == 1).all()
    assert 0.3 < at_once.mean() < 0.7


def test_they_agree_over_many_blocks_of_draws():
    retry = Retry(timeout=0.1, backoff=ExponentialBackoff(base=0.05, jitter="full"))
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=retry),
        link=Link(delay=Exponential(mean=0.05), loss=0.3, duplicate=0.1),
        messages=3_000,
        seed=9,
    )
    agree(scenario)


def test_they_agree_at_the_end_of_time():
    """Delays of a heavy tail that outlasts the clock, and pauses that double 10,000 times."""
    retry = Retry(timeout=1e6, backoff=ExponentialBackoff(base=1e6), max_attempts=10_000)
    scenario = Scenario(
        guarantee=AtLeastOnce(retry=retry),
        link=Link(delay=Pareto(mean=1e9, shape=1.01), loss=0.9),
        messages=50,
    )
    assert agree(scenario).ledger["undecided"].any()


def test_a_scenario_equals_the_same_thing_written_by_hand():
    guarantee = AtLeastOnce(retry=Retry(timeout=0.1))
    link = Link(delay=Exponential(mean=0.05), loss=GilbertElliott.from_rate(rate=0.2, burst=4))
    net = Network(seed=5)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, link)

    @receiver.on("order")
    def handle(message):
        return None

    def customer():
        for _ in range(200):
            sender.send(receiver, "order", guarantee=guarantee)
            yield net.timeout(0.01)

    net.process(customer())
    net.run()
    scenario = Scenario(guarantee=guarantee, link=link, messages=200, seed=5)
    outcome = simulate(scenario, trace=True)
    assert outcome.ledger == sender.ledger
    assert outcome.links == net.links
    assert outcome.trace.rows == net.trace.rows


def test_same_luck_whatever_the_guarantee():
    """Where both sent, best effort and at-least-once lost and delayed the same first copies."""
    link = Link(delay=Exponential(mean=0.01), loss=0.3)
    raw = simulate(Scenario(guarantee=BestEffort(), link=link, seed=2)).ledger
    once = AtLeastOnce(retry=Retry(timeout=0.5, max_attempts=1))
    acknowledged = simulate(Scenario(guarantee=once, link=link, seed=2)).ledger
    assert (raw["handovers"] == acknowledged["handovers"]).all()
    assert raw["delivered_s"].tobytes() == acknowledged["delivered_s"].tobytes()


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(link=Link(loss=GilbertElliott.from_rate(rate=0.1, burst=8))),
        Scenario(guarantee=ExactlyOnce(window=10)),
    ],
)
def test_the_vectorized_engine_refuses_by_name_what_it_cannot_do(scenario):
    with pytest.raises(NotVectorizable, match=r"loss|window"):
        simulate(scenario, engine="vectorized")
    assert simulate(scenario).engine == "discrete-event"


def test_the_vectorized_engine_refuses_to_trace():
    with pytest.raises(NotVectorizable, match="trace"):
        simulate(Scenario(), engine="vectorized", trace=True)
    assert simulate(Scenario(messages=3), trace=True).engine == "discrete-event"


def test_the_first_messages_do_not_depend_on_how_many_follow():
    link = Link(delay=Exponential(mean=0.05), loss=0.2)
    short = simulate(Scenario(link=link, messages=100)).ledger.to_frame()
    long = simulate(Scenario(link=link, messages=1_000)).ledger.to_frame()
    assert short.equals(long.head(100))


def test_constant_delays_need_no_luck():
    outcome = simulate(Scenario(link=Link(delay=Constant(0.05)), workload=Periodic(interval=1.0)))
    assert set(outcome.ledger["attempts"]) == {1}


def untraced(message):
    return None


@settings(max_examples=20, deadline=None)
@given(scenario=scenarios, cut=st.integers(0, 3))
def test_summaries_of_parts_are_merged_to_that_of_all(scenario, cut):
    with (
        mock.patch.multiple("simulator.engines.creation", BLOCK=16),
        mock.patch.multiple("simulator.engines.vectorized", BLOCK=16),
    ):
        whole = vectorized.run_blocks(scenario, 0, 0, None, "summary")
        first = vectorized.run_blocks(scenario, 0, 0, cut, "summary")
        first.merge(vectorized.run_blocks(scenario, 0, cut, None, "summary"))
    assert first.tally is not None
    assert whole.tally is not None
    assert first.links == whole.links
    assert repr(summarize(first.tally)) == repr(summarize(whole.tally))
    assert first.tally.latency == whole.tally.latency
    verdicts = [run.judge.verdict(untraced) for run in (first, whole)]
    assert verdicts[0].status == verdicts[1].status
    assert verdicts[0].message == verdicts[1].message
    ledger = vectorized.run_blocks(scenario, 0, 0, None, "ledger").ledger
    assert ledger is not None
    assert len(ledger) == whole.tally.messages
