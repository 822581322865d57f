"""Windows: the start and the end of a fault, on the clock; and the names of what it befalls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from simulator.clock import to_ns
from simulator.fields import checked
from simulator.network.timers import Phase, Timer
from simulator.validation import name_of, parts, refuse

if TYPE_CHECKING:
    from simulator.network.network import Network
    from simulator.network.node.node import Node
    from simulator.protocols.channel import Steps

Part = TypeVar("Part")

NODE: Final = checked(name_of, without="→")
"""The field of a fault that names a node."""


def begin_and_end(
    net: Network,
    fault: Any,
    *,
    find: Callable[[], Sequence[Part]],
    begin: Callable[[Part], object],
    end: Callable[[Part], object],
) -> Steps:
    """Plan the start and the end of a fault, counted from now.

    Both are planned at once, so that a fault that begins now comes before all that happens next.

    Args:
        net: The network.
        fault: The fault, with `at` and `lasts`.
        find: Looks up what it befalls, and refuses what is not there.
        begin: Breaks one of these.
        end: Heals it.

    Returns:
        The process that waits for the end. It looks up what the fault befalls before it waits.
    """
    start_ns = to_ns(fault.at)
    start = Timer(net.env, start_ns, Phase.BREAK)
    stop = Timer(net.env, start_ns + to_ns(fault.lasts), Phase.HEAL)
    broken: list[Part] = []

    def strike(_: object) -> None:
        broken.extend(find())
        for part in broken:
            begin(part)

    def heal(_: object) -> None:
        for part in broken:
            end(part)

    def wait() -> Steps:
        find()
        yield stop

    start.callbacks.append(strike)
    stop.callbacks.append(heal)
    return wait()


def names_in(field: str, names: Any, allowed: str) -> tuple[str, ...]:
    """Return names of nodes as a tuple, or refuse them."""
    kept = parts(field, names, allowed)
    if not kept:
        refuse(field, names, allowed)
    return tuple(name_of(field, name, without="→") for name in kept)


def node_of(net: Network, fault: object, field: str = "node") -> Node:
    """Return the node that a field of a fault names, or refuse it if there is none."""
    return net.find(getattr(fault, field), f"{type(fault).__name__}.{field}")
