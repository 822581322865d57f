"""Clients: processes that ask, notify, send and publish in a town, and note what comes of it."""

from dataclasses import dataclass, field
from typing import Any

from simulator import CallFailed, Message
from tests.oracle import breaking, conditions
from tests.oracle.town import TOPICS

PAUSES = (0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.13)


@dataclass
class Step:
    """What a client does next."""

    pause: float
    verb: str
    to: list[Any]
    topic: str
    guarantee: Any
    data: dict[str, Any]
    wait: float
    more: dict[str, Any] = field(default_factory=dict)


def ask(town, node, step):
    return (yield node.ask(step.to[0], step.topic, step.data, guarantee=step.guarantee))


def ask_for_a_while(town, node, step):
    carried, wait = step.guarantee, step.wait
    return (yield node.ask(step.to[0], step.topic, step.data, guarantee=carried, timeout=wait))


def ask_hedged(town, node, step):
    carried, wait = step.guarantee, step.wait
    return (yield node.ask_hedged(step.to, step.topic, step.data, after=wait, guarantee=carried))


def ask_in_parallel(town, node, step):
    """Ask several times, and wait for each in turn."""
    calls = [node.ask(to, step.topic, step.data, guarantee=step.guarantee) for to in step.to]
    replies = []
    for call in calls:
        call.defused = True  # it may fail while another is waited for
    for call in calls:
        try:
            replies.append((yield call))
        except CallFailed as failure:
            replies.append([type(failure).__name__, str(failure)])
    return replies


def race(town, node, step):
    """Wait for a reply or a timer, whichever comes first."""
    call = node.ask(step.to[0], step.topic, step.data, guarantee=step.guarantee)
    call.defused = True
    timer = town.net.timeout(step.wait)
    done = yield call | timer
    return [call in done, timer in done, call.value if call in done else None]


def both(town, node, step):
    """Wait for two replies and a timer."""
    calls = [node.ask(to, step.topic, step.data, guarantee=step.guarantee) for to in step.to[:2]]
    for call in calls:
        call.defused = True
    everything = calls[0] & town.net.timeout(step.wait)
    for call in calls[1:]:
        everything &= call
    yield everything
    return [call.value for call in calls]


def notify(town, node, step):
    yield town.net.timeout(0.0)
    return node.notify(step.to[0], step.topic, step.data, guarantee=step.guarantee)


def send(town, node, step):
    carried, more = step.guarantee, step.more
    return (yield node.send(step.to[0], step.topic, step.data, guarantee=carried, **more))


def send_and_go_on(town, node, step):
    sending = node.send(step.to[0], step.topic, step.data, guarantee=step.guarantee, **step.more)
    yield town.net.timeout(step.wait)
    return [node.last_sent, sending.triggered]


def send_for_a_reply(town, node, step):
    """Send, go on, and receive the reply later; or that to another request."""
    queue = town.replies[node.name]
    node.send(step.to[0], step.topic, step.data, guarantee=step.guarantee, reply_to=queue)
    request = node.last_sent
    yield town.net.timeout(step.wait)
    wanted = request if step.data["key"] else None
    return (yield queue.receive(wanted, timeout=3 * step.wait))


def confirm(town, node, step):
    sent = node.notify(step.to[0], step.topic, step.data, guarantee=step.guarantee)
    yield town.net.timeout(step.pause)
    return (yield node.confirmation(sent))


def publish(town, node, step):
    yield town.net.timeout(0.0)
    return node.publish(step.to[0], step.topic, step.data, guarantee=step.guarantee, **step.more)


def publish_and_confirm(town, node, step):
    sent = node.publish(step.to[0], step.topic, step.data, guarantee=step.guarantee, **step.more)
    return (yield node.confirmation(sent))


def publish_for_a_result(town, node, step):
    queue, more = town.replies[node.name], step.more
    sent = node.publish(
        step.to[0], step.topic, step.data, guarantee=step.guarantee, reply_to=queue, **more
    )
    return (yield queue.receive(sent, timeout=4 * step.wait))


VERBS = (
    ask,
    ask,
    ask_for_a_while,
    ask_hedged,
    ask_in_parallel,
    race,
    both,
    notify,
    send,
    send_and_go_on,
    send_for_a_reply,
    confirm,
)
PUBLISHING = (publish, publish, publish_and_confirm, publish_for_a_result)
BY_NAME = {verb.__name__: verb for verb in (*VERBS, *PUBLISHING)}
ASKING = frozenset({"ask", "ask_for_a_while", "ask_hedged", "ask_in_parallel", "race", "both"})


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
    elif verb.startswith("send"):
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
        town.note(f"topic: {topic}")
    if verb != "notify" and draws.chance(0.2):
        more["size_bytes"] = draws.pick(0, 100, 4_000)
    return Step(
        pause=draws.pick(*PAUSES),
        verb=verb,
        to=to,
        topic=topic,
        guarantee=carried,
        data={"key": draws.whole(0, 3), "items": [draws.whole(0, 9)]},
        wait=draws.pick(0.05, 0.1, 0.1, 0.2, 0.3, 0.4),
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
