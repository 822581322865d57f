"""What has been answered leaves nothing behind: a run ends at the last event that matters."""

import contextlib
import gc
import weakref

import pytest
import simpy

from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    LinkOutage,
    Network,
    Periodic,
    Poisson,
    RandomCrashes,
    Retry,
    SlowNode,
    StoreAndForward,
    TimedOut,
)

PATIENT = Retry(timeout=100.0)


def pair(link=None, *, seed=1, trace=True, workers=None):
    """Return a network, a client, and a server that answers "order" with what it got."""
    net = Network(seed=seed, trace=trace)
    client, server = net.node("client"), net.node("server", workers=workers)
    net.connect(client, server, link or Link(delay=Constant(0.1)))
    server.on("order")(lambda message: message.data)
    return net, client, server


def integral(gauge, until):
    """Return the time average of a gauge over [0, until), summed step by step."""
    frame = gauge.to_frame()
    times = [*frame["time_s"], until]
    return (
        sum(v * (b - a) for v, a, b in zip(frame["value"], times, times[1:], strict=False)) / until
    )


@pytest.mark.parametrize(
    "guarantee",
    [
        AtLeastOnce(retry=PATIENT),
        ExactlyOnce(retry=PATIENT),
        StoreAndForward(retry=PATIENT, rest=50.0),
        BestEffort(),
        AtMostOnce(),
    ],
)
@pytest.mark.parametrize("trace", [True, False])
def test_a_request_that_is_answered_ends_the_run(guarantee, trace):
    net, client, server = pair(trace=trace)

    def program():
        assert (yield client.ask(server, "order", 7, guarantee=guarantee)) == 7

    net.process(program())
    net.run()
    assert net.now == 0.2


def test_a_handshake_ends_the_run_when_it_is_complete():
    net, client, server = pair()
    client.send(server, "order", guarantee=Handshake(retry=PATIENT))
    net.run()
    assert net.now == 0.4  # data, received, release, complete


def test_a_server_that_works_half_of_the_time_is_busy_half_of_the_time():
    net, client, server = pair(Link(delay=Constant(0.05)), workers=1)

    @server.on("work")
    def work(message):
        yield server.work(0.1)

    client.ask(server, "work", guarantee=AtLeastOnce(retry=PATIENT))
    net.run()
    assert net.now == 0.2
    assert server.busy.mean() == pytest.approx(0.5, rel=1e-12)


def test_a_caller_whose_patience_outlasts_the_reply_does_not_hold_the_run():
    net, client, server = pair()
    seen = []

    def program():
        replied = yield client.ask(server, "order", guarantee=AtLeastOnce()) | net.timeout(5)
        seen.append((len(list(replied)), net.now))

    net.process(program())
    net.run()
    assert seen == [(1, 0.2)]
    assert net.now == 0.2


def test_who_crashed_while_it_waited_does_not_hold_the_run():
    net, client, server = pair(Link(delay=Constant(0.1), loss=1.0))

    def program():
        yield client.ask(server, "order", guarantee=AtLeastOnce(retry=PATIENT)) | net.timeout(50)

    client.process(program())
    net.inject(Crash(node="client", at=1.0, lasts=2.0))
    net.run()
    assert net.now == 3.0  # the end of the fault


def test_a_handling_that_a_crash_cuts_short_does_not_hold_the_run():
    for nested in (False, True):
        net, client, server = pair()

        @server.on("long")
        def handle(message, nested=nested, net=net, server=server):
            yield server.process(nap(net, 60)) if nested else server.work(60)

        client.send(server, "long", guarantee=BestEffort())
        net.inject(Crash(node="server", at=1.0, lasts=1.0))
        net.run()
        assert net.now == 2.0


def nap(net, seconds):
    """Do nothing for a time."""
    yield net.timeout(seconds)


def test_a_customer_that_a_crash_sends_away_does_not_hold_the_run():
    ends = []
    for trace in (True, False):  # event by event, and the quick way
        net, client, server = pair(Link(), trace=trace, workers=1)
        server.serve("visit", Constant(50.0))
        client.send_each(Periodic(interval=1.0), server, "visit", messages=3)
        net.inject(Crash(node="server", at=4.0, lasts=1.0))
        net.run()
        ends.append(net.now)
    assert ends == [5.0, 5.0]


def test_a_timer_made_now_and_yielded_later_keeps_its_instant():
    net, *_ = pair()
    instants = []

    def program():
        timer = net.timeout(5)
        yield net.timeout(2)
        yield timer
        instants.append(net.now)

    net.process(program())
    net.run()
    assert instants == [5.0]
    assert net.now == 5.0


def test_a_timer_that_is_past_goes_on_at_once():
    net, *_ = pair()
    instants = []

    def program():
        timer = net.timeout(1, value="rang")
        either = net.timeout(1) | net.timeout(9)
        yield net.timeout(2)
        assert (yield timer) == "rang"
        yield either
        yield timer | net.timeout(20)
        instants.append(net.now)

    net.process(program())
    net.run()
    assert instants == [2.0]
    assert net.now == 2.0


def test_a_timer_may_be_used_again_in_the_next_condition():
    net, client, server = pair()
    replies = []

    def program():
        patience = net.timeout(0.5)
        while not patience.processed:
            replies.append((yield client.ask(server, "order") | patience))

    net.process(program())
    net.run()
    assert [len(list(reply)) for reply in replies] == [1, 1, 1]
    assert net.now == 0.6  # the third request is answered, though nobody waits


def test_a_timer_that_is_yielded_in_a_later_run_keeps_its_instant():
    net, client, server = pair()
    kept = []
    net.process(keep(net, kept))
    client.send(server, "order", guarantee=AtLeastOnce())
    net.run()
    assert net.now == 0.2

    def later():
        yield kept[0]
        kept.append(net.now)

    net.process(later())
    net.run()
    assert kept[1:] == [3.0]


def keep(net, kept):
    """Make a timer, and do not wait for it."""
    kept.append(net.timeout(3))
    yield net.timeout(0)


def test_timers_that_nobody_can_wait_for_any_more_are_not_kept_from_run_to_run():
    net, *_ = pair()
    alive = weakref.WeakSet()

    def program():
        patience = net.timeout(1_000)
        alive.add(patience)
        yield net.timeout(0.1) | patience

    for _ in range(100):
        net.process(program())
        net.run()
    gc.collect()
    assert len(alive) <= 1
    assert net.now == pytest.approx(10.0)


def test_a_nested_condition_waits_and_one_that_nobody_yields_does_not():
    net, *_ = pair()
    seen = []

    def program():
        never = net.env.event()
        yield (never | net.timeout(1)) | (never & net.timeout(7))
        seen.append(net.now)
        (never | net.timeout(30)) & net.timeout(40)  # made, and forgotten

    net.process(program())
    net.run()
    assert seen == [1.0]
    assert net.now == 1.0


def test_who_waits_for_all_of_several_waits_for_the_last():
    net, *_ = pair()
    net.process(all_of(net))
    net.run()
    assert net.now == 4.0


def all_of(net):
    """Wait for the later of two timers."""
    yield net.timeout(1) & net.timeout(4)


def test_a_callback_of_ones_own_is_waited_for():
    net, *_ = pair()
    rang = []
    net.timeout(6).callbacks.append(lambda _: rang.append(net.now))
    net.run()
    assert rang == [6.0]


def test_an_interrupted_process_waits_for_nothing():
    net, *_ = pair()

    def sleeper():
        with pytest.raises(simpy.Interrupt):
            yield net.timeout(100) | net.timeout(200)

    def waker(process):
        yield net.timeout(1)
        process.interrupt()

    net.process(waker(net.process(sleeper())))
    net.run()
    assert net.now == 1.0


def test_a_reply_that_came_ends_the_wait_for_it():
    net, client, server = pair()
    replies = client.reply_queue(guarantee=BestEffort())
    got = []

    def program():
        client.send(server, "order", 3, guarantee=BestEffort(), reply_to=replies)
        got.append((yield replies.receive(timeout=500)).data)

    net.process(program())
    net.run()
    assert got == [3]
    assert net.now == 0.2


def test_a_wait_for_a_reply_in_vain_ends_when_it_says_and_is_raised_where_it_is_yielded():
    net, client, _ = pair()
    replies = client.reply_queue()
    instants = []

    def program():
        with pytest.raises(TimedOut):
            yield replies.receive(timeout=2)
        instants.append(net.now)
        late = replies.receive(timeout=1)  # yielded once it is over
        yield net.timeout(3)
        with pytest.raises(TimedOut):
            yield late
        instants.append(net.now)
        yield replies.receive(timeout=50) | net.timeout(1)  # abandoned
        instants.append(net.now)

    net.process(program())
    net.run()
    assert instants == [2.0, 5.0, 6.0]
    assert net.now == 6.0


def test_a_run_up_to_an_instant_ends_there():
    net, client, server = pair()
    client.send(server, "order", guarantee=AtLeastOnce())
    net.run(until=0.1)
    assert server.ledger["message"].size == 0
    assert client.ledger["handovers"].tolist() == [0]  # what is due then does not happen
    assert net.now == 0.1
    net.run(until=0.15)
    assert client.ledger["handovers"].tolist() == [1]
    net.run()
    assert net.now == 0.2
    net.run()
    assert net.now == 0.2
    net.run(until=8)
    assert net.now == 8.0
    net.run()
    assert net.now == 8.0


def test_faults_hold_the_run_to_their_end():
    for fault in (
        Crash(node="server", at=1.0, lasts=2.0),
        SlowNode(node="server", factor=3.0, at=1.0, lasts=2.0),
        LinkOutage(between=("client", "server"), at=1.0, lasts=2.0),
    ):
        net, *_ = pair()
        net.inject(fault)
        net.run()
        assert net.now == 3.0
    net, *_ = pair()
    crashes = RandomCrashes(
        node="server", mean_time_to_failure=3.0, mean_time_to_repair=1.0, until=20.0
    )
    net.inject(crashes)
    net.run()
    restarts = [row.time_s for row in net.trace if row.event == "restarted"]
    assert len(restarts) > 1
    assert net.now == restarts[-1]


GUARANTEES = [
    BestEffort(),
    AtMostOnce(),
    AtLeastOnce(retry=Retry(timeout=0.3, max_attempts=4, deadline=40.0)),
    ExactlyOnce(retry=Retry(timeout=0.3, max_attempts=4)),
    StoreAndForward(retry=Retry(timeout=0.3), rest=0.7, parallel=2),
    Handshake(retry=Retry(timeout=0.3, max_attempts=4)),
]


def use(verb, client, servers, guarantee, replies):
    """Go through a pattern once, and wait for what it lets one wait for."""
    server = servers[0]
    if verb == "ask":
        yield client.ask(server, "work", guarantee=guarantee, timeout=30.0)
    elif verb == "ask_hedged":
        yield client.ask_hedged(servers, "work", after=0.3, guarantee=guarantee, timeout=20.0)
    elif verb == "send":
        yield client.send(server, "work", guarantee=guarantee)
    elif verb == "notify":
        client.notify(server, "work", guarantee=guarantee)
    else:
        client.send(server, "work", guarantee=guarantee, reply_to=replies)
        yield replies.receive(timeout=3.0)


def used(verb, guarantee, *, trace):
    """Return a network and its servers after a run in which a pattern was used, and what ended."""
    net, client, server = pair(
        Link(delay=Exponential(mean=0.1), loss=0.2, duplicate=0.1), trace=trace, workers=2
    )
    servers = [server, net.node("other", workers=1)]
    net.connect(client, servers[1], Link(delay=Exponential(mean=0.1)))
    replies = client.reply_queue()
    ends = [0.0]

    def work(message):
        yield server.work(message.sample(Exponential(mean=0.2)))
        ends.append(net.now)

    def act(_):
        with contextlib.suppress(TimedOut):
            yield from use(verb, client, servers, guarantee, replies)
        ends.append(net.now)

    for node in servers:
        node.on("work")(work)
    client.drive(Poisson(rate=5), act, messages=12)
    net.inject(Crash(node="server", at=0.5, lasts=0.4))
    net.run()
    return net, servers, ends


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=lambda g: type(g).__name__)
@pytest.mark.parametrize("verb", ["send", "notify", "ask", "ask_hedged", "reply_to"])
def test_a_run_ends_at_the_last_of_what_the_rule_names(guarantee, verb):
    """The rule, by hand: last row of the trace, end of a handling, process or fault."""
    net, servers, ends = used(verb, guarantee, trace=True)
    assert net.now == max([row.time_s for row in net.trace] + ends)
    for node in servers:
        for gauge in (node.busy, node.waiting, node.refused):
            by_hand = integral(gauge, net.now)
            assert gauge.mean() == pytest.approx(by_hand, rel=1e-12, abs=1e-15)
    untraced, *_ = used(verb, guarantee, trace=False)
    assert untraced.now == net.now
