"""Drivers: what is done at each arrival instant of a workload."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Final

import simpy
from simpy.events import URGENT

from simulator import memory
from simulator.callables import function, synchronous
from simulator.clock import END_OF_TIME
from simulator.network.channel.sending import Sending
from simulator.network.failures import say_where_it_left
from simulator.network.node.customers import Customers
from simulator.network.node.outbox import USUAL_BYTES
from simulator.network.timers import Occurrence, Phase
from simulator.protocols import BestEffort
from simulator.validation import has_method, integer

if TYPE_CHECKING:
    from simulator.conditions import Workload
    from simulator.network.node.host import Host
    from simulator.network.node.node import Node
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Guarantee


BEST_EFFORT: Final = BestEffort()


class Driver(Occurrence):
    """Does something at instants, while a host is up.

    Attributes:
        done: Happens when all is done.
    """

    __slots__ = ("_action", "_env", "_host", "_instants_ns", "_number", "done")

    def __init__(
        self, host: Host, instants_ns: Iterator[int], action: Callable[[int], Any]
    ) -> None:
        """Wait for the first instant.

        Args:
            host: At whose place; nothing is done while it is down.
            instants_ns: When, rising, from now on.
            action: Called with 0, 1, 2, …: what to do. A generator that it returns is run as a
                process of the host.
        """
        self.done = simpy.Event(host.env)
        self._env: Schedule = host.env
        self._host = host
        self._instants_ns = instants_ns
        self._action = action
        self._number = -1
        self._env.at(self._env.instant_ns, URGENT, self)  # as a process begins

    def happen(self) -> None:
        """Do it once more, and wait for the next instant."""
        number = self._number
        self._number += 1
        if number >= 0 and self._host.is_up:
            try:
                result = self._action(number)
                if result is not None:
                    self._take_time(result)
            except Exception as error:
                say_where_it_left(error)
                raise
        instant_ns = next(self._instants_ns, None)
        if instant_ns is None:
            self.done.succeed()
        else:
            self._env.push((instant_ns, Phase.DATA, self._env.turn(), self))

    def _take_time(self, result: Any) -> None:
        if isinstance(result, Generator):
            self._host.process(result)
        else:
            synchronous("the result of Node.drive.action", result, "a generator or a value")


def drive(
    node: Node, workload: Workload, action: Callable[[int], Any], *, messages: int
) -> simpy.Event:
    """Do something each time that a workload says so, from now on.

    Args:
        node: The node whose verb this is.
        workload: When, such as Poisson(rate=10).
        action: Called with 0, 1, 2, …: what to do. A generator that it returns is run as a
            process of this node. Nothing is done while the node is down.
        messages: How many times, at most.

    Returns:
        An event that happens when all is done.
    """
    function("Node.drive.action", action, "the number of the call")
    instants_ns = _instants_ns(node, "Node.drive", workload, messages)
    return Driver(node, iter(instants_ns), action).done


def send_each(
    node: Node,
    workload: Workload,
    receiver: Node,
    topic: str,
    data: Any = None,
    *,
    messages: int,
    guarantee: Guarantee | None = None,
    size_bytes: int = USUAL_BYTES,
) -> simpy.Event:
    """Send a message each time that a workload says so, from now on.

    It is short for `drive` with an action that sends. It is quicker for a queue of the
    textbooks: best effort, a link without conditions, a node that serves, no trace.

    Args:
        node: The node whose verb this is.
        workload: When, such as Poisson(rate=10).
        receiver: Whom they are for.
        topic: Which handler they are for.
        data: The payload of each.
        messages: How many, at most. None is sent while the node is down.
        guarantee: How each is carried. None: best effort.
        size_bytes: Size of each on the wire, in bytes.

    Returns:
        An event that happens when the last has been sent.
    """
    carried = BEST_EFFORT if guarantee is None else guarantee
    node.network.channel(node, receiver, carried)  # refuses a stranger
    wire = node.network.wire(node.name, receiver.name)
    time = receiver.service_time(topic)
    plain = wire.carries_at_once and not node.trace.enabled
    instants_ns = _instants_ns(node, "Node.send_each", workload, messages)
    if time is not None and plain and type(carried) is BestEffort:
        times = node.network.service_times.of(node.name, receiver.name, time)
        ends = node, receiver, wire, node.env
        return Customers(*ends, times=times, instants_ns=iter(instants_ns)).all_sent

    def send(_: int) -> None:
        node.outbox.send(receiver, topic, data, carried, size_bytes, Sending)

    return Driver(node, iter(instants_ns), send).done


def _instants_ns(node: Node, field: str, workload: Workload, messages: int) -> list[int]:
    """Return the arrival instants of a workload that begins now."""
    expected = "a workload, such as Poisson(rate=10)"
    has_method(f"{field}.workload", workload, "times_ns", expected)
    count = integer(f"{field}.messages", messages, low=1)
    memory.check_fits(f"{field}.messages", count, count, memory.INSTANT, "have fewer")
    draws = node.network.workload_draws(node, node.drivers, count)
    node.drivers += 1
    times_ns = node.env.instant_ns + workload.times_ns(count, draws)
    instants_ns: list[int] = times_ns[times_ns < END_OF_TIME].tolist()
    return instants_ns
