"""A channel: the way from a sender to a receiver under one guarantee, with an end at each.

A guarantee is written with the verbs of its two ends. At the sender: transmit, wait for the
acknowledgement, give up, release. At the receiver: hand over, suppress, acknowledge, remember,
forget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.network.channel.receiver_end import Receiver, ReceiverEnd
from simulator.network.channel.sender_end import Sender, SenderEnd

if TYPE_CHECKING:
    from simulator.network.schedule import Schedule
    from simulator.network.wire import Wire
    from simulator.protocols.channel import Guarantee
    from simulator.randomness import Randomness
    from simulator.trace import Trace

Ends = tuple[Callable[..., ReceiverEnd], Callable[..., SenderEnd]]
"""What makes the ends of a channel."""


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """The way from a sender to a receiver under one guarantee.

    Attributes:
        sender: The sender's end.
        receiver: The receiver's end.
        guarantee: The guarantee.
    """

    sender: SenderEnd
    receiver: ReceiverEnd
    guarantee: Guarantee


def open_channel(  # noqa: PLR0917 - it joins two nodes, two wires and a guarantee
    env: Schedule,
    sender: Sender,
    receiver: Receiver,
    wire: Wire,
    find_way_back: Callable[[], Wire],
    guarantee: Guarantee,
    randomness: Randomness,
    trace: Trace,
    ends: Ends | None = None,
) -> Channel:
    """Open a channel. `find_way_back` is called when the first answer needs a wire."""
    make_receiver, make_sender = ends or (ReceiverEnd, SenderEnd)
    far = make_receiver(env, sender, receiver, wire, guarantee, trace)
    near = make_sender(
        env, sender, receiver, far, wire, find_way_back, guarantee, randomness, trace
    )
    far.far_end = near
    return Channel(near, far, guarantee)
