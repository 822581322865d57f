"""Counts: what became of the messages of a queue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class QueueCounts:
    """What became of the messages that a queue accepted, and how often it refused one.

    Redeliveries are the deliveries beyond the first of each message, those not counted that the
    worker refused.
    """

    accepted: int = 0
    delayed: int = 0
    waiting: int = 0
    delivered: int = 0
    acknowledged: int = 0
    dead_lettered: int = 0
    expired: int = 0
    dropped: int = 0
    lost: int = 0
    rejected: int = 0
    redeliveries: int = 0

    @property
    def conserved(self) -> bool:
        """Whether every message is in one state."""
        present = self.delayed + self.waiting + self.delivered
        gone = self.acknowledged + self.dead_lettered + self.expired + self.dropped + self.lost
        return self.accepted == present + gone
