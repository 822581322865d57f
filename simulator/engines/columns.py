"""Columns: the results of many messages, and the ledger made of them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from simulator.clock import END_OF_TIME
from simulator.ledger import BELIEFS, NEVER, Ledger
from simulator.protocols import AtLeastOnce, AtMostOnce, ExactlyOnce, Guarantee

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NOT_COMING: Final = END_OF_TIME
"""The instant of an event that never comes."""
SENT, WAITING, ACKNOWLEDGED, GAVE_UP = (
    BELIEFS.index(belief) for belief in ("sent", "waiting", "acknowledged", "gave_up")
)


def ledger_of(
    guarantee: Guarantee,
    *,
    first: int,
    idempotent: bool,
    created_ns: IntArray,
    attempts: npt.NDArray[np.int32],
    arrivals: npt.NDArray[np.int32],
    delivered: IntArray,
    known: IntArray,
    gave_up: IntArray,
    belief: npt.NDArray[np.int8],
    in_flight: BoolArray,
) -> Ledger:
    """Return the ledger of messages under one of the four guarantees.

    Args:
        guarantee: The guarantee.
        first: Number of the first message.
        idempotent: Whether handling a message twice changes no more than once.
        created_ns: When they were created.
        attempts: How often they were sent.
        arrivals: How many copies arrived.
        delivered: When the first did, since creation; `NOT_COMING` if none did.
        known: When the first acknowledgement came, since creation; changed in place.
        gave_up: When the sender gave up, since creation; `NEVER` if it did not.
        belief: The sender's beliefs, as indices into `BELIEFS`.
        in_flight: Whether data are in flight at the end.
    """
    once = isinstance(guarantee, AtMostOnce | ExactlyOnce)
    acknowledges = isinstance(guarantee, AtLeastOnce | ExactlyOnce)
    came = _narrow(arrivals)
    nothing = np.zeros_like(came)
    arrived = came > 0
    handovers = arrived.view(np.uint8) if once else came
    np.putmask(delivered, ~arrived, NEVER)
    np.putmask(known, belief != ACKNOWLEDGED, NEVER)
    return Ledger(
        {
            "created_ns": created_ns,
            "attempts": _narrow(attempts),
            "arrivals": came,
            "handovers": handovers,
            "effects": arrived.view(np.uint8) if idempotent else handovers,
            "suppressed": came - handovers if once else nothing,
            "delivered_after": delivered,
            "acknowledged_after": known,
            "gave_up_after": gave_up,
            "acks_sent": came if acknowledges else nothing,
            "belief": belief,
            "undecided": in_flight | (belief == WAITING),
        },
        first=first,
    )


def _narrow(counts: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    """Return counts in the smallest type that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
