"""Conditions: what network the program of a lab is judged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from simulator import Constant, Link, Network, RandomCrashes, Uniform
from simulator.languages.texts import Texts

USUAL: Final = Link(delay=Constant(0.05))
SHORTEST: Final = 0.01
"""The shortest that a copy is on its way, in seconds."""

LONGEST: Final = 0.2
"""The longest that a copy is on its way, in seconds."""

INTERVAL: Final = 0.05
"""Seconds between messages."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """A network, and how much is asked in it.

    Attributes:
        link: Every link.
        losses: If it does nothing but lose, up to so many losses must be survived. None: it does
            more, and promises alone must be kept.
        crashes: Whether the node that receives crashes at random.
    """

    link: Link = USUAL
    losses: int | None = None
    crashes: bool = False

    def asks_to_survive(self, net: Network) -> bool:
        """Whether what a network has lost in a run must have been survived."""
        if self.losses is None:
            return False
        return sum(counts.lost for counts in net.links.values()) <= self.losses

    def inject(self, net: Network, node: str, until: float) -> None:
        """Let a node crash at random, where it does."""
        if self.crashes:
            net.inject(
                RandomCrashes(
                    node=node,
                    mean_time_to_failure=1.0,
                    mean_time_to_repair=0.2,
                    until=until + 1.0,
                )
            )


def at_random(*, loss: float, duplicate: float = 0.0, crashes: bool = False) -> Conditions:
    """Return conditions that are drawn."""
    delay = Uniform(low=SHORTEST, high=LONGEST)
    return Conditions(link=Link(delay=delay, loss=loss, duplicate=duplicate), crashes=crashes)


class LabProgram(Protocol):
    """What judges a student's class or function in one run."""

    def __call__(
        self,
        made: Any,
        net: Network,
        times: tuple[float, ...],
        conditions: Conditions,
        said: Texts,
    ) -> str:
        """Run it in a network.

        Args:
            made: An object of the student's class, or the function.
            net: An empty network.
            times: When messages are sent, in seconds.
            conditions: What the network is like, and what is asked.
            said: The labs' texts.

        Returns:
            A sentence that says what was broken; empty if nothing was.
        """
