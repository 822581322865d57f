"""Verbs: what a client does in one step, and what it is answered."""

from dataclasses import dataclass, field
from typing import Any

from simulator import CallFailed


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


def answer_of(call):
    """Return the reply to a call that is over, or the reason why there is none."""
    return call.value if call.ok else [type(call.value).__name__, str(call.value)]


def race(town, node, step):
    """Wait for a reply or a timer, whichever comes first."""
    call = node.ask(step.to[0], step.topic, step.data, guarantee=step.guarantee)
    call.defused = True
    timer = town.net.timeout(step.wait)
    done = yield call | timer
    return [timer in done, answer_of(call) if call in done else None]


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


def gather(town, node, step):
    """Send to several, and receive their replies in another order; or whichever come first."""
    queue = town.replies[node.name]
    requests = []
    for to in [*step.to, step.to[0]]:
        node.send(to, step.topic, step.data, guarantee=step.guarantee, reply_to=queue)
        requests.append(node.last_sent)
    if step.data["key"] > 1:
        yield town.net.timeout(3 * step.wait)
    any_of_them = step.data["key"] % 2
    receipts = [
        queue.receive(None if any_of_them else request, timeout=4 * step.wait)
        for request in reversed(requests)
    ]
    replies: list[object] = []
    for receipt in receipts:
        try:
            reply = yield receipt
        except CallFailed as failure:
            replies.append(str(failure))
        else:
            replies.append([reply.id, reply.correlation_id, reply.data])
    return replies


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


def crash_itself(town, node, step):
    """Crash one's own node, which somebody starts again; a process of the node ends here."""

    def restart():
        yield town.net.timeout(step.wait)
        node.restart()

    town.net.process(restart())
    node.crash(refuses=step.data["key"] > 1)
    yield town.net.timeout(step.pause)
    return "goes on"


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
    gather,
    gather,
    confirm,
    crash_itself,
)
PUBLISHING = (publish, publish, publish_and_confirm, publish_for_a_result)
BY_NAME = {verb.__name__: verb for verb in (*VERBS, *PUBLISHING)}
ASKING = frozenset({"ask", "ask_for_a_while", "ask_hedged", "ask_in_parallel", "race", "both"})
