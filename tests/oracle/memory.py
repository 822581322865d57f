"""Memories: what receivers and senders remember, for how long, and what a crash leaves of it.

Acknowledgements are lost, so that copies come again: after a crash, after their message was
forgotten, at the very instant at which it is. Faults of one node overlap, or touch.
"""

from simulator import (
    Constant,
    Crash,
    ExactlyOnce,
    Exponential,
    Handshake,
    Link,
    Network,
    Periodic,
    Retry,
    SlowNode,
)
from tests.oracle import policies
from tests.oracle.reading import link_facts, nanoseconds, node_facts, trace_facts


def remembering(draws, features):
    """Send to a node that forgets, under a guarantee or with keys that should know better."""
    traced = draws.chance(0.3)
    features["traced" if traced else "untraced"] += 1
    net = Network(draws.whole(0, 10**6), trace=traced)
    sender = net.node("sender")
    workers = draws.pick(None, None, 1)
    receiver = net.node("receiver", workers=workers, backlog=workers and draws.pick(None, 1))
    twice, loss = draws.pick(0.0, 0.3, 1.0), draws.pick(0.3, 0.5, 0.7)
    delay = draws.pick(Constant(0.05), Constant(0.05), Exponential(mean=0.1), Exponential(mean=0.2))
    ordered = draws.chance(0.3)
    forth, back = Link(delay=delay, duplicate=twice, ordered=ordered), Link(delay=delay, loss=loss)
    net.connect(sender, receiver, forth, one_way=True)
    net.connect(receiver, sender, back, one_way=True)
    heard = []
    handle(draws, net, receiver, heard, features)
    for fault in faults(draws):
        features[f"fault: {type(fault).__name__}"] += 1
        net.inject(fault)
    carried = guarantee(draws)
    features[f"guarantee: {type(carried).__name__}"] += 1
    interval, count = draws.pick(0.02, 0.05, 0.1), draws.whole(6, 14)
    sent = sender.send_each(
        Periodic(interval=interval), receiver, "job", messages=count, guarantee=carried
    )
    ends = []
    sent.callbacks.append(lambda _: ends.append(nanoseconds(net.now)))
    pieces = []
    for until in draws.pick((None,), (0.3, None), (3.0,)):
        net.run(until=until)
        pieces.append(nanoseconds(net.now))
    end_ns = nanoseconds(net.now)
    facts = {
        "nodes": {node.name: node_facts(node, end_ns) for node in (sender, receiver)},
        "links": link_facts(net.links),
        "heard": sorted(heard),
        "pieces": [*pieces, *ends],
    }
    if traced:
        facts["trace"], facts["order"], facts["shared"] = trace_facts(net.trace)
    return facts


def handle(draws, net, node, heard, features):
    """Let a node handle jobs; with keys, three messages are one request."""
    keys, time = None, draws.pick(None, Constant(0.05), Constant(0.12))
    if draws.chance(0.4):
        keys = policies.keys(draws, key=lambda message: message.number // 3)
        features["keys"] += 1

    @node.on("job", keys=keys, idempotent=draws.chance(0.3))
    def job(message):
        if time is not None:
            yield node.work(message.sample(time))
        heard.append([nanoseconds(net.now), message.number])
        return message.number


def guarantee(draws):
    policy = Retry(
        timeout=draws.pick(0.1, 0.15, 0.2),
        backoff=policies.backoff(draws),
        max_attempts=draws.whole(4, 7),
        deadline=draws.pick(None, None, None, 0.6),
    )
    durable = draws.chance(0.35)
    return draws.pick(
        ExactlyOnce(retry=policy, durable=durable),
        ExactlyOnce(retry=policy, durable=durable, window=draws.pick(1, 2, 3)),
        ExactlyOnce(retry=policy, durable=durable, max_age=draws.pick(0.1, 0.15, 0.2, 0.3)),
        Handshake(retry=policy, durable=durable),
        Handshake(retry=policy, durable=durable),
        policies.wary_guarantee(draws),
    )


def faults(draws):
    """Return faults of one node that add up: crashes in the midst of all, and slowings."""
    node, at = draws.pick("receiver", "receiver", "sender"), draws.pick(0.07, 0.15, 0.2, 0.26)
    lasts = draws.pick(0.01, 0.1, 0.2)
    chosen: list[Crash | SlowNode] = []
    if draws.chance(0.8):
        chosen.append(Crash(node=node, at=at, lasts=lasts, refuses=draws.chance(0.5)))
        if draws.chance(0.5):
            later = at + lasts * draws.pick(0.5, 1.0)
            chosen.append(Crash(node=node, at=later, lasts=0.1, refuses=draws.chance(0.5)))
    if draws.chance(0.4):
        for factor, begins in ((2.0, 0.05), (1.5, draws.pick(0.1, 0.25))):
            chosen.append(SlowNode(node="receiver", factor=factor, at=begins, lasts=0.2))
    return draws.some(chosen, len(chosen))
