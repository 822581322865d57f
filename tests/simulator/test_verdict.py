"""The verdict: held, violated, undecided, or no promise."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    Link,
    Periodic,
    Retry,
    Scenario,
    Scripted,
    simulate,
)
from simulator.policies import Promise

LOSSY = Link(delay=Constant(0.05), loss=0.3, duplicate=0.2)


@pytest.mark.parametrize(
    ("guarantee", "status"),
    [
        (BestEffort(), "no promise"),
        (AtMostOnce(), "held"),
        (AtLeastOnce(), "held"),
        (ExactlyOnce(), "held"),
    ],
)
def test_each_guarantee_holds_what_it_promises(guarantee, status):
    verdict = simulate(Scenario(guarantee=guarantee, link=LOSSY)).verdict
    assert verdict.status == status
    assert verdict.message is None
    assert status in verdict.explain()


def test_a_forgetful_receiver_breaks_exactly_once_and_the_timeline_tells_how():
    """It remembers one message; message 1 comes between the two attempts of message 0."""
    scenario = Scenario(
        guarantee=ExactlyOnce(retry=Retry(timeout=0.2), window=1),
        link=Link(delay=Constant(0.05)),
        return_link=Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})),
        workload=Periodic(interval=0.1),
        messages=2,
    )
    for trace in (True, False):  # told from the trace, or from running it again
        verdict = simulate(scenario, trace=trace).verdict
        assert verdict.status == "violated"
        assert verdict.message == 0
        story = verdict.explain()
        assert "handed over twice" in story
        assert story.count("receiver         handles message 0") == 2
        assert "message 1" not in story.splitlines()[1]


@dataclass(frozen=True)
class Boastful:
    """Sends once, waits for nothing, and promises that nothing is lost."""

    promises: ClassVar = frozenset({Promise.NEVER_LOST_IN_SILENCE})

    def send(self, channel, message):
        channel.transmit(message, attempt=1)

    def receive(self, channel, copy):
        channel.hand_over(copy)


def test_a_loss_in_silence_is_a_violation():
    scenario = Scenario(guarantee=Boastful(), link=Link(loss=Scripted(lost={(4, 1)})), messages=9)
    verdict = simulate(scenario).verdict
    assert verdict.status == "violated"
    assert verdict.message == 4
    assert verdict.explain().splitlines() == [
        "violated by message 4: every message is handed over, or its sender knows that it gave up",
        "0.040 s  sender           creates message 4",
        "0.040 s  sender           sends message 4",
        "0.040 s  sender→receiver  lost on the way: message 4",
    ]


def test_what_is_still_open_at_the_horizon_is_undecided():
    scenario = Scenario(
        guarantee=AtLeastOnce(), link=Link(delay=Constant(10.0)), messages=3, horizon=0.05
    )
    assert simulate(scenario).verdict.status == "undecided"


@pytest.mark.parametrize(
    ("guarantee", "explanation"),
    [
        (BestEffort(), "aucune promesse"),
        (AtMostOnce(), "promesse tenue : aucune violation sur 1\u202f000 messages"),
        (
            ExactlyOnce(window=1),
            "promesse rompue par le message 0 : aucun message",
        ),
    ],
)
def test_a_verdict_explains_itself_in_french(guarantee, explanation):
    scenario = Scenario(
        guarantee=guarantee,
        link=Link(delay=Constant(0.05)),
        return_link=Link(delay=Constant(0.05), loss=Scripted(lost={(0, 1)})),
        messages=1_000,
    )
    assert simulate(scenario).verdict.explain(language="fr").startswith(explanation)


def test_a_verdict_refuses_another_language():
    with pytest.raises(ValueError, match="language must be"):
        simulate(Scenario(messages=1)).verdict.explain(language="de")
