"""Brokers: queues and topics of a town, and workers that handle what is in them, or fail to."""

from simulator import CallFailed, Constant, Failed
from tests.oracle import conditions


def add_broker(town):
    """Add a broker with a queue, a topic, a queue of dead letters and workers."""
    draws = town.draws
    broker = town.brokers["broker"] = town.net.broker("broker")
    town.note("broker")
    for node in town.nodes.values():
        town.lay(node, broker)
    if any(node.backlog is not None for node in town.nodes.values()):
        town.ends = False  # where a full worker refuses a copy made by the network, that has no end
    dead = None
    if draws.chance(0.6):
        limits = draws.pick({}, {}, {"capacity": 1, "overflow": "drop-oldest"})
        dead = broker.queue("dead", durable=draws.chance(0.7), **limits)
        town.note("dead letters")
    broker.queue("tasks", **settings(town, dead))
    broker.topic("events", **settings(town, dead))
    broker.topic("forgotten")
    for name in town.names[
        :-1
    ]:  # the last only sends: no result has to go to the node it comes from
        subscribe(town, town.nodes[name], broker)
    if dead is not None and draws.chance(0.3):
        node = town.nodes[draws.pick(*town.names[:-1])]
        node.subscribe(broker, "dead", worker(town, node, fails=None))
        town.note("dead letters are handled")


def add_narrow_queue(town):
    """Add a queue in which little may wait, so that publishers have to, and a slow worker."""
    draws = town.draws
    town.note("narrow queue")
    broker, node = town.brokers["broker"], town.nodes[town.names[0]]
    durable, capacity = draws.chance(0.7), draws.pick(1, 1, 2)
    broker.queue("narrow", capacity=capacity, overflow="block", durable=durable)
    seconds = draws.pick(0.05, 0.1, 0.15, 0.3)

    def handle(message):
        yield node.work(seconds)
        town.hear(node, message)

    node.subscribe(broker, "narrow", handle)


def settings(town, dead):
    draws = town.draws
    chosen = {
        "capacity": draws.pick(None, None, 1, 3),
        "overflow": draws.pick("reject", "drop-oldest", "block"),
        "visibility_timeout": draws.pick(0.1, 0.2, 0.3, 0.4, 1.0),
        "max_deliveries": draws.pick(1, 2, 3, 4, None),
        "dead_letter": dead,
        "durable": draws.chance(0.6),
        "priority": draws.chance(0.4),
    }
    if chosen["max_deliveries"] is None:
        town.ends = False  # a task that takes longer than the visibility timeout never ends
    if chosen["capacity"] and chosen["overflow"] == "block":
        town.ends = False  # where nobody works, a publisher that never gives up waits for ever
    town.note(f"overflow: {chosen['overflow']}" if chosen["capacity"] else "no capacity")
    town.note("durable" if chosen["durable"] else "volatile")
    if chosen["priority"]:
        town.note("priority")
    return chosen


def subscribe(town, node, broker):
    """Let a node work for a queue and a topic, or one of them, at once or later."""
    draws = town.draws
    groups = draws.pick((None,), ("first",), ("first", None), ("second", "first"))
    plans = [("tasks", None)] if draws.chance(0.75) else []
    if draws.chance(0.5):
        plans += [("events", group) for group in groups]
    for topic, group in plans:
        prefetch = draws.pick(1, 1, 2, 4)
        handler = worker(town, node, fails=draws.pick(None, None, Failed, Failed, ValueError))
        town.note("prefetch" if prefetch > 1 else "one at a time")
        if draws.chance(0.15):
            town.note("subscribes late")
            town.net.process(late(town, node, broker, topic, handler, prefetch, group))
        else:
            node.subscribe(broker, topic, handler, prefetch=prefetch, group=group)


def late(town, node, broker, topic, handler, prefetch, group):
    yield town.net.timeout(0.3)
    node.subscribe(broker, topic, handler, prefetch=prefetch, group=group)


def worker(town, node, *, fails):
    """Return a handler that fails for one message of three, at its first deliveries."""
    draws = town.draws
    time = draws.pick(Constant(0.1), conditions.service(draws))
    limit = draws.pick(1, 2, 100) if town.ends else draws.pick(1, 2)
    kind = draws.pick("function", "generator", "generator", "asks")
    others = [other for other in town.nodes.values() if other is not node]
    carried = town.asking(draws.pick(*town.guarantees))
    town.note(f"worker: {kind}")
    if fails is not None:
        town.note(f"worker raises {fails.__name__}")

    def judge(message):
        town.hear(node, message)
        if fails is not None and message.number % 3 == 1 and message.delivery <= limit:
            raise fails(f"poison: {message.id}")

    def function(message):
        judge(message)
        return {"done by": node.name, "task": message.id}

    def generator(message):
        yield node.work(message.sample(time))
        judge(message)
        return [node.name, message.delivery]

    def asks(message):
        judge(message)
        try:
            reply = yield node.ask(others[0], "slow", message.data, guarantee=carried)
        except CallFailed:
            if message.delivery <= limit:
                raise
            return "in vain"
        return reply

    return {"function": function, "generator": generator, "asks": asks}[kind]
