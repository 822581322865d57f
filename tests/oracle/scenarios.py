"""Scenarios: one sender and one receiver, by `simulate` and on a network made by hand."""

import dataclasses

from simulator import Crash, Network, Scenario, StoreAndForward, simulate
from tests.oracle import breaking, conditions, policies
from tests.oracle.reading import gauge_facts, ledger_facts, link_facts, nanoseconds, trace_facts

ENDS = ["sender", "receiver"]


def scenario(draws, features):
    """Return a scenario with a horizon, for some would never end without."""
    messages = draws.whole(8, 30)
    guarantee = policies.guarantee(draws)
    retry = getattr(guarantee, "retry", None)
    if retry is not None and draws.chance(0.1) and not isinstance(guarantee, StoreAndForward):
        forever = dataclasses.replace(retry, max_attempts=None)
        guarantee = dataclasses.replace(guarantee, retry=forever)
        features["for ever"] += 1
    features[f"guarantee: {type(guarantee).__name__}"] += 1
    adversary = None
    if draws.chance(0.4):
        adversary = breaking.script(draws, ENDS, messages)
        features["adversary"] += 1
    link = conditions.link(draws)
    back = draws.pick(None, conditions.link(draws))
    for there, feature in (
        (link.ordered, "ordered"),
        (link.bandwidth is not None, "bandwidth"),
        (link.buffer is not None, "buffer"),
        (link.duplicate > 0, "duplicates"),
        (True, f"delay: {type(link.delay).__name__}"),
        (link.loss != 0, f"loss: {type(link.loss).__name__}"),
    ):
        features[feature] += bool(there)
    return Scenario(
        guarantee=guarantee,
        link=link,
        return_link=back,
        workload=conditions.workload(draws),
        messages=messages,
        horizon=draws.pick(1.0, 1.5, 4.0, 20.0),
        idempotent=draws.chance(0.3),
        seed=draws.whole(0, 10**6),
        adversary=adversary,
    )


def simulated(draws, features, *, trace):
    """Run a scenario by `simulate`; without a trace, where messages meet, that is the network."""
    case = scenario(draws, features)
    features["traced" if trace else "untraced"] += 1
    replication = draws.pick(0, 0, 1)
    outcome = simulate(case, engine="discrete-event", trace=trace, replication=replication)
    facts = {
        "ledger": ledger_facts(outcome.ledger),
        "links": link_facts(outcome.links),
        "missed": [repr(action) for action in outcome.missed],
        "verdict": outcome.verdict.status,
    }
    if trace:
        facts["trace"], facts["order"], facts["shared"] = trace_facts(outcome.trace)
    return facts


def by_hand(draws, features):
    """Run a scenario on a network without a trace, as a student would write it."""
    case = scenario(draws, features)
    features["untraced"] += 1
    features["send_each"] += 1
    net = Network(case.seed, trace=False, adversary=case.adversary)
    workers = draws.pick(None, None, 1)
    sender, receiver = net.node("sender"), net.node("receiver", workers=workers)
    net.connect(sender, receiver, case.link, one_way=True)
    net.connect(receiver, sender, case.link_back, one_way=True)
    kind = draws.pick("plain", "keyed", "served", "served")
    if kind == "plain":
        receiver.on("message", idempotent=case.idempotent)(lambda message: None)
    elif kind == "keyed":
        features["keyed"] += 1
        keys = policies.keys(draws, key=lambda message: message.number // 3)
        receiver.on("message", keys=keys)(lambda message: message.number)
    else:
        receiver.serve("message", conditions.service(draws))
    if draws.chance(0.5):
        features["forgets"] += 1
        case = dataclasses.replace(case, guarantee=policies.forgetful_guarantee(draws))
        net.inject(
            Crash(
                node=draws.pick(*ENDS),
                at=draws.pick(0.07, 0.15, 0.2, 0.31),
                lasts=draws.pick(0.05, 0.1, 0.2),
                refuses=draws.chance(0.3),
            )
        )
    for fault in breaking.faults(draws, ENDS, draws.pick(0, 1, 2)):
        features[f"fault: {type(fault).__name__}"] += 1
        net.inject(fault)
    size = case.workload.size_bytes
    sender.send_each(
        case.workload,
        receiver,
        "message",
        messages=case.messages,
        guarantee=case.guarantee,
        size_bytes=size,
    )
    net.run(until=case.horizon)
    end_ns = nanoseconds(net.now)
    return {
        "ledger": ledger_facts(sender.ledger),
        "links": link_facts(net.links),
        "missed": [repr(action) for action in net.missed],
        "end": end_ns,
        "gauges": [
            gauge_facts(gauge, end_ns)
            for gauge in (receiver.busy, receiver.waiting, receiver.refused, sender.refused)
        ],
    }
