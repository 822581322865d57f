"""netem: a link as the arguments of Linux's `tc qdisc … netem`.

Source: S. Hemminger, "Network Emulation with NetEm", Linux Conf Au, 2005; the manual page
tc-netem(8).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from simulator import Bernoulli, Constant, Empirical, GilbertElliott, Link, Normal, Uniform
from simulator.conditions import Delay
from simulator.conditions.loss import Loss, LossWithMemory
from simulator.validation import refuse

LIMIT: Final = "100000"
"""Packets under way: netem drops what exceeds its limit, 1,000 unless it is told."""


def netem(link: Link) -> list[str]:
    """Return the arguments that make netem treat what leaves a device as a link does.

    netem draws each delay by itself, as a link does, so packets overtake each other. What is
    measured, `Empirical`, becomes a normal distribution of the same mean and standard deviation.
    netem duplicates before it loses, so that a link which does both loses slightly less in it.

    Raises:
        ValueError: If the link has what netem has not: another delay or loss, order among packets
            of varying delay, or a buffer, for netem counts packets and not bytes.
    """
    if link.ordered and not isinstance(link.delay, Constant):
        refuse("Link.ordered", link.ordered, "False for netem, unless its delay is constant")
    if link.buffer is not None:
        refuse("Link.buffer", link.buffer, "None for netem, whose limit counts packets")
    arguments = [*_delay(link.delay), *_loss(link.loss_model)]
    if link.duplicate:
        arguments += ["duplicate", _percent(link.duplicate)]
    if link.bandwidth is not None:
        arguments += ["rate", f"{link.bandwidth:.0f}bps"]  # tc's bps are bytes
    return [*arguments, "limit", LIMIT]


def _delay(delay: Delay) -> list[str]:
    if isinstance(delay, Empirical):
        spread = float(np.std(delay.samples))
        delay = Normal(mean=delay.mean, std=spread) if spread else Constant(delay.mean)
    if isinstance(delay, Constant):
        return ["delay", _ms(delay.seconds)]
    if isinstance(delay, Uniform):  # netem's own, where no distribution is named
        return ["delay", _ms(delay.true_mean), _ms((delay.high - delay.low) / 2)]
    if not isinstance(delay, Normal):
        refuse("Link.delay", delay, "Constant, Uniform, Normal or Empirical for netem")
    return ["delay", _ms(delay.minimum + delay.mean), _ms(delay.std), "distribution", "normal"]


def _loss(loss: Loss | LossWithMemory) -> list[str]:
    if isinstance(loss, Bernoulli):
        return ["loss", "random", _percent(loss.rate)] if loss.rate else []
    if not isinstance(loss, GilbertElliott):
        refuse("Link.loss", loss, "a rate or GilbertElliott for netem")
    shares = loss.p, loss.r, loss.loss_bad, loss.loss_good
    return ["loss", "gemodel", *map(_percent, shares)]


def _ms(seconds: float) -> str:
    return _short(seconds * 1e3, 6) + "ms"


def _percent(share: float) -> str:
    return _short(share * 100, 8) + "%"


def _short(value: float, places: int) -> str:
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
