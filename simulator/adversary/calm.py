"""A calm network: it is not random, and everything that goes wrong in it is in the script."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from simulator.conditions import Constant, Link
from simulator.conditions.delay import quantiles
from simulator.network import Fault, Network, RandomCrashes

if TYPE_CHECKING:
    from simulator.network import Node


def calm(link: Link) -> Link:
    """Return a link without its randomness: no loss, no duplicates, and its usual delay.

    The usual delay is the median, to two digits. Bandwidth, buffer and order are not random, and
    are kept.
    """
    delay = link.delay
    if isinstance(delay, Constant) and link.loss == 0.0 and not link.duplicate:
        return link
    if not isinstance(delay, Constant):
        median = float(quantiles(delay, np.array([0.5]))[0])
        delay = Constant(float(f"{median:.2g}"))
    return dataclasses.replace(link, delay=delay, loss=0.0, duplicate=0.0)


class CalmNetwork(Network):
    """A network with calm links, and with no faults but those of its adversary."""

    def connect(self, sender: Node, receiver: Node, link: Link, *, one_way: bool = False) -> None:
        """Lay a calm link in place of `link`."""
        link = calm(link) if isinstance(link, Link) else link
        super().connect(sender, receiver, link, one_way=one_way)

    def inject(self, *faults: Fault) -> None:
        """Ignore faults: those that happen are in the script.

        Random crashes are registered, so that `RandomCrashes.crashes` returns the same as in the
        original run.
        """
        for fault in faults:
            if isinstance(fault, RandomCrashes):
                self.random_crashes.add(fault)
