"""Clients: who asks, notifies, sends and publishes in a town, and notes what comes of it."""

from simulator import AtLeastOnce, Bursts, CallFailed, Message, Retry
from tests.oracle import breaking, conditions
from tests.oracle.town import TOPICS
from tests.oracle.verbs import ASKING, BY_NAME, PUBLISHING, VERBS, Step

PAUSES = (0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.13)


def add_client(town, place, steps):
    """Let a client do its steps, one after the other."""
    node = town.nodes[town.draws.pick(*town.names)]
    plan = [draw_step(town, node) for _ in range(steps)]
    log = town.said[f"client {place} at {node.name}"] = []
    at_the_node = town.draws.chance(0.5)
    town.note("client at a node" if at_the_node else "client of the network")
    (node if at_the_node else town.net).process(do(town, node, plan, log))


def do(town, node, plan, log):
    for step in plan:
        yield town.net.timeout(step.pause)
        began = town.now_ns
        try:
            result = yield from BY_NAME[step.verb](town, node, step)
        except CallFailed as failure:
            result = [type(failure).__name__, str(failure)]
        log.append([town.now_ns, began, step.verb, told(result)])


def told(result):
    """Write down a result: a reply, of which a reply queue gives the whole message."""
    if isinstance(result, Message):
        return [result.id, result.correlation_id, result.created_ns, result.data]
    return result


def draw_step(town, node):
    draws = town.draws
    publishes = bool(town.brokers) and draws.chance(0.65)
    verb = draws.pick(*(PUBLISHING if publishes else VERBS)).__name__
    if verb == "publish_for_a_result" and node.name != town.names[-1]:
        verb = "publish_and_confirm"  # it may be a worker itself, and has no link to itself
    town.note(f"verb: {verb}")
    carried = draws.pick(None, town.guarantee(), town.guarantee())
    if verb in ASKING:
        carried = town.asking(carried)
    elif verb.startswith(("send", "gather")):
        carried = carried or town.guarantee()
    more = {}
    if publishes:
        to = [draws.pick(*town.brokers.values())]
        topic = draws.pick("tasks", "tasks", "tasks", "events", "events", "forgotten")
        more = {"priority": draws.whole(0, 2), "delay": draws.pick(0.0, 0.0, 0.0, 0.1, 0.3)}
    else:
        others = [other for other in town.nodes.values() if other is not node]
        to = draws.some(others, 3)
        topic = draws.pick(*TOPICS)
        if verb == "ask_hedged" and draws.chance(0.5):
            topic = "quick"
        town.note(f"topic: {topic}")
    if verb != "notify" and draws.chance(0.2):
        more["size_bytes"] = draws.pick(0, 100, 4_000)
    wait = draws.pick(0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.4)
    return Step(
        pause=draws.pick(*PAUSES),
        verb=verb,
        to=to,
        topic=topic,
        guarantee=carried,
        data={"key": draws.whole(0, 3), "items": [draws.whole(0, 9)]},
        wait=draws.pick(0.1, 0.2) if verb == "ask_hedged" else wait,
        more=more,
    )


def add_driver(town):
    """Let a node do one thing each time that a workload says so."""
    draws = town.draws
    node = town.nodes[draws.pick(*town.names)]
    step = draw_step(town, node)
    log = town.said.setdefault(f"driver at {node.name}", [])
    is_process = draws.chance(0.5)
    town.note("drive: processes" if is_process else "drive: calls")
    carried = step.guarantee or town.guarantee()

    def action(number):
        if is_process:
            return do(town, node, [step], log)
        topic = "tasks" if step.to[0].name in town.brokers else step.topic
        log.append([town.now_ns, number])
        return node.notify(step.to[0], topic, step.data, guarantee=carried)

    node.drive(conditions.workload(draws), action, messages=draws.whole(3, 10))


def add_burst(town, node, act):
    """Let a node do something in bursts, so that queues fill; `act` is given the number."""
    draws = town.draws
    town.note("bursts")
    size = draws.whole(3, 7)
    every = draws.pick(0.2, 0.4, 0.5)
    node.drive(Bursts(size=size, every=every), act, messages=draws.whole(size, 3 * size))


def publish_in_bursts(town, queue=None):
    """Let a node publish in bursts to a queue or a topic."""
    draws = town.draws
    node = town.nodes[draws.pick(*town.names)]
    broker, topic = town.brokers["broker"], queue or draws.pick("tasks", "tasks", "events")
    carried, delay = draws.pick(None, town.guarantee()), draws.pick(0.0, 0.0, 0.2)
    if queue is not None:  # some impatient, who send again what waits for room
        impatient = AtLeastOnce(retry=Retry(timeout=0.1, max_attempts=8))
        carried = draws.pick(impatient, impatient, carried)

    def act(number):
        data, priority = {"key": number % 3, "items": [number]}, number % 2
        node.publish(broker, topic, data, guarantee=carried, priority=priority, delay=delay)

    add_burst(town, node, act)


def ask_in_bursts(town):
    """Let nodes ask a busy one more than it can do, with patience, budgets and breakers."""
    draws = town.draws
    busy = town.names[0]
    topic = draws.pick("slow", "slow", "served", "changing", "keyed")
    for name in town.names[1:]:
        carried = town.asking(draws.pick(*town.guarantees))
        log = town.said[f"bursts of {name}"] = []

        def act(number, node=town.nodes[name], carried=carried, log=log):
            data = {"key": number % 4, "items": []}
            step = Step(0.0, "ask", [town.nodes[busy]], topic, carried, data, 0.0)
            return do(town, node, [step], log)

        add_burst(town, town.nodes[name], act)


def crash_by_hand(town):
    """Let a process crash nodes and start them again, or break something in the middle of a run."""
    draws = town.draws
    everyone = {**town.nodes, **town.brokers}
    pauses = draws.pick((0.05,), (0.1,), (0.25,), (0.1, 0.1), (0.05, 0.2, 0.1))
    plan = [
        (pause, draws.pick(*everyone), draws.chance(0.5), draws.pick(0.1, 0.3)) for pause in pauses
    ]
    late = breaking.fault(draws, list(everyone)) if draws.chance(0.3) else None
    town.note("crash by hand")

    def steps():
        for pause, name, refuses, lasts in plan:
            yield town.net.timeout(pause)
            everyone[name].crash(refuses=refuses)
            yield town.net.timeout(lasts)
            everyone[name].restart()
        if late is not None:
            town.net.inject(late)

    town.net.process(steps())
