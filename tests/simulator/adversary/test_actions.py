"""Each action does what its name says: timelines by hand, on a link that takes 50 ms."""

import pytest

from simulator import (
    AtLeastOnce,
    BestEffort,
    Constant,
    Crash,
    Cut,
    Duplicate,
    Hold,
    Link,
    Lose,
    Network,
    Partition,
    Periodic,
    Retry,
    Scenario,
    Script,
    simulate,
)

RETRY = AtLeastOnce(retry=Retry(timeout=0.2))
ONCE = BestEffort()


def story(*actions, guarantee=RETRY, messages=1, link=None):
    """What happens, as (seconds, event), to the message that is sent first."""
    scenario = Scenario(
        guarantee=guarantee,
        link=link or Link(delay=Constant(0.05)),
        workload=Periodic(interval=0.1),
        messages=messages,
        adversary=Script(actions),
    )
    outcome = simulate(scenario, trace=True)
    assert outcome.missed == ()
    return [(row.time_s, row.event) for row in outcome.trace.of(0)]


SENT_AGAIN = [
    (0.2, "timed_out"),
    (0.2, "sent"),
    (0.25, "arrived"),
    (0.25, "handed_over"),
    (0.25, "handled"),
    (0.25, "ack_sent"),
    (0.3, "arrived"),
    (0.3, "acknowledged"),
]
HANDLED = [(0.05, "arrived"), (0.05, "handed_over"), (0.05, "handled"), (0.05, "ack_sent")]
SENT = [(0, "created"), (0, "sent")]


def test_data_are_lost_and_sent_again():
    assert story(Lose(message=0)) == [*SENT, (0, "lost"), *SENT_AGAIN]


def test_the_second_attempt_is_lost_too():
    told = story(Lose(message=0), Lose(message=0, attempt=2))
    assert told[:6] == [*SENT, (0, "lost"), (0.2, "timed_out"), (0.2, "sent"), (0.2, "lost")]
    assert told[-1] == (0.5, "acknowledged")


def test_an_acknowledgement_is_lost():
    told = story(Lose(message=0, what="acknowledgement"))
    assert told == [*SENT, *HANDLED, (0.05, "lost"), *SENT_AGAIN]


def test_the_second_acknowledgement_of_all_is_lost():
    """Message 0 is acknowledged at once; message 1, sent at 0.1 s, after a second attempt."""
    scenario = Scenario(
        guarantee=RETRY,
        link=Link(delay=Constant(0.05)),
        workload=Periodic(interval=0.1),
        messages=2,
        adversary=Script([Lose(what="acknowledgement", nth=2)]),
    )
    assert simulate(scenario).ledger["acknowledged_s"].tolist() == [0.1, 0.4]


def test_the_third_transmission_is_the_second_message_sent_again():
    """Sent: message 0 at 0 s (lost), message 1 at 0.1 s, message 0 at 0.2 s (lost), and 0.4 s."""
    told = story(Lose(message=0), Lose(nth=3), messages=2)
    assert [time for time, event in told if event == "sent"] == [0, 0.2, 0.4]


@pytest.mark.parametrize(("hold", "second"), [(None, 0.05), (0.3, 0.3), (0.01, 0.01)])
def test_a_copy_is_made_and_held(hold, second):
    told = story(Duplicate(message=0, hold=hold), guarantee=ONCE)
    assert told[2] == (0, "duplicated")
    assert sorted(time for time, event in told if event == "handed_over") == sorted([0.05, second])


def test_the_acknowledgement_of_the_networks_copy_alone_is_lost():
    told = story(Duplicate(message=0), Lose(message=0, what="acknowledgement", copy=1))
    assert [time for time, event in told if event == "lost"] == [0.05]
    assert [time for time, event in told if event == "acknowledged"] == [0.1]


@pytest.mark.parametrize("seconds", [1.0, 0.01, 0.0])
def test_a_held_message_takes_so_long(seconds):
    told = story(Hold(message=0, seconds=seconds), guarantee=ONCE)
    assert told == [*SENT, (seconds, "arrived"), (seconds, "handed_over"), (seconds, "handled")]


def test_a_hold_does_not_hold_the_copy_whatever_the_order_of_the_script():
    duplicate, hold = Duplicate(message=0), Hold(message=0, seconds=0.3)
    for actions in ((duplicate, hold), (hold, duplicate)):
        told = story(*actions, guarantee=ONCE)
        assert [time for time, event in told if event == "arrived"] == [0.05, 0.3]


def test_a_held_message_waits_for_its_turn_first():
    """1000 bytes at 10 000 bytes a second leave after 0.1 s."""
    link = Link(bandwidth=10_000)
    told = story(Hold(message=0, seconds=0.3), guarantee=ONCE, link=link)
    assert told[2] == (0.4, "arrived")


def test_a_crashed_receiver_lets_nothing_in():
    told = story(Crash(node="receiver", at=0.04, lasts=0.1))
    assert told == [*SENT, (0.05, "dropped"), *SENT_AGAIN]


@pytest.mark.parametrize(
    "fault",
    [
        Cut(sender="sender", receiver="receiver", at=0.0, lasts=0.1),
        Partition(groups=(("sender",), ("receiver",)), at=0.0, lasts=0.1),
    ],
)
def test_nothing_leaves_over_a_link_that_is_cut(fault):
    assert story(fault) == [*SENT, (0, "lost"), *SENT_AGAIN]


def test_a_script_changes_what_luck_has_in_store():
    """Luck makes a copy of everything; the copy of message 0 is held, that of message 1 is not."""
    link = Link(delay=Constant(0.05), duplicate=1.0)
    told = story(Duplicate(message=0, hold=0.3), guarantee=ONCE, messages=2, link=link)
    assert [time for time, event in told if event == "arrived"] == [0.05, 0.3]


def three_nodes(script):
    net = Network(seed=1, adversary=script)
    a, b, c = (net.node(name) for name in "abc")
    for one, other in ((a, b), (b, c)):
        net.connect(one, other, Link(delay=Constant(0.05)))
        other.on("word")(lambda message: None)
    a.send(b, "word", guarantee=ONCE)
    b.send(c, "word", guarantee=ONCE)
    net.run()
    return net


def test_a_link_says_whose_message_is_meant():
    net = three_nodes(Script([Lose(message=0, link="b->c")]))
    assert [(row.event, row.link) for row in net.trace if row.event == "lost"] == [("lost", "b→c")]
    assert net.missed == ()


def test_without_a_link_the_first_to_carry_such_a_message_is_meant():
    net = three_nodes(Script([Lose(message=0)]))
    assert [row.link for row in net.trace if row.event == "lost"] == ["a→b"]


class LosesEverySecond:
    """A student's own adversary."""

    def start(self, net):
        self.sent = 0
        return self

    def decide(self, transmission, delays_ns):
        self.sent += 1
        return () if self.sent % 2 == 0 else delays_ns


def test_an_adversary_of_ones_own_has_two_methods():
    net = three_nodes(LosesEverySecond())
    assert [row.link for row in net.trace if row.event == "lost"] == ["b→c"]
    assert net.missed == ()


class Decides:
    """An adversary that always decides the same."""

    def __init__(self, decision):
        self.decision = decision

    def start(self, _):
        return self

    def decide(self, _transmission, _delays_ns):
        return self.decision


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (None, "must be the delays of 0, 1 or 2 copies, in nanoseconds, got None"),
        ((1, 2, 3), r"must be the delays of 0, 1 or 2 copies, in nanoseconds, got \(1, 2, 3\)"),
        ((-1,), "must be a whole number at least 0 and at most 4e\\+18, got -1"),
        ((0.5,), "must be a whole number at least 0 and at most 4e\\+18, got 0.5"),
    ],
)
def test_an_adversary_of_ones_own_that_makes_no_sense_is_refused(decision, said):
    with pytest.raises(ValueError, match=rf"Interference\.decide {said}"):
        three_nodes(Decides(decision))


class Starts:
    """An adversary that forgets to return who decides."""

    def start(self, net):
        pass


def test_an_adversary_of_ones_own_returns_who_decides():
    with pytest.raises(ValueError, match=r"Network\.adversary\.start must .* `decide`, got None"):
        Network(adversary=Starts())
