"""Hedged requests: ask several nodes, one after the other, and take the first reply.

    for each node:
        ask it
        wait for a reply from any that was asked; for a short time, or after the last for as long
        as it takes: it came? done

Few requests are slow at two nodes at once. What is paid is the work of the nodes whose replies come
too late: nobody stops them.

Source: J. Dean, L. A. Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import simpy

from simulator.clock import to_ns
from simulator.errors import CallFailed
from simulator.network.node.calls import place_of_call, request
from simulator.network.node.outbox import USUAL_BYTES
from simulator.network.timers import Phase, Timer
from simulator.validation import duration, refuse

if TYPE_CHECKING:
    from simulator.network.node.node import Node
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Guarantee, Steps


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one node: a reply, or the reason why there is none."""

    reply: Any = None
    failure: CallFailed | None = None


def ask_hedged(
    node: Node,
    receivers: Sequence[Node],
    topic: str,
    data: Any = None,
    *,
    after: float,
    guarantee: Guarantee | None = None,
    timeout: float | None = None,
    size_bytes: int = USUAL_BYTES,
) -> simpy.Process:
    """Ask several nodes for one thing, each a little after the other; the first reply wins.

    Each is asked as by `ask`: a request of its own, which may be handled though its reply comes
    too late to matter. Hedge what does no harm when it is done twice.

    Args:
        node: The node whose verb this is.
        receivers: Whom to ask, in order; the first at once.
        topic: Which handler of each it is for.
        data: The payload.
        after: How long to wait for a reply before the next is asked, in seconds, above 0. The
            time that 95 % of the replies take asks a second node for 5 % of the requests.
        guarantee: How each request is carried. None: at least once.
        timeout: Longest wait for a reply from each, in seconds. None: as for `ask`.
        size_bytes: Size of each request on the wire, in bytes.

    Returns:
        A process to yield. Its value is the first reply.

    Raises:
        CallFailed: Where the reply is waited for, when none of them replied.
    """
    check_receivers("Node.ask_hedged.receivers", receivers, type(node))
    after = duration("Node.ask_hedged.after", after)

    asked_at = place_of_call()

    def ask(receiver: Node) -> simpy.Process:
        return request(node, receiver, topic, data, guarantee, timeout, size_bytes, asked_at)

    return node.process(ask_in_turn(node.env, receivers, ask, after))


def ask_in_turn(
    env: Schedule,
    receivers: Sequence[Node],
    ask: Callable[[Node], simpy.Event],
    after: float,
) -> Steps:
    """Ask nodes in turn until one replies; the value is the first reply.

    Args:
        node: The node whose verb this is.
        env: The environment.
        receivers: Whom to ask, in order.
        ask: Asks one of them.
        after: How long to wait for a reply before the next is asked, in seconds. A node that fails
            to answer lets the next be asked at once.

    Raises:
        CallFailed: What the last to fail failed of, if all did.
    """
    failure = CallFailed("nobody was asked")
    calls: list[simpy.Process] = []
    for asked, receiver in enumerate(receivers, start=1):
        calls.append(env.process(_answer(ask(receiver))))
        is_last = asked == len(receivers)
        patience = [] if is_last else [Timer(env, to_ns(after), Phase.TIMER)]
        while calls:
            yield simpy.AnyOf(env, [*calls, *patience])
            for answer in cast("list[Answer]", [call.value for call in calls if call.triggered]):
                if answer.failure is None:
                    return answer.reply
                failure = answer.failure
            calls = [call for call in calls if not call.triggered]
            if not is_last:
                break
    raise failure


def _answer(call: simpy.Event) -> Steps:
    try:
        return Answer(reply=(yield call))
    except CallFailed as failure:
        return Answer(failure=failure)


def check_receivers(field: str, receivers: Any, kind: type) -> None:
    """Refuse what is not one node or more, each once."""
    several = isinstance(receivers, Sequence) and all(isinstance(r, kind) for r in receivers)
    if not several or not receivers or len(receivers) != len(set(receivers)):
        refuse(field, receivers, "one node or more, each named once")
