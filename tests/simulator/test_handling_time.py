"""A scenario whose handler takes time: `Scenario(handling=…)`."""

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Link,
    Network,
    NotVectorizable,
    Retry,
    Scenario,
    Script,
    SlowNode,
    simulate,
)

LINK = Link(delay=Constant(0.01))


def scenario(**changes):
    parts = {"link": LINK, "handling": Constant(0.1), "messages": 1, **changes}
    return Scenario(**parts)


def test_the_acknowledgement_comes_after_the_handling_and_the_handover_before():
    outcome = simulate(scenario(guarantee=AtLeastOnce()), trace=True)
    ledger = outcome.ledger
    assert ledger["delivered_s"][0] == pytest.approx(0.01)
    assert ledger["acknowledged_s"][0] == pytest.approx(0.12)
    rows = [(row.event, row.time_s) for row in outcome.trace]
    assert ("handed_over", 0.01) in rows
    assert ("handled", pytest.approx(0.11)) in rows


def test_a_retry_that_comes_during_the_handling_waits_for_it_under_exactly_once():
    retry = Retry(timeout=0.05, max_attempts=5)
    for guarantee, handovers in ((AtLeastOnce(retry=retry), 3), (ExactlyOnce(retry=retry), 1)):
        ledger = simulate(scenario(guarantee=guarantee)).ledger
        # Sent at 0, 0.05 and 0.1; the answer to the first comes at 0.12.
        assert (ledger["attempts"][0], ledger["handovers"][0]) == (3, handovers)
        assert ledger["acknowledged_s"][0] == pytest.approx(0.12)


def test_it_handles_as_many_at_a_time_as_there_are():
    ledger = simulate(scenario(messages=50, guarantee=AtLeastOnce())).ledger
    after = ledger["acknowledged_s"] - ledger["created_s"]
    assert after == pytest.approx(np.full(50, 0.12))


def test_times_are_addressed_by_message_the_same_for_each_copy_and_each_guarantee():
    """What is handled twice takes as long again, whoever sends it and how often."""
    times = {}
    for name, guarantee in (
        ("at least once", AtLeastOnce(retry=Retry(timeout=0.05, max_attempts=9))),
        ("at most once", AtMostOnce()),
    ):
        outcome = simulate(
            scenario(messages=30, guarantee=guarantee, handling=Exponential(mean=0.1)), trace=True
        )
        begun = {}
        for row in outcome.trace:
            copy = row.message, row.attempt
            if row.event == "handed_over":
                begun[copy] = row.time_s
            elif row.event == "handled":
                times.setdefault((row.message, name), set()).add(round(row.time_s - begun[copy], 9))
    for message in range(30):
        assert len(times[message, "at least once"]) == 1
        assert times[message, "at least once"] == times[message, "at most once"]


def test_their_mean_is_that_of_the_delay():
    outcome = simulate(
        scenario(messages=4_000, guarantee=AtLeastOnce(), handling=Exponential(mean=0.03))
    )
    took = outcome.ledger["acknowledged_s"] - outcome.ledger["created_s"] - 0.02
    error = took.std() / np.sqrt(len(took))
    assert abs(took.mean() - 0.03) < 4 * error


def test_it_is_the_handler_that_one_would_write_by_hand():
    parts = scenario(messages=40, guarantee=ExactlyOnce(), handling=Exponential(mean=0.2), seed=7)
    net = Network(seed=7)
    sender, receiver = net.node("sender"), net.node("receiver")
    net.connect(sender, receiver, LINK)

    @receiver.on("message")
    def handle(message):
        yield receiver.work(message.sample(Exponential(mean=0.2)))

    def program():
        for _ in range(40):
            sender.send(receiver, "message", guarantee=ExactlyOnce())
            yield net.timeout(0.01)

    net.process(program())
    net.run()
    assert simulate(parts).ledger.to_frame().equals(sender.ledger.to_frame())


def test_a_crash_in_the_middle_of_it_undoes_it():
    crash = Script([Crash(node="receiver", at=0.05, lasts=0.1)])
    outcome = simulate(scenario(guarantee=ExactlyOnce(), adversary=crash), trace=True)
    assert outcome.ledger["handovers"][0] == 2
    assert outcome.ledger["effects"][0] == 1
    assert [row.event for row in outcome.trace].count("handled") == 1
    slow = Script([SlowNode(node="receiver", factor=3.0, at=0.0, lasts=1.0)])
    ledger = simulate(
        scenario(guarantee=AtLeastOnce(retry=Retry(timeout=9)), adversary=slow)
    ).ledger
    assert ledger["acknowledged_s"][0] == pytest.approx(0.32)


def test_the_vectorized_engine_refuses_it_by_name_and_auto_does_without():
    parts = scenario(messages=20)
    with pytest.raises(NotVectorizable, match=r"handling Constant\(seconds=0\.1\)"):
        simulate(parts, engine="vectorized")
    assert simulate(parts).engine == "discrete-event"


def test_it_is_in_toml_where_there_is_one_and_nowhere_else():
    parts = scenario(handling=Exponential(mean=0.1))
    assert Scenario.from_toml(parts.to_toml()) == parts
    assert "handling" not in scenario(handling=None).to_toml()
    assert scenario(handling=None).identity == Scenario(link=LINK, messages=1).identity


@pytest.mark.parametrize("handling", [0.1, -1, "slow", Constant, [Constant(0.1)], {}])
def test_what_is_no_delay_is_refused(handling):
    with pytest.raises(ValueError, match=r"Scenario\.handling must be a delay"):
        Scenario(handling=handling)
