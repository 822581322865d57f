"""Queues of the textbooks: nodes that serve what comes over links without conditions.

There the simulator may take a quicker way than by its processes, so there are more of them.
"""

from simulator import BestEffort, CallFailed, Constant, Crash, Cut, Link, Network, SlowNode
from tests.oracle import breaking, conditions
from tests.oracle.reading import link_facts, nanoseconds, node_facts, trace_facts


def textbook(draws, features):
    """Let one or two nodes send to a server, by the workload; the run ends by itself, or not."""
    traced = draws.chance(0.25)
    features["traced" if traced else "untraced"] += 1
    features["textbook"] += 1
    net = Network(draws.whole(0, 10**6), trace=traced)
    names = ["sender", "receiver", "other"]
    workers = draws.pick(None, 1, 1, 2)
    backlog = None if workers is None else draws.pick(None, 0, 1, 3)
    sender, other = net.node("sender"), net.node("other")
    receiver = net.node("receiver", workers=workers, backlog=backlog)
    for a, b in ((sender, receiver), (other, receiver), (sender, other)):
        net.connect(a, b, Link())
    receiver.serve("job", draws.pick(Constant(0.1), Constant(0.3), conditions.service(draws)))
    receiver.on("answer")(lambda message: message.number)
    for fault in breaking.faults(draws, names, draws.pick(0, 1, 2)):
        features[f"fault: {type(fault).__name__}"] += 1
        net.inject(fault)
    if draws.chance(0.3):
        features["server slows down"] += 1
        net.inject(SlowNode(node="receiver", factor=1.5, at=draws.pick(0.1, 0.25), lasts=0.3))
    if draws.chance(0.5):
        features["server crashes"] += 1
        at, lasts = draws.pick(0.15, 0.25, 0.35), draws.pick(0.02, 0.1, 0.3)
        net.inject(Crash(node="receiver", at=at, lasts=lasts, refuses=draws.chance(0.3)))
    if draws.chance(0.2):
        features["cut"] += 1
        net.inject(Cut(sender="sender", receiver="receiver", at=draws.pick(0.05, 0.2), lasts=0.2))
    ends, replies = [], []
    for node in [sender, other][: draws.pick(1, 2)]:
        sent = node.send_each(
            conditions.workload(draws),
            receiver,
            "job",
            messages=draws.whole(5, 30),
            guarantee=draws.pick(None, None, BestEffort()),
        )
        net.process(note_end(net, node, sent, ends))
    if draws.chance(0.4):
        net.process(asks(net, other, receiver, replies))
    pieces = []
    for until in draws.pick((None,), (0.2, 0.35, None), (0.1, 0.25, 1.0), (2.0,)):
        net.run(until=until)
        pieces.append([nanoseconds(net.now), receiver.busy.value, receiver.waiting.value])
    end_ns = nanoseconds(net.now)
    nodes = {node.name: node_facts(node, end_ns) for node in (sender, other, receiver)}
    facts = {"nodes": nodes, "links": link_facts(net.links), "end": end_ns, "pieces": pieces}
    if traced:
        facts["trace"], facts["order"], facts["shared"] = trace_facts(net.trace)
    return facts | {"ends": sorted(ends), "replies": replies}


def note_end(net, node, sent, ends):
    yield sent
    ends.append([nanoseconds(net.now), node.name])


def asks(net, node, server, replies):
    """Ask the same server in between."""
    for _ in range(4):
        yield net.timeout(0.1)
        if node.is_up:
            call = node.ask(server, "answer")
            call.defused = True
            try:
                yield call | net.timeout(0.25)
            except CallFailed as failure:
                replies.append([nanoseconds(net.now), str(failure)])
            else:
                replies.append(
                    [nanoseconds(net.now), call.value if call.processed and call.ok else "none"]
                )
