"""A town: a network of a few nodes, what their handlers do, and all that is said in it."""

from collections import Counter

from simulator import CallFailed, Crash, Network
from tests.oracle import breaking, conditions, policies
from tests.oracle.reading import (
    broker_facts,
    error_facts,
    link_facts,
    nanoseconds,
    node_facts,
    trace_facts,
)

TOPICS = ("quick", "slow", "slow", "chain", "keyed", "idempotent", "served", "changing", "either")
"""What nodes have handlers for; where one is picked, that of `slow` is likelier."""


class Town:
    """Nodes that are all connected.

    Attributes:
        net: The network.
        nodes: The nodes that are no brokers, by name.
        brokers: The brokers, by name.
        said: What each client did and was answered, with the instant in nanoseconds.
        heard: What each handler was asked, with the instant in nanoseconds.
        features: What there is in it.
        ends: Whether the run surely ends by itself.
    """

    def __init__(self, draws, *, own_adversary=None, busy=False):
        self.draws = draws
        self.features = Counter()
        self.said = {}
        self.heard = {}
        self.brokers = {}
        self.ends = True
        self.names = list("abcd"[: draws.whole(2, 4)])
        adversary = own_adversary
        if adversary is None and draws.chance(0.2):
            adversary = breaking.script(draws, self.names, 12)
        if adversary is not None:
            self.note("adversary")
        self.traced = draws.chance(0.35)
        self.note("traced" if self.traced else "untraced")
        self.net = Network(draws.whole(0, 10**6), trace=self.traced, adversary=adversary)
        self.links = [conditions.link(draws) for _ in range(draws.pick(1, 2, 3))]
        make = policies.wary_guarantee if busy else policies.guarantee
        self.guarantees = [make(draws) for _ in range(4)]
        self.nodes = {}
        self.replies = {}
        for name in self.names:
            workers = 1 if busy and name == "a" else draws.pick(None, None, 1, 2)
            backlog = None if workers is None else draws.pick(None, 0, 2)
            self.nodes[name] = self.net.node(name, workers=workers, backlog=backlog)
            if workers:
                self.note("workers")
            if backlog is not None:
                self.note("backlog")
        self.connect()
        for node in self.nodes.values():
            self.open(node)

    @property
    def now_ns(self):
        return nanoseconds(self.net.now)

    def note(self, feature):
        self.features[feature] += 1

    def connect(self):
        everyone = list(self.nodes.values())
        for place, node in enumerate(everyone):
            for other in everyone[place + 1 :]:
                self.lay(node, other)

    def lay(self, node, other):
        link = self.draws.pick(*self.links)
        one_way = self.draws.chance(0.2)
        self.net.connect(node, other, link, one_way=one_way)
        if one_way:
            self.net.connect(other, node, self.draws.pick(*self.links), one_way=True)
        for feature, there in (
            (f"loss: {type(link.loss).__name__}", link.loss != 0),
            (f"delay: {type(link.delay).__name__}", True),
            ("ordered", link.ordered),
            ("bandwidth", link.bandwidth is not None),
            ("buffer", link.buffer is not None),
            ("duplicates", link.duplicate > 0),
        ):
            if there:
                self.note(feature)

    def guarantee(self):
        """Return one of the few guarantees of this town, so that messages share channels."""
        chosen = self.draws.pick(*self.guarantees)
        self.note(f"guarantee: {type(chosen).__name__}")
        retry = getattr(chosen, "retry", None)
        for part in ("breaker", "budget"):
            if getattr(retry, part, None) is not None:
                self.note(part)
        if retry is not None and not isinstance(retry.timeout, float):
            self.note("adaptive timeout")
        return chosen

    def hear(self, node, message, what="begins"):
        log = self.heard.setdefault(node.name, [])
        told = [message.correlation_id, message.delivery, message.priority, repr(message.data)]
        log.append([self.now_ns, message.id, message.topic, what, *told])

    def open(self, node):
        """Let a node have its handlers."""
        time, wait = conditions.service(self.draws), self.draws.pick(0.05, 0.1)
        others = [other for name, other in self.nodes.items() if name > node.name]
        carried = self.asking(self.draws.pick(*self.guarantees))
        kept = []

        @node.on("quick")
        def quick(message):
            self.hear(node, message)
            return {"of": message.id, "topic": message.topic}

        @node.on("slow")
        def slow(message):
            self.hear(node, message)
            yield node.work(message.sample(time))
            self.hear(node, message, "ends")
            return [message.number, node.name]

        @node.on("chain")
        def chain(message):
            self.hear(node, message)
            if not others:
                return "the end"
            try:
                reply = yield node.ask(others[0], "chain", {"key": 0}, guarantee=carried)
            except CallFailed as failure:
                return [type(failure).__name__, str(failure)]
            return [node.name, reply]

        @node.on("changing")
        def changing(message):
            message.data["items"].append(node.name)
            self.hear(node, message)
            yield node.work(wait)
            kept.append(message.id)
            return {"data": message.data, "all": kept}

        @node.on("either")
        def either(message):
            self.hear(node, message)
            first, second = self.net.timeout(wait), node.work(message.sample(time))
            done = yield first | second
            yield first & second
            return [first in done, second in done]

        node.on("idempotent", idempotent=True)(slow)
        node.on("keyed", keys=policies.keys(self.draws))(self.draws.pick(quick, slow))
        node.serve("served", time)
        self.replies[node.name] = node.reply_queue(
            guarantee=self.draws.pick(None, *self.guarantees)
        )

    @staticmethod
    def asking(guarantee):
        """Return the guarantee, or None where `ask` would refuse it."""
        return None if getattr(guarantee, "acknowledge", "after") == "before" else guarantee

    def break_something(self, most=3):
        """Inject faults."""
        everyone = self.names + list(self.brokers)
        for fault in breaking.faults(self.draws, everyone, most):
            self.note(f"fault: {type(fault).__name__}")
            self.net.inject(fault)

    def crash_one(self, name):
        """Crash a node while there is much to do."""
        at, lasts = self.draws.pick(0.15, 0.25, 0.3, 0.45), self.draws.pick(0.1, 0.2, 0.5)
        self.note("broker crashes" if name in self.brokers else "busy or sender crashes")
        self.net.inject(Crash(node=name, at=at, lasts=lasts, refuses=self.draws.chance(0.3)))

    def run(self):
        """Run to the end, or for a while, perhaps in pieces; return all the facts.

        An uncaught exception leaves the last instant half done, and so as it may be: then what was
        known before it counts, and the exception itself.
        """
        draws, pieces = self.draws, []
        untils = sorted(draws.some([0.05, 0.1, 0.2, 0.25, 0.4, 0.7, 1.0], draws.pick(0, 0, 2, 3)))
        untils.append(None if self.ends and draws.chance(0.6) else draws.pick(1.5, 3.0, 6.0))
        self.note("runs out" if untils[-1] is None else "cut off")
        if untils[-1] is None and draws.chance(0.3):
            untils.append(None)
        if len(untils) > 1:
            self.note("in pieces")
        kept = self.net.timeout(draws.pick(0.3, 0.6, 9.0, 30.0))
        for place, until in enumerate(untils):
            if place and draws.chance(0.5):
                self.interlude(place, kept)
            try:
                self.net.run(until=until)
            except Exception as error:
                if isinstance(error, TypeError | AttributeError | NameError | AssertionError):
                    raise  # a mistake in the program, or in the simulator
                return self.facts_before(error)
            pieces.append([self.now_ns, self.glance()])
        return self.facts() | {"pieces": pieces}

    def interlude(self, place, kept):
        """Between two pieces of a run, send something, and wait for a timer made at its start."""
        self.note("between pieces")
        node, other = self.draws.some(self.nodes.values(), 2)
        log = self.said[f"interlude {place}"] = []

        def waits():
            yield kept
            log.append([self.now_ns, "kept"])

        self.net.process(waits())
        data = {"key": place, "items": []}
        try:
            log.append([self.now_ns, node.notify(other, "slow", data)])
            node.ask(other, "keyed", data, timeout=0.3).defused = True
        except CallFailed as failure:
            log.append([self.now_ns, str(failure)])

    def glance(self):
        """Return a few numbers, as they stand between two pieces of a run."""
        counts = [list(facts.values()) for facts in link_facts(self.net.links).values()]
        nodes = list(self.nodes.values()) + list(self.brokers.values())
        gauges = [[n.busy.value, n.waiting.value, n.refused.value, len(n.ledger)] for n in nodes]
        return [counts, gauges]

    def facts(self):
        end_ns = self.now_ns
        facts = {
            "end": end_ns,
            "nodes": {name: node_facts(node, end_ns) for name, node in self.nodes.items()},
            "links": link_facts(self.net.links),
            "said": self.said,
            "heard": {name: by_message(log) for name, log in self.heard.items()},
            "missed": [repr(action) for action in self.net.missed],
        }
        for name, broker in self.brokers.items():
            facts["nodes"][name] = node_facts(broker, end_ns)
            facts[f"broker {name}"] = broker_facts(broker, end_ns)
        if self.traced:
            facts["trace"], facts["order"], facts["shared"] = trace_facts(self.net.trace)
        return facts

    def facts_before(self, error):
        self.note("uncaught")
        end_ns = self.now_ns
        early = {
            name: [entry for entry in log if entry[0] < end_ns] for name, log in self.heard.items()
        }
        return {
            "end": end_ns,
            "error": error_facts(error),
            "said": {
                name: [entry for entry in log if entry[0] < end_ns]
                for name, log in self.said.items()
            },
            "heard": {name: by_message(log) for name, log in early.items() if log},
            "created": {
                name: sum(created < end_ns / 1e9 for created in node.ledger["created_s"].tolist())
                for name, node in self.nodes.items()
            },
        }


def by_message(log):
    """Sort what was heard at one instant by message: of two, either may be first."""
    return sorted(log, key=lambda entry: (entry[0], entry[1]))
