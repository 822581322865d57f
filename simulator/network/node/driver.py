"""Drivers: what is done at each arrival instant of a workload."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import simpy
from simpy.events import URGENT

from simulator import memory
from simulator.callables import function, synchronous
from simulator.clock import END_OF_TIME, to_ns, to_seconds
from simulator.network.channel.sending import Sending
from simulator.network.failures import say_where_it_left
from simulator.network.node.customers import Customers
from simulator.network.node.outbox import USUAL_BYTES
from simulator.network.timers import Occurrence, Phase
from simulator.protocols import BestEffort
from simulator.validation import has_method, integer, number, refuse

if TYPE_CHECKING:
    from simulator.conditions import Workload
    from simulator.network.node.host import Host
    from simulator.network.node.node import Node
    from simulator.network.schedule import Schedule
    from simulator.protocols.channel import Guarantee


BEST_EFFORT: Final = BestEffort()
AHEAD: Final = 1024
"""How many instants are worked out beyond those that a workload is expected to have."""
STANDSTILL: Final = 1_000_000
"""A workload of so many messages and as many again at one instant has stopped."""

IntArray: TypeAlias = npt.NDArray[np.int64]


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
    node: Node,
    workload: Workload,
    action: Callable[[int], Any],
    *,
    messages: int | None = None,
    until: float | None = None,
) -> simpy.Event:
    """Do something each time that a workload says so, from now on.

    Args:
        node: The node whose verb this is.
        workload: When, such as Poisson(rate=10).
        action: Called with 0, 1, 2, …: what to do. A generator that it returns is run as a
            process of this node. Nothing is done while the node is down.
        messages: How many times, at most. None: as often as there are instants before `until`.
        until: When the workload ends, in seconds on the clock of the network: nothing is done at
            that instant or after. None: after so many messages.

    Returns:
        An event that happens when all is done.
    """
    function("Node.drive.action", action, "the number of the call")
    end_ns = END_OF_TIME if until is None else _end_ns(node, until)
    if messages is None and until is not None:
        instants_ns = _instants_until(node, workload, until, end_ns)
    elif messages is None:
        refuse("Node.drive.messages", messages, "a whole number at least 1, or None beside until")
    else:
        instants_ns = _instants_ns(node, "Node.drive", workload, messages, end_ns)
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


def _instants_ns(
    node: Node, field: str, workload: Workload, messages: int, end_ns: int = END_OF_TIME
) -> list[int]:
    """Return the arrival instants of a workload that begins now, of so many and before an end."""
    _check_workload(field, workload)
    count = integer(f"{field}.messages", messages, low=1)
    memory.check_fits(f"{field}.messages", count, count, memory.INSTANT, "have fewer")
    times_ns = _times_ns(node, workload, count)
    node.drivers += 1
    instants_ns: list[int] = times_ns[times_ns < end_ns].tolist()
    return instants_ns


def _instants_until(node: Node, workload: Workload, until: float, end_ns: int) -> list[int]:
    """Return all arrival instants of a workload that begins now, before an end.

    How many they are is not known: as many are worked out as it seems, then twice as many, and so
    on. Draws are addressed, so that the first instants stay what they are.
    """
    _check_workload("Node.drive", workload)
    count_before = getattr(workload, "count_before", lambda _: 0)
    count = count_before(to_seconds(end_ns - node.env.instant_ns)) + AHEAD
    known: IntArray = np.empty(0, dtype=np.int64)
    while True:
        memory.check_fits("Node.drive.until", until, count, memory.INSTANT, "let it end earlier")
        count = math.ceil(count)
        times_ns = _times_ns(node, workload, count)
        if not np.array_equal(times_ns[: len(known)], known):
            allowed = "given for this workload, whose instants depend on how many there are"
            refuse("Node.drive.messages", None, allowed)
        if len(times_ns) < count or times_ns[-1] >= end_ns:
            break
        if len(known) > STANDSTILL and times_ns[-1] == known[-1]:
            allowed = f"one that goes on: {count:,} messages by {to_seconds(int(known[-1])):g} s"
            refuse("Node.drive.workload", workload, allowed)
        known, count = times_ns, 2 * count
    node.drivers += 1
    instants_ns: list[int] = times_ns[times_ns < end_ns].tolist()
    return instants_ns


def _times_ns(node: Node, workload: Workload, count: int) -> IntArray:
    draws = node.network.workload_draws(node, node.drivers, count)
    return node.env.instant_ns + workload.times_ns(count, draws)


def _check_workload(field: str, workload: Workload) -> None:
    expected = "a workload, such as Poisson(rate=10)"
    has_method(f"{field}.workload", workload, "times_ns", expected)


def _end_ns(node: Node, until: float) -> int:
    now_ns = node.env.instant_ns
    now = to_seconds(now_ns)
    end_ns = to_ns(number("Node.drive.until", until, low=now, open_low=True))
    if end_ns == now_ns:
        allowed = f"at least 1e-09 above {now:g}: time is in whole nanoseconds"
        refuse("Node.drive.until", until, allowed)
    return end_ns
