"""Resending: what a sender does until it is acknowledged, or gives up.

for attempt in 1, 2, 3, …:
    send the message
    wait for an acknowledgement, up to the timeout: it came? done
    was it the last attempt? give up
    pause (an acknowledgement may still come)
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.message import Message
    from simulator.network import Channel, Steps
    from simulator.policies import Retry


def send_until_acknowledged(channel: Channel, message: Message, retry: Retry) -> Steps:
    """Send a message again and again, as a retry policy says, until it is acknowledged.

    An acknowledgement of any attempt counts, and so does one at the very instant of a timeout. At
    the deadline the sender gives up, in the middle of a wait or of a pause.
    """
    channel.set_deadline(message, retry.deadline)
    pause = 0.0
    for attempt in count(1):
        channel.transmit(message, attempt)
        if (yield channel.acknowledgement(message, within=retry.timeout_of(attempt))):
            return
        channel.time_out(message, attempt)
        if attempt == retry.max_attempts or channel.expired(message):
            break
        pause = retry.backoff.pause_after(attempt, pause, channel.luck(message, attempt))
        if (yield channel.acknowledgement(message, within=pause)):
            return
        if channel.expired(message):
            break
    channel.give_up(message)
