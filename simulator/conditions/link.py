"""A link: the conditions on the one-way path from one node to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import numpy.typing as npt

from simulator.clock import to_ns_array
from simulator.conditions.delay import Constant, Delay, quantiles
from simulator.conditions.draws import Draws, copy_lane, loss_lane
from simulator.conditions.gilbert_elliott import GilbertElliott
from simulator.conditions.loss import Bernoulli, Loss, LossWithMemory
from simulator.conditions.transmission import Transmission
from simulator.randomness import Purpose
from simulator.validation import (
    has_method,
    integer,
    keep_number,
    probability,
    refuse,
    started,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The conditions on a one-way link.

    On a link with a bandwidth, a transmission first waits its turn; one that finds the buffer full
    is dropped. It is then lost or not; a survivor is duplicated at most once. Each copy has its own
    delay, so copies may overtake each other (reordering).

    Attributes:
        delay: How long a copy takes; anything with `quantile(u)`.
        loss: A probability, or a loss model: anything with `loses(transmission, u)`.
        duplicate: Probability that the network duplicates a transmission that it has not lost.
        ordered: Whether copies arrive in the order in which they were sent: a slow one then holds
            back those behind it (head-of-line blocking), as in a TCP connection.
        bandwidth: Bytes per second, one transmission after another. None: no limit.
        buffer: How many bytes may wait, not counting the transmission being sent; one that would
            exceed it is dropped (drop-tail). None: no limit. Needs a bandwidth.
    """

    delay: Delay = field(default_factory=lambda: Constant(0.0))
    loss: float | Loss | LossWithMemory = 0.0
    duplicate: float = 0.0
    ordered: bool = False
    bandwidth: float | None = None
    buffer: int | None = None

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        expected = "a delay, such as Constant(0.05) or Exponential(mean=0.05)"
        has_method("Link.delay", self.delay, "quantile", expected)
        if isinstance(self.loss, Real):
            object.__setattr__(self, "loss", probability("Link.loss", self.loss))
        elif not isinstance(self.loss, LossWithMemory) or isinstance(self.loss, type):
            expected = "a probability from 0 to 1, or a loss model such as Bernoulli(rate=0.1)"
            has_method("Link.loss", self.loss, "loses", expected)
        elif not isinstance(self.loss, GilbertElliott):
            started("Link.loss", self.loss, np.random.default_rng(0), "loses")
        object.__setattr__(self, "duplicate", probability("Link.duplicate", self.duplicate))
        if not isinstance(self.ordered, bool):
            refuse("Link.ordered", self.ordered, "True or False")
        if self.bandwidth is not None:
            allowed = "a finite number of bytes a second above 0, or None for no limit"
            keep_number(self, "bandwidth", low=0, open_low=True, allowed=allowed)
        if self.buffer is not None:
            allowed = "a whole number of bytes at least 0, or None for no limit"
            buffer = integer("Link.buffer", self.buffer, low=0, allowed=allowed)
            object.__setattr__(self, "buffer", buffer)
            if self.bandwidth is None:
                refuse("Link.buffer", buffer, "None where bandwidth is None: nothing ever waits")
        self.delays_ns(np.array([0.0, 0.5, 1 - 2**-53]))

    @property
    def loss_model(self) -> Loss | LossWithMemory:
        """The loss as a model: `Bernoulli` for a probability."""
        return self.loss if not isinstance(self.loss, float) else Bernoulli(rate=self.loss)

    def start_loss(self, stream: np.random.Generator) -> Loss:
        """Return the loss model of one run; only a model with memory reads `stream`."""
        model = self.loss_model
        return model.start(stream) if isinstance(model, LossWithMemory) else model

    @property
    def fixed_delay_ns(self) -> int | None:
        """The delay of each copy, in nanoseconds, where it is always the same; else None."""
        return int(self.delays_ns(np.zeros(1))[0]) if type(self.delay) is Constant else None

    def fate(self, draws: Draws, transmission: Transmission) -> tuple[int, ...]:
        """Return what becomes of a transmission that has left: lost, or one copy, or two.

        Args:
            draws: The draws of the run.
            transmission: What is sent; it names the link.

        Returns:
            The delays of the copies that arrive, in nanoseconds: none, one or two.
        """
        message = transmission.message
        lane = loss_lane(
            transmission.link,
            transmission.attempt,
            transmission.copy,
            is_answer=transmission.acknowledgement,
        )
        # Draws have addresses: those that nothing depends on need not be made.
        if self.loss != 0.0 and draws.loses(self, transmission, lane):
            return ()
        first_ns = draws.delay_ns(self, copy_lane(lane, 0), message)
        twice = lane._replace(purpose=Purpose.DUPLICATION)
        if self.duplicate == 0 or draws.uniform(twice, message) >= self.duplicate:
            return (first_ns,)
        return first_ns, draws.delay_ns(self, copy_lane(lane, 1), message)

    def delays_ns(
        self, u: npt.NDArray[np.float64], scratch: npt.NDArray[np.float64] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return the delay of each draw in whole nanoseconds. Shape is kept.

        Args:
            u: Draws, uniform on [0, 1).
            scratch: An array of the same shape to work in. None: make one.

        Raises:
            ValueError: If the delay's `quantile` returns anything but seconds of at least 0.
        """
        seconds = quantiles(self.delay, u)
        if seconds.shape != u.shape or seconds.dtype.kind not in "fiu":
            got = f"{seconds.dtype} of shape {seconds.shape}"
            refuse("Link.delay.quantile(u)", got, f"an array of seconds of shape {u.shape}")
        if not np.min(seconds, initial=0.0) >= 0:  # NaN too
            bad = seconds[~(seconds >= 0)]
            refuse("Link.delay.quantile(u)", float(bad[0]), "at least 0 for every u")
        return to_ns_array(seconds.astype(np.float64, copy=False), scratch)
