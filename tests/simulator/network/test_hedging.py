"""Hedged requests: several nodes are asked, one after the other; the first reply wins."""

import numpy as np
import pytest

from simulator import (
    AtLeastOnce,
    Constant,
    Crash,
    Crashed,
    Exponential,
    Link,
    Network,
    Periodic,
    Refused,
    Retry,
    TimedOut,
)

ONCE = AtLeastOnce(retry=Retry(timeout=5.0, max_attempts=1))
NEVER = 1_000.0


def replicas(*seconds):
    """A client, and servers each of which takes so long to answer, over links of 0.1 s."""
    net = Network(seed=1)
    client = net.node("client")
    servers = [net.node(f"server {k}", workers=1, backlog=0) for k in range(len(seconds))]
    for server, work in zip(servers, seconds, strict=True):
        net.connect(client, server, Link(delay=Constant(0.1)))
        server.on("read")(answering(server, work))
    return net, client, servers


def answering(server, work):
    def read(_):
        yield server.work(work)
        return server.name

    return read


def outcome(net, client, servers, after=0.3):
    """The reply or the error, and when it came."""

    def caller():
        try:
            reply = yield client.ask_hedged(servers, "read", after=after, guarantee=ONCE)
        except (TimedOut, Refused) as failure:
            reply = type(failure)
        return reply, net.now

    process = net.process(caller())
    net.run(until=20)
    return process.value


def test_a_quick_reply_asks_nobody_else():
    net, client, servers = replicas(0.05, 0.05)
    assert outcome(net, client, servers) == ("server 0", 0.25)
    assert len(client.ledger) == 1


def test_a_reply_at_the_very_end_of_the_wait_asks_nobody_else():
    net, client, servers = replicas(0.1, 0.05)
    assert outcome(net, client, servers) == ("server 0", 0.3)
    assert len(client.ledger) == 1


def test_the_next_is_asked_after_a_wait_and_may_reply_first():
    net, client, servers = replicas(NEVER, 0.05)
    assert outcome(net, client, servers) == ("server 1", 0.55)


def test_the_first_may_still_reply_first_when_the_next_has_been_asked():
    net, client, servers = replicas(0.3, 0.9)
    assert outcome(net, client, servers) == ("server 0", 0.5)
    assert client.ledger["handovers"].tolist() == [1, 1]  # the second works in vain


def test_a_third_is_asked_where_two_are_slow():
    net, client, servers = replicas(NEVER, NEVER, 0.05)
    assert outcome(net, client, servers) == ("server 2", 0.85)
    assert client.ledger["created_s"].tolist() == [0.0, 0.3, 0.6]


def test_a_refusal_lets_the_next_be_asked_at_once():
    net, client, servers = replicas(NEVER, 0.05)
    client.ask(servers[0], "read", guarantee=ONCE).defused = True  # keeps its only worker busy
    net.run(until=0.15)
    assert outcome(net, client, servers) == ("server 1", 0.6)  # 0.15, refused by 0.35, 0.25 more


def test_when_all_fail_the_caller_gets_the_last_failure():
    net, client, servers = replicas(NEVER, NEVER)
    assert outcome(net, client, servers) == (TimedOut, 5.3)


def test_a_loser_that_fails_later_disturbs_nobody():
    net, client, servers = replicas(NEVER, 0.05)
    assert outcome(net, client, servers) == ("server 1", 0.55)
    assert client.ledger["belief"].tolist() == ["gave_up", "acknowledged"]


def test_a_caller_whose_node_crashes_is_told_so():
    net, client, servers = replicas(NEVER, NEVER)

    def caller():
        with pytest.raises(Crashed):
            yield client.ask_hedged(servers, "read", after=0.3, guarantee=ONCE)
        return net.now

    process = net.process(caller())
    net.inject(Crash(node="client", at=0.4, lasts=1.0))
    net.run(until=20)
    assert process.value == 0.4


def test_latencies_follow_the_minimum_of_two_exponentials_of_which_one_starts_later():
    """P(T > t) is exp(-t/m) up to `after`, then exp(-t/m) exp(-(t - after)/m)."""
    mean, after, count = 0.1, 0.15, 20_000
    net = Network(seed=2, trace=False)
    client = net.node("client")
    servers = [net.node("first"), net.node("second")]
    for server in servers:
        net.connect(client, server, Link(delay=Constant(0.0)))
        server.on("read")(sampled(server, mean))
    latencies = []

    def caller(_):
        start = net.now
        yield client.ask_hedged(servers, "read", after=after, guarantee=ONCE)
        latencies.append(net.now - start)

    client.drive(Periodic(interval=0.01), caller, messages=count)
    net.run()
    assert len(latencies) == count
    for instant in (0.05, 0.1, 0.2, 0.3, 0.4):
        later = max(instant - after, 0)
        expected = np.exp(-instant / mean) * np.exp(-later / mean)
        error = np.sqrt(expected * (1 - expected) / count)
        assert abs(np.mean(np.array(latencies) > instant) - expected) < 4 * error
    # Whoever waits longer than `after` asks a second time.
    asked_twice, expected = len(client.ledger) / count - 1, np.exp(-after / mean)
    assert abs(asked_twice - expected) < 4 * np.sqrt(expected * (1 - expected) / count)


def sampled(server, mean):
    def read(message):
        yield server.work(message.sample(Exponential(mean=mean)))

    return read


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"receivers": []}, "Node.ask_hedged.receivers"),
        ({"receivers": "twice"}, "Node.ask_hedged.receivers"),
        ({"receivers": 3}, "Node.ask_hedged.receivers"),
        ({"receivers": ["server"]}, "Node.ask_hedged.receivers"),
        ({"after": 0}, "Node.ask_hedged.after"),
    ],
)
def test_bad_arguments_are_refused_by_name(change, said):
    _, client, servers = replicas(0.1, 0.1)
    if change.get("receivers") == "twice":
        change = {"receivers": servers[:1] * 2}
    with pytest.raises(ValueError, match=said):
        client.ask_hedged(**{"receivers": servers, "topic": "read", "after": 0.1} | change)
