"""What cannot run live is refused before anything starts, by name."""

import re
import subprocess
from dataclasses import dataclass

import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    CircuitBreaker,
    Constant,
    Crash,
    Cut,
    EndlessRun,
    ExactlyOnce,
    GilbertElliott,
    Link,
    Lose,
    NotLive,
    Periodic,
    Retry,
    RetryBudget,
    Scenario,
    Script,
    StoreAndForward,
    simulate,
)
from simulator.live import duration, predict, refusals, run
from simulator.live.packing import pack, unpack
from tests.simulator.live.own import LosesEveryThird, SendTwice

CALM = Scenario(link=Link(delay=Constant(0.01)), messages=10)


@dataclass(frozen=True)
class Local:
    """A guarantee that another process could import; those in functions it could not."""

    def send(self, channel, message):
        channel.transmit(message, attempt=1)

    def receive(self, channel, copy):
        channel.hand_over(copy)


def in_a_notebook():
    """Return a guarantee whose class is nowhere but in this process."""
    kind = dataclass(frozen=True)(type("Mine", (Local,), {}))
    kind.__module__ = "__main__"
    return kind()


def retry(**settings):
    return AtLeastOnce(retry=Retry(**settings))


REFUSED = {
    "link.loss": CALM.replace("link.loss", GilbertElliott(p=0.1, r=0.5)),
    "return_link.loss": CALM.replace("return_link", Link(loss=GilbertElliott(p=0.1, r=0.5))),
    "it may remember, as it is not a frozen dataclass": CALM.replace(
        "link.loss", LosesEveryThird()
    ),
    "link.ordered": CALM.replace("link.ordered", value=True),
    "link.bandwidth": CALM.replace("link.bandwidth", 1e6),
    "guarantee.retry.timeout": CALM.replace("guarantee", retry(timeout=AdaptiveTimeout())),
    "guarantee.retry.budget": CALM.replace("guarantee", retry(budget=RetryBudget())),
    "guarantee.retry.breaker": CALM.replace("guarantee", retry(breaker=CircuitBreaker())),
    "guarantee.window": CALM.replace("guarantee", ExactlyOnce(window=5)),
    "guarantee.max_age": CALM.replace("guarantee", ExactlyOnce(max_age=5.0)),
    "horizon None": CALM.replace("guarantee", StoreAndForward()),
    "workload.size_bytes 60,001": CALM.replace(
        "workload", Periodic(interval=0.01, size_bytes=60_001)
    ),
    "adversary Lose(message=0": CALM.replace("adversary", Script([Lose(message=0)])),
    "adversary Cut(": CALM.replace(
        "adversary", Script([Cut(sender="sender", receiver="receiver", at=0.0, lasts=1.0)])
    ),
    "adversary Crash(": CALM.replace(
        "adversary", Script([Crash(node="receiver", at=0.0, lasts=1.0, refuses=True)])
    ),
    "more than 9 crashes": CALM.replace(
        "adversary",
        Script([Crash(node="receiver", at=at / 10, lasts=0.05) for at in range(10)]),
    ),
    "Mine is defined in the program or notebook itself": CALM.replace("guarantee", in_a_notebook()),
    "it takes 63 s or more": CALM.replace("link.delay", Constant(31.5)).replace("messages", 1),
    "it takes 61 s or more, and more than 60 s": CALM.replace(
        "workload", Periodic(interval=61.0)
    ).replace("messages", 2),
}


@pytest.mark.parametrize("named", REFUSED)
def test_refused_by_name(named, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)  # nothing is started
    with pytest.raises(NotLive, match=re.escape(named)) as raised:
        simulate(REFUSED[named], engine="live")
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize("act", [run, predict, duration])
def test_what_never_ends_is_refused(act, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)  # nothing is started
    endless = CALM.replace("link.loss", 1.0).replace("guarantee", retry(max_attempts=None))
    with pytest.raises(EndlessRun, match="this run would never end"):
        act(endless)


def test_each_reason_is_named():
    bad = CALM.replace("link.ordered", value=True).replace("guarantee", ExactlyOnce(window=5))
    assert len(refusals(bad)) == 3  # the link back is like the link


def test_a_summary_is_refused():
    with pytest.raises(ValueError, match=r"^simulate\.keep must be \"ledger\" where engine is"):
        simulate(CALM, engine="live", keep="summary")


@pytest.mark.parametrize("guarantee", [SendTwice(after=0.25), Local(), ExactlyOnce()])
def test_what_is_packed_comes_out_as_it_was(guarantee):
    scenario = CALM.replace("guarantee", guarantee)
    assert not refusals(scenario)
    assert unpack(pack(scenario)) == scenario


def test_a_class_within_a_function_is_refused():
    @dataclass(frozen=True)
    class Inner(Local):
        """One that nobody can import."""

    reasons = refusals(CALM.replace("guarantee", Inner()))
    assert len(reasons) == 1
    assert "cannot import" in reasons[0]
