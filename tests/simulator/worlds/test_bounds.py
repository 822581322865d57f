"""What the network may do: duplicates, holds, crashes; what a search refuses; programs."""

from dataclasses import dataclass, field
from itertools import product

import pytest

from simulator import (
    AdaptiveTimeout,
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ConstantBackoff,
    Crash,
    CrashAt,
    DecorrelatedJitter,
    Duplicate,
    ExactlyOnce,
    Exponential,
    ExponentialBackoff,
    GilbertElliott,
    Handshake,
    Hold,
    Link,
    Lose,
    Periodic,
    Poisson,
    RandomCrashes,
    Retry,
    Scenario,
    Script,
    StoreAndForward,
    minimize,
    simulate,
    worlds,
)
from tests.simulator.worlds.enumeration import resent, transmissions

LINK = Link(delay=Constant(0.01))
ORDERED = Link(delay=Constant(0.01), ordered=True)
FOUR = Retry(max_attempts=4)
PROMISING = [
    AtMostOnce(),
    AtLeastOnce(retry=FOUR),
    ExactlyOnce(retry=FOUR),
    Handshake(retry=FOUR),
]


def scenario(guarantee, messages=1, **parts):
    link = ORDERED if isinstance(guarantee, Handshake) else LINK
    return Scenario(guarantee=guarantee, messages=messages, **{"link": link, **parts})


def replayed(subject, found):
    """Play the counterexample; return its verdict, with nothing missed."""
    outcome = simulate(subject.replace("adversary", found.counterexample))
    assert outcome.missed == ()
    return outcome.verdict.status


# ---------------------------------------------------------------------------------- what is held


@pytest.mark.parametrize("guarantee", PROMISING, ids=lambda g: type(g).__name__)
def test_promises_hold_in_every_world_of_losses_and_of_a_duplicate(guarantee):
    assert worlds(scenario(guarantee)).status == "held"
    assert worlds(scenario(guarantee), duplicates=1).status == "held"


@pytest.mark.parametrize("point", ["arriving", "ended", "acknowledged"])
@pytest.mark.parametrize("guarantee", PROMISING, ids=lambda g: type(g).__name__)
def test_promises_hold_wherever_the_receiver_crashes_but_where_handling_begins(guarantee, point):
    """The crash is scripted, at each attempt in turn; the network loses what it likes."""
    for attempt in range(1, 5):
        crash = CrashAt(message=0, attempt=attempt, point=point, lasts=0.2)
        found = worlds(scenario(guarantee, adversary=Script([crash])))
        assert found.status == "held", attempt


@pytest.mark.parametrize("guarantee", PROMISING, ids=lambda g: type(g).__name__)
def test_a_crash_as_handling_begins_breaks_never_twice_alone_with_one_effect(guarantee):
    found = worlds(scenario(guarantee), crashes=1)
    if isinstance(guarantee, AtMostOnce | AtLeastOnce):
        assert found.status == "held"
        return
    assert found.status == "violated"
    [action] = found.counterexample.actions
    assert (action.point, action.attempt, action.lasts) == ("begun", 1, 0.2)
    subject = scenario(guarantee)
    assert replayed(subject, found) == "violated"
    ledger = simulate(subject.replace("adversary", found.counterexample)).ledger
    assert (ledger["handovers"][0], ledger["effects"][0]) == (2, 1)


def test_three_messages_two_attempts_three_losses():
    by_hand = sum(
        sum(transmissions(world)[0] for world in each) <= 3 for each in product(resent(2), repeat=3)
    )
    for guarantee in (AtLeastOnce, ExactlyOnce):
        subject = scenario(guarantee(retry=Retry(max_attempts=2)), messages=3)
        found = worlds(subject, losses=3)
        assert (found.count, found.status) == (by_hand, "held")
    shaken = worlds(scenario(Handshake(retry=Retry(max_attempts=2)), messages=3), losses=3)
    assert shaken.status == "held"
    assert shaken.count > by_hand


# ------------------------------------------------- every documented way to break one, at its least


@dataclass(frozen=True)
class Broken:
    """A way to break a promise: what, by what bounds, and the actions of the least world."""

    guarantee: object
    bounds: dict
    actions: list | None
    messages: int = 1
    parts: tuple = ()


WAYS = {
    "a bounded memory": Broken(
        ExactlyOnce(window=1), {}, [Lose(message=0, what="acknowledgement")], messages=2
    ),
    "a memory that ages": Broken(
        ExactlyOnce(max_age=0.1), {}, [Lose(message=0, what="acknowledgement")]
    ),
    "a volatile memory": Broken(
        ExactlyOnce(durable=False),
        {"crashes": 1, "losses": 0},
        [CrashAt(message=0, point="ended", lasts=0.2)],
    ),
    "acknowledging before handling": Broken(
        AtLeastOnce(acknowledge="before"),
        {"crashes": 1, "losses": 0},
        [CrashAt(message=0, point="acknowledged", lasts=0.2)],
    ),
    "exactly once, acknowledging before": Broken(
        ExactlyOnce(acknowledge="before"),
        {"crashes": 1},
        [CrashAt(message=0, point="acknowledged", lasts=0.2)],
    ),
    "a crash as the handling begins": Broken(
        Handshake(), {"crashes": 1}, [CrashAt(message=0, point="begun", lasts=0.2)]
    ),
    "a handshake over a link without order": Broken(
        Handshake(),
        {"hold": 0.5, "losses": 0},
        [Hold(message=0, seconds=0.5)],
        parts=(("link", LINK),),
    ),
    "a handshake whose memory is lost": Broken(
        Handshake(durable=False),
        {"crashes": 1, "losses": 0},
        [CrashAt(message=0, point="ended", lasts=0.2)],
    ),
    "a sender that crashes and forgets": Broken(
        AtLeastOnce(), {"crashes": 1, "crashes_of": "sender"}, None
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_documented_way_to_break_a_promise_is_found_with_the_fewest_actions(way):
    broken = WAYS[way]
    subject = scenario(broken.guarantee, messages=broken.messages, **dict(broken.parts))
    found = worlds(subject, **broken.bounds)
    assert found.status == "violated"
    if broken.actions is not None:
        assert list(found.counterexample.actions) == broken.actions
    assert replayed(subject, found) == "violated"


def test_a_senders_crash_loses_in_silence_what_was_lost_on_its_way():
    found = worlds(scenario(AtLeastOnce()), crashes=1, crashes_of="sender")
    actions = found.counterexample.actions
    assert {type(action).__name__ for action in actions} == {"CrashAt", "Lose"}
    assert len(actions) == 2


def test_a_duplicate_breaks_what_does_not_look_for_them():
    assert worlds(scenario(BestEffort()), duplicates=1).status == "no promise"
    found = worlds(scenario(AtMostOnce()), duplicates=1)
    assert (found.count, found.status) == (3, "held")


def test_a_held_copy_overtakes_nothing_where_nothing_is_sent_again():
    found = worlds(scenario(BestEffort(), messages=2), hold=0.5, holds=2, losses=0)
    assert found.count == 4


def test_a_duplicate_whose_copies_are_held_each_by_itself():
    # None; duplicated; held; duplicated with the first held, the second, or both.
    found = worlds(scenario(BestEffort()), duplicates=1, hold=0.5, holds=2, losses=0)
    assert found.count == 6
    assert worlds(scenario(BestEffort()), duplicates=1, hold=0.5, losses=0).count == 5


def test_actions_are_counted_as_a_script_has_them():
    """A duplicate that comes late is one action; a late original and its twin are two."""
    found = worlds(scenario(AtMostOnceOfTheLatest(), messages=2), duplicates=1, hold=0.2, losses=0)
    assert found.counterexample == Script([Duplicate(message=0, hold=0.2)])


@dataclass(frozen=True)
class AtMostOnceOfTheLatest:
    """Sends once, and remembers the latest message alone."""

    promises = AtMostOnce.promises

    send = AtMostOnce.send

    def receive(self, channel, copy):
        seen = channel.memory(window=1)
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            channel.hand_over(copy)
            seen.remember(copy.message.id)


# ----------------------------------------------------------------------------- what always happens


def test_what_the_scenarios_own_script_does_happens_in_every_world_with_weight_1():
    lost = Script([Lose(message=0)])
    found = worlds(scenario(AtLeastOnce(retry=Retry(max_attempts=3)), adversary=lost))
    assert found.count == 7  # the first attempt is no choice
    assert found.polynomial("any") == (1,)
    assert found.polynomial("lost") == (0, 0, 1)
    twice = Script([Duplicate(message=0, hold=0.05)])
    found = worlds(scenario(BestEffort(), adversary=twice))
    assert found.polynomial("duplicated") == (1, -1)


def test_a_counterexample_holds_what_happens_in_every_world_and_replays():
    lost = Script([Lose(message=0), Crash(node="receiver", at=0.1, lasts=0.05)])
    subject = scenario(ExactlyOnce(max_age=0.1), adversary=lost)
    found = worlds(subject)
    assert found.status == "violated"
    assert set(lost.actions) < set(found.counterexample.actions)
    assert replayed(subject, found) == "violated"


def test_a_loss_of_what_the_script_duplicates_leaves_nothing_missed():
    twice = Script([Duplicate(message=0, attempt=2)])
    subject = scenario(ExactlyOnce(max_age=0.1), adversary=twice)
    found = worlds(subject)
    assert replayed(subject, found) == "violated"


def test_a_scripted_crash_that_never_happens_is_not_in_the_counterexample():
    late = CrashAt(message=1, attempt=3, point="acknowledged", lasts=0.2)
    subject = scenario(ExactlyOnce(window=1), messages=2, adversary=Script([late]))
    found = worlds(subject)
    assert found.counterexample == Script([Lose(message=0, what="acknowledgement")])
    assert replayed(subject, found) == "violated"


@dataclass(frozen=True)
class TwiceAcknowledged:
    """Acknowledges before handling and after, with a memory that a crash takes."""

    retry: Retry = field(default_factory=lambda: Retry(max_attempts=2))
    promises = ExactlyOnce.promises

    send = AtLeastOnce.send

    def receive(self, channel, copy):
        channel.acknowledge(copy)
        seen = channel.memory(durable=False)
        if copy.message.id in seen:
            channel.suppress(copy)
        else:
            seen.remember(copy.message.id, channel.hand_over(copy))
        yield seen.reply_to(copy.message.id)
        channel.acknowledge(copy)


def test_a_point_that_a_copy_reaches_twice_is_a_choice_the_first_time():
    subject = scenario(TwiceAcknowledged())
    found = worlds(subject, crashes=1)
    assert found.status == "violated"
    assert replayed(subject, found) == "violated"


def test_at_a_horizon_what_is_undecided_is_in_no_event():
    found = worlds(scenario(AtLeastOnce(retry=Retry(max_attempts=None)), horizon=0.3))
    assert found.status == "undecided"
    assert found.polynomial("lost") == found.polynomial("gave_up") == (0,)
    assert found.polynomial("any") == (1,)
    silent = worlds(scenario(StoreAndForward(), horizon=0.5))
    assert silent.status == "undecided"


# ------------------------------------------------------------------------------------- programs


def shop(net, times):
    """Two orders and a till that is no exactly-once: it counts what it is handed over."""
    client, server = net.node("client"), net.node("server")
    net.connect(client, server, Link(delay=Constant(0.01), loss=0.3))
    sold = []
    server.on("order")(lambda message: sold.append(message.number))

    def program():
        for number, at in enumerate(times):
            yield net.timeout(at - net.now)
            client.send(server, "order", number, guarantee=AtLeastOnce(retry=Retry(max_attempts=2)))

    net.process(program())
    net.run()
    if len(sold) > len(set(sold)):
        return f"order {max(sold, key=sold.count)} was sold twice"
    return None


def test_the_worlds_of_a_program():
    found = worlds(shop, workload=Periodic(interval=0.05), messages=2)
    assert (found.count, found.status) == (49, "violated")
    assert found.explain() == (
        "The network loses the acknowledgement of message 0.\norder 0 was sold twice"
    )
    # As for two messages that do not meet: 1 − (1 − p(1−p)(1−p))².
    one = worlds(shop, workload=Periodic(interval=0.05))
    assert one.polynomial("violated") == (0, 1, -2, 1)
    p = 0.3
    alone = p * (1 - p) ** 2
    assert found.probability("violated", loss=p) == pytest.approx(1 - (1 - alone) ** 2)
    with pytest.raises(ValueError, match=r"Worlds\.probability\.loss must be given"):
        found.probability("violated")


def test_the_words_are_those_of_what_travels():
    def program(net, _):
        client, server = net.node("client"), net.node("server")
        net.connect(client, server, LINK)
        server.on("order")(lambda _: "done")
        call = client.ask(server, "order", guarantee=AtLeastOnce(retry=Retry(max_attempts=2)))
        call.defused = True
        net.run()
        return "it was handled twice" if client.rows[0].handovers > 1 else ""

    found = worlds(program, workload=Periodic(interval=1.0))
    assert found.explain() == "The network loses the reply.\nit was handled twice"


def test_a_program_need_not_say_what_it_breaks():
    found = worlds(lambda net, times: bool(shop(net, times)), workload=Periodic(interval=0.05))
    assert found.explain("fr") == "Le réseau perd l'accusé de réception du message 0."


def test_a_worker_of_a_queue_may_crash_and_the_task_is_delivered_again():
    def program(net, _):
        producer, broker, worker = net.node("producer"), net.broker("broker"), net.node("worker")
        net.connect(producer, broker, LINK)
        net.connect(broker, worker, LINK)
        broker.queue("tasks", visibility_timeout=0.5, max_deliveries=None)
        done = []
        worker.subscribe(broker, "tasks", lambda task: done.append(task.data))
        producer.publish(broker, "tasks", 1)
        net.run()
        return "the task was never done" if not done else None

    found = worlds(program, workload=Periodic(interval=1.0), losses=0, crashes=1)
    assert found.status == "held"
    assert found.count > 8


def test_the_least_script_is_the_one_that_minimize_finds():
    subject = scenario(ExactlyOnce(window=1), messages=6, link=Link(delay=Constant(0.01), loss=0.3))
    least = [minimize(subject.replace("seed", seed), search=20).script for seed in range(4)]
    found = worlds(scenario(ExactlyOnce(window=1), messages=2)).counterexample
    assert found is not None
    assert min(map(len, least)) == len(found) == 1
    assert found in least


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"link": Link(delay=Exponential(mean=0.1))}, r"Scenario\.link\.delay must be constant"),
        ({"return_link": Link(delay=Exponential(mean=0.1))}, r"return_link\.delay must be const"),
        ({"link": Link(loss=GilbertElliott(p=0.1, r=0.5))}, r"Scenario\.link\.loss must be one wi"),
        ({"handling": Exponential(mean=0.1)}, r"Scenario\.handling must be constant"),
        ({"workload": Poisson(rate=5.0)}, r"Scenario\.workload must be one that draws nothing"),
    ],
)
def test_what_is_random_is_refused_by_name(parts, said):
    with pytest.raises((ValueError, TypeError), match=said):
        worlds(scenario(AtLeastOnce(), **parts))


@pytest.mark.parametrize(
    "backoff",
    [
        ExponentialBackoff(base=0.1, jitter="full"),
        ExponentialBackoff(base=0.1, jitter="equal"),
        DecorrelatedJitter(base=0.1, cap=1.0),
    ],
)
def test_jitter_is_refused(backoff):
    with pytest.raises(ValueError, match=r"backoff must be one without jitter"):
        worlds(scenario(AtLeastOnce(retry=Retry(backoff=backoff))))


@pytest.mark.parametrize(
    "guarantee", [AtLeastOnce(retry=Retry(max_attempts=None)), StoreAndForward()], ids=repr
)
def test_what_may_have_no_end_is_refused(guarantee):
    with pytest.raises(ValueError, match=r"max_attempts must be|horizon must be"):
        worlds(scenario(guarantee))


def test_a_guarantee_of_ones_own_without_an_end_is_found_out():
    @dataclass(frozen=True)
    class Endless:
        def send(self, channel, message):
            attempt = 0
            while not (yield channel.acknowledgement(message, within=0.1)):
                attempt += 1
                channel.transmit(message, attempt=attempt)

        def receive(self, channel, copy):
            channel.hand_over(copy)
            channel.acknowledge(copy)

    with pytest.raises(ValueError, match="a world must end, but this one has had 10,000 trans"):
        worlds(scenario(Endless()))


def test_random_parts_of_a_program_are_refused():
    def program(net, times, *, link=LINK, fault=None, backoff=None):
        one, two = net.node("one"), net.node("two")
        net.connect(one, two, link)
        if fault:
            net.inject(fault)
        two.on("x")(lambda _: None)
        retry = Retry(backoff=backoff or ConstantBackoff(0.1))
        one.send(two, "x", guarantee=AtLeastOnce(retry=retry))
        net.run()

    every = Periodic(interval=1.0)
    assert worlds(program, workload=every).count == 15
    crashes = RandomCrashes(node="two", mean_time_to_failure=1, mean_time_to_repair=1, until=5.0)
    for parts, said in (
        ({"link": Link(delay=Exponential(mean=1))}, r"Network\.connect\.link\.delay must be const"),
        ({"fault": crashes}, r"Network\.inject must be a fault at a given instant"),
        ({"backoff": DecorrelatedJitter(base=0.1, cap=1)}, "backoff must be one without jitter"),
    ):
        with pytest.raises(ValueError, match=said):
            worlds(lambda net, times, parts=parts: program(net, times, **parts), workload=every)
    with pytest.raises(ValueError, match=r"worlds\.workload must be one that draws nothing"):
        worlds(program, workload=Poisson(rate=1.0))
    with pytest.raises(ValueError, match=r"worlds\.messages must be left out"):
        worlds(scenario(AtLeastOnce()), messages=3)


@pytest.mark.parametrize(
    "bounds",
    [
        {"losses": -1},
        {"duplicates": 1.5},
        {"crashes": -1},
        {"crashes_of": "broker"},
        {"hold": 0},
        {"holds": 0},
        {"limit": 0},
    ],
)
def test_bounds_that_are_none_are_refused(bounds):
    [name] = bounds
    with pytest.raises(ValueError, match=rf"worlds\.{name} must be"):
        worlds(scenario(AtLeastOnce()), **bounds)


def test_a_program_that_cannot_be_repeated_is_found_out():
    runs = []

    def program(net, _):
        runs.append(net)
        one, two = net.node("one"), net.node("two")
        net.connect(one, two, LINK)
        two.on("x")(lambda _: None)
        guarantee = AtLeastOnce() if len(runs) % 2 else BestEffort()
        one.send(two, "x", guarantee=guarantee)
        net.run()

    with pytest.raises(ValueError, match=r"worlds\.subject must be one that depends on its net"):
        worlds(program, workload=Periodic(interval=1.0), duplicates=1, losses=0)


def test_what_messages_share_is_searched_together():
    retry = Retry(timeout=AdaptiveTimeout(initial=0.2, minimum=0.1), max_attempts=2)
    found = worlds(scenario(AtLeastOnce(retry=retry), messages=2))
    assert found.copies == 1
    assert found.count == 49
