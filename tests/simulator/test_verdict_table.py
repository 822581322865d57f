"""What becomes of one message, and which promises that keeps: six guarantees, nine conditions.

Three messages are sent, a second apart, and something happens to message 1. The table was written
by hand, from the description of each guarantee: what its sender does at each timeout, and what its
receiver does with each copy.
"""

from typing import Any

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    Duplicate,
    ExactlyOnce,
    Handshake,
    Hold,
    Link,
    Lose,
    Network,
    NoBackoff,
    Periodic,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
    simulate,
)
from simulator.policies import Promise
from simulator.verdict import judge

RETRY = Retry(timeout=0.2, backoff=NoBackoff(), max_attempts=3)
GUARANTEES: dict[str, Any] = {
    "best effort": BestEffort(),
    "at most once": AtMostOnce(),
    "at least once": AtLeastOnce(retry=RETRY),
    "exactly once": ExactlyOnce(retry=RETRY),
    "handshake": Handshake(retry=RETRY),
    "store and forward": StoreAndForward(retry=RETRY, rest=0.1),
}
CONDITIONS: dict[str, tuple[Any, ...]] = {
    "all is well": (),
    "its first copy is lost": (Lose(message=1, attempt=1, what="data"),),
    "its first answer is lost": (Lose(message=1, attempt=1, what="acknowledgement"),),
    "its first copy is duplicated": (Duplicate(message=1, attempt=1, what="data"),),
    "its first copy comes last": (Hold(message=1, attempt=1, what="data", seconds=0.6),),
    "its copies are all lost": tuple(Lose(message=1, attempt=k, what="data") for k in (1, 2, 3)),
    "its answers are all lost": tuple(
        Lose(message=1, attempt=k, what="acknowledgement") for k in (1, 2, 3)
    ),
    "its first release is lost": (Lose(message=1, attempt=2, what="data"),),
    "its receiver is down": (Crash(node="receiver", at=0.9, lasts=0.2),),
}
KEPT, TWICE, LOST = None, Promise.NEVER_TWICE, Promise.NEVER_LOST_IN_SILENCE

# Of message 1: how often sent, how often handed over, what its sender believes, and the promise
# that this breaks, whether it was given or not.
TABLE = {
    "best effort": (
        (1, 1, "sent", KEPT),
        (1, 0, "sent", LOST),
        (1, 1, "sent", KEPT),
        (1, 2, "sent", TWICE),
        (1, 1, "sent", KEPT),
        (1, 0, "sent", LOST),
        (1, 1, "sent", KEPT),
        (1, 1, "sent", KEPT),
        (1, 0, "sent", LOST),
    ),
    "at most once": (
        (1, 1, "sent", KEPT),
        (1, 0, "sent", LOST),
        (1, 1, "sent", KEPT),
        (1, 1, "sent", KEPT),
        (1, 1, "sent", KEPT),
        (1, 0, "sent", LOST),
        (1, 1, "sent", KEPT),
        (1, 1, "sent", KEPT),
        (1, 0, "sent", LOST),
    ),
    "at least once": (
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
        (2, 2, "acknowledged", TWICE),
        (1, 2, "acknowledged", TWICE),
        (2, 2, "acknowledged", TWICE),
        (3, 0, "gave_up", KEPT),
        (3, 3, "gave_up", TWICE),
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
    ),
    "exactly once": (
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
        (3, 0, "gave_up", KEPT),
        (3, 1, "gave_up", KEPT),
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
    ),
    # One sending more, of the release; a copy that comes after it is new to the receiver.
    "handshake": (
        (2, 1, "acknowledged", KEPT),
        (3, 1, "acknowledged", KEPT),
        (3, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
        (3, 2, "acknowledged", TWICE),
        (3, 0, "gave_up", KEPT),
        (3, 1, "gave_up", KEPT),
        (3, 1, "acknowledged", KEPT),
        (3, 1, "acknowledged", KEPT),
    ),
    # It never gives up: three attempts, a rest, and a fourth.
    "store and forward": (
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
        (2, 2, "acknowledged", TWICE),
        (1, 2, "acknowledged", TWICE),
        (2, 2, "acknowledged", TWICE),
        (4, 1, "acknowledged", KEPT),
        (4, 4, "acknowledged", TWICE),
        (1, 1, "acknowledged", KEPT),
        (2, 1, "acknowledged", KEPT),
    ),
}
CELLS = [
    (guarantee, condition, expected)
    for guarantee, row in TABLE.items()
    for condition, expected in zip(CONDITIONS, row, strict=True)
]


def untraced(message):
    return None


def broken(ledger, promise):
    """The message by which a promise is broken, None if it is kept."""
    return judge(ledger, frozenset({promise}), untraced).message


@pytest.mark.parametrize(("guarantee", "condition", "expected"), CELLS)
def test_what_becomes_of_a_message_and_which_promises_it_keeps(guarantee, condition, expected):
    attempts, handovers, belief, violation = expected
    scenario = Scenario(
        guarantee=GUARANTEES[guarantee],
        link=Link(delay=Constant(0.05)),
        workload=Periodic(interval=1.0),
        messages=3,
        adversary=Script(CONDITIONS[condition]),
    )
    outcome = simulate(scenario)
    row = outcome.ledger.to_frame().iloc[1]
    assert (row["attempts"], row["handovers"], row["belief"]) == (attempts, handovers, belief)
    for promise in Promise:
        assert broken(outcome.ledger, promise) == (1 if promise is violation else None)
    promises = GUARANTEES[guarantee].promises
    status = "held" if promises else "no promise"
    assert outcome.verdict.status == ("violated" if violation in promises else status)


PATIENT = Retry(timeout=1.0, backoff=NoBackoff(), max_attempts=6)


@pytest.mark.parametrize(
    ("guarantee", "belief"),
    [
        (BestEffort(), "sent"),
        (AtMostOnce(), "sent"),
        (AtLeastOnce(retry=PATIENT), "acknowledged"),
        (ExactlyOnce(retry=PATIENT), "acknowledged"),
        (Handshake(retry=PATIENT), "acknowledged"),
        (StoreAndForward(retry=PATIENT, parallel=2), "acknowledged"),
    ],
)
def test_what_a_full_receiver_refuses_is_not_acknowledged_but_sent_again(guarantee, belief):
    """Message 1 finds the only worker busy for 0.3 s, and no room to wait."""
    net = Network(seed=1)
    sender = net.node("sender")
    receiver = net.node("receiver", workers=1, backlog=0)
    net.connect(sender, receiver, Link(delay=Constant(0.05)))

    @receiver.on("work")
    def handle(message):
        yield receiver.work(0.3)

    for _ in range(2):
        sender.send(receiver, "work", guarantee=guarantee)
    net.run()
    known = belief == "acknowledged"
    assert sender.ledger["handovers"].tolist() == [1, int(known)]
    assert sender.ledger["belief"].tolist()[1] == belief
    assert broken(sender.ledger, LOST) == (None if known else 1)


def test_what_waits_for_its_turn_is_not_lost_in_silence_but_undecided():
    """Store and forward, over a link that loses everything: three attempts every 0.7 s."""
    scenario = Scenario(
        guarantee=GUARANTEES["store and forward"],
        link=Link(loss=1.0),
        workload=Periodic(interval=0.1),
        messages=3,
        horizon=1.35,
    )
    outcome = simulate(scenario)
    assert outcome.ledger["attempts"].tolist() == [6, 0, 0]
    assert outcome.ledger["belief"].tolist() == ["waiting"] * 3
    assert outcome.verdict.status == "undecided"
