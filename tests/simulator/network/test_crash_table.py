"""A crash in every state, under every guarantee: what is lost, what is duplicated.

One message, sent at 0 s over links of 0.1 s; handling takes 1 s; attempts are 3 s apart, five of
them, so that the last meets a receiver that is up. The receiver is down for 1 s.

    state                 the crash     why
    idle                  5.0 s         all is over: nothing changes
    receiving             0.05 s        the copy arrives at 0.1 s, and finds the receiver down
    handling              0.5 s         handling, from 0.1 s to 1.1 s, is cut short
    acknowledging         1.15 s        handled at 1.1 s; its acknowledgement is lost on its way,
                                        so the next copy, at 3.1 s, meets a receiver that restarted
"""

import pytest

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Handshake,
    Link,
    Network,
    Retry,
    Scripted,
    StoreAndForward,
)

RETRY = Retry(timeout=3.0, max_attempts=5)
CRASH_AT = {"idle": 5.0, "receiving": 0.05, "handling": 0.5, "acknowledging": 1.15}

BEST_EFFORT = BestEffort()
AT_MOST_ONCE = AtMostOnce()
AT_LEAST_ONCE = AtLeastOnce(retry=RETRY)
AT_LEAST_ONCE_BEFORE = AtLeastOnce(retry=RETRY, acknowledge="before")
EXACTLY_ONCE = ExactlyOnce(retry=RETRY)
EXACTLY_ONCE_VOLATILE = ExactlyOnce(retry=RETRY, durable=False)
EXACTLY_ONCE_BEFORE = ExactlyOnce(retry=RETRY, acknowledge="before")
HANDSHAKE = Handshake(retry=RETRY)
HANDSHAKE_VOLATILE = Handshake(retry=RETRY, durable=False)
STORE = StoreAndForward(retry=Retry(timeout=3.0, max_attempts=1), rest=0.5)

# guarantee, state: handovers, effects, belief
TABLE = [
    # Sent once: a crash loses the message, unless it was handled; nobody is told.
    (BEST_EFFORT, "idle", 1, 1, "sent"),
    (BEST_EFFORT, "receiving", 0, 0, "sent"),
    (BEST_EFFORT, "handling", 1, 0, "sent"),
    (BEST_EFFORT, "acknowledging", 1, 1, "sent"),
    (AT_MOST_ONCE, "idle", 1, 1, "sent"),
    (AT_MOST_ONCE, "receiving", 0, 0, "sent"),
    (AT_MOST_ONCE, "handling", 1, 0, "sent"),
    (AT_MOST_ONCE, "acknowledging", 1, 1, "sent"),
    # Resent until acknowledged: nothing is lost, and what was handled is handled again.
    (AT_LEAST_ONCE, "idle", 1, 1, "acknowledged"),
    (AT_LEAST_ONCE, "receiving", 1, 1, "acknowledged"),
    (AT_LEAST_ONCE, "handling", 2, 1, "acknowledged"),
    (AT_LEAST_ONCE, "acknowledging", 2, 2, "acknowledged"),
    (STORE, "idle", 1, 1, "acknowledged"),
    (STORE, "receiving", 1, 1, "acknowledged"),
    (STORE, "handling", 2, 1, "acknowledged"),
    (STORE, "acknowledging", 2, 2, "acknowledged"),
    # Acknowledged before handling: the sender is content, and what was cut short is lost.
    (AT_LEAST_ONCE_BEFORE, "idle", 1, 1, "acknowledged"),
    (AT_LEAST_ONCE_BEFORE, "receiving", 1, 1, "acknowledged"),
    (AT_LEAST_ONCE_BEFORE, "handling", 1, 0, "acknowledged"),
    (AT_LEAST_ONCE_BEFORE, "acknowledging", 2, 2, "acknowledged"),
    (EXACTLY_ONCE_BEFORE, "idle", 1, 1, "acknowledged"),
    (EXACTLY_ONCE_BEFORE, "receiving", 1, 1, "acknowledged"),
    (EXACTLY_ONCE_BEFORE, "handling", 1, 0, "acknowledged"),
    (EXACTLY_ONCE_BEFORE, "acknowledging", 1, 1, "acknowledged"),
    # Deduplicated: what was cut short is done again, what was handled is known, if memory lasts.
    (EXACTLY_ONCE, "idle", 1, 1, "acknowledged"),
    (EXACTLY_ONCE, "receiving", 1, 1, "acknowledged"),
    (EXACTLY_ONCE, "handling", 2, 1, "acknowledged"),
    (EXACTLY_ONCE, "acknowledging", 1, 1, "acknowledged"),
    (EXACTLY_ONCE_VOLATILE, "idle", 1, 1, "acknowledged"),
    (EXACTLY_ONCE_VOLATILE, "receiving", 1, 1, "acknowledged"),
    (EXACTLY_ONCE_VOLATILE, "handling", 2, 1, "acknowledged"),
    (EXACTLY_ONCE_VOLATILE, "acknowledging", 2, 2, "acknowledged"),
    # The handshake remembers until its release, which here comes after the crash.
    (HANDSHAKE, "idle", 1, 1, "acknowledged"),
    (HANDSHAKE, "receiving", 1, 1, "acknowledged"),
    (HANDSHAKE, "handling", 2, 1, "acknowledged"),
    (HANDSHAKE, "acknowledging", 1, 1, "acknowledged"),
    (HANDSHAKE_VOLATILE, "idle", 1, 1, "acknowledged"),
    (HANDSHAKE_VOLATILE, "receiving", 1, 1, "acknowledged"),
    (HANDSHAKE_VOLATILE, "handling", 2, 1, "acknowledged"),
    (HANDSHAKE_VOLATILE, "acknowledging", 2, 2, "acknowledged"),
]


def run(guarantee, state, *, refuses=False, crash="receiver"):
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver")
    lost = {(0, 1)} if state == "acknowledging" else set()
    net.connect(sender, receiver, Link(delay=Constant(0.1)), one_way=True)
    back = Link(delay=Constant(0.1), loss=Scripted(lost=lost))
    net.connect(receiver, sender, back, one_way=True)

    @receiver.on("work")
    def handle(_):
        yield net.timeout(1.0)

    sender.send(receiver, "work", guarantee=guarantee)
    net.inject(Crash(node=crash, at=CRASH_AT[state], lasts=1.0, refuses=refuses))
    net.run()
    ledger = sender.ledger
    return int(ledger["handovers"][0]), int(ledger["effects"][0]), str(ledger["belief"][0])


@pytest.mark.parametrize(("guarantee", "state", "handovers", "effects", "belief"), TABLE)
def test_a_crash_of_the_receiver(guarantee, state, handovers, effects, belief):
    assert run(guarantee, state) == (handovers, effects, belief)


def test_the_table_has_every_state_of_every_guarantee():
    seen = {(guarantee, state) for guarantee, state, *_ in TABLE}
    assert len(seen) == len(TABLE) == len({guarantee for guarantee, *_ in TABLE}) * len(CRASH_AT)


@pytest.mark.parametrize("guarantee", [AT_LEAST_ONCE, EXACTLY_ONCE])
def test_a_receiver_that_refuses_while_down_only_makes_the_sender_retry_sooner(guarantee):
    """Refused at 0.1 s, 0.3 s, 0.5 s…: five attempts are over before the receiver is back."""
    assert run(guarantee, "receiving", refuses=True) == (0, 0, "gave_up")


@pytest.mark.parametrize(
    ("guarantee", "belief"),
    [(BEST_EFFORT, "sent"), (AT_MOST_ONCE, "sent"), (AT_LEAST_ONCE, "forgot"), (STORE, "forgot")],
)
def test_a_sender_that_crashes_knows_nothing_of_what_it_waited_for(guarantee, belief):
    """The copy is on its way, and is handled; the sender's memory of it is gone."""
    assert run(guarantee, "receiving", crash="sender") == (1, 1, belief)


def test_a_message_in_the_backlog_of_a_crashed_node_is_lost_until_it_is_sent_again():
    net = Network(seed=1)
    sender, receiver = net.node("sender"), net.node("receiver", workers=1)
    net.connect(sender, receiver, Link(delay=Constant(0.1)))

    @receiver.on("work")
    def handle(_):
        yield net.timeout(1.0)

    for _ in range(2):
        sender.send(receiver, "work", guarantee=AT_LEAST_ONCE)
    net.inject(Crash(node="receiver", at=0.5, lasts=1.0))
    net.run()
    # The first was being handled and is handled again; the second had not begun.
    assert sender.ledger["handovers"].tolist() == [2, 1]
    assert sender.ledger["effects"].tolist() == [1, 1]
    assert sender.ledger["delivered_s"].tolist() == [0.1, 4.1]
