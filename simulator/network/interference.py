"""Interference: what an adversary is, to a network. It decides what becomes of each transmission.

A script is one (`simulator.adversary`). A student's own is any object with these two methods:

    class LosesEveryThird:
        def start(self, net):
            self.sent = 0
            return self

        def decide(self, transmission, delays_ns):
            self.sent += 1
            return () if self.sent % 3 == 0 else delays_ns

One that has `ends` makes the ends of channels too (`simulator.adversary.points`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from simulator.conditions import Transmission


class Interference(Protocol):
    """An adversary at work in one network."""

    def decide(self, transmission: Transmission, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Decide what becomes of a transmission.

        Args:
            transmission: What is sent, neither dropped nor over a link that a fault cuts.
            delays_ns: What was drawn for it: the delay of each copy, in nanoseconds; none
                if it is lost, two if the network duplicates it.

        Returns:
            What becomes of it, in the same form.
        """


class Adversary(Protocol):
    """The extension point: one method."""

    def start(self, net: Any) -> Interference:
        """Begin to work in a network, `net`, before it has any node."""
