"""A link: what the network does to copies on their way from a node to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import numpy.typing as npt

from simulator.clock import to_ns_array
from simulator.conditions.delay import Constant, Delay
from simulator.conditions.loss import Bernoulli, Loss, LossWithMemory
from simulator.validation import has_method, probability, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The conditions on a one-way link.

    A transmission is first lost or not; a survivor is duplicated at most once; each copy has its
    own delay, so copies overtake each other (reordering) as their delays fall.

    Attributes:
        delay: How long a copy takes; anything with `quantile(u)`.
        loss: A probability, or a loss model: anything with `loses(transmission, u)`.
        duplicate: Probability that the network makes a second copy of what it has not lost.
    """

    delay: Delay = field(default_factory=lambda: Constant(0.0))
    loss: float | Loss | LossWithMemory = 0.0
    duplicate: float = 0.0

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        expected = "a delay, such as Constant(0.05) or Exponential(mean=0.05)"
        has_method("Link.delay", self.delay, "quantile", expected)
        if isinstance(self.loss, Real):
            object.__setattr__(self, "loss", probability("Link.loss", self.loss))
        elif not isinstance(self.loss, LossWithMemory) or isinstance(self.loss, type):
            expected = "a probability from 0 to 1, or a loss model such as Bernoulli(rate=0.1)"
            has_method("Link.loss", self.loss, "loses", expected)
        object.__setattr__(self, "duplicate", probability("Link.duplicate", self.duplicate))
        self.delays_ns(np.array([0.0, 0.5, 1 - 2**-53]))

    @property
    def loss_model(self) -> Loss | LossWithMemory:
        """The loss, a probability made into a model."""
        return self.loss if not isinstance(self.loss, float) else Bernoulli(rate=self.loss)

    def start_loss(self, stream: np.random.Generator) -> Loss:
        """Return the loss at the start of a run; `stream` is for a model with a memory."""
        model = self.loss_model
        return model.start(stream) if isinstance(model, LossWithMemory) else model

    def delays_ns(self, u: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the delay of each draw in whole nanoseconds. Shape is kept.

        Raises:
            ValueError: If the delay's `quantile` returns anything but seconds of at least 0.
        """
        seconds = np.asarray(self.delay.quantile(u))
        if seconds.shape != u.shape or seconds.dtype.kind not in "fiu":
            got = f"{seconds.dtype} of shape {seconds.shape}"
            refuse("Link.delay.quantile(u)", got, f"an array of seconds of shape {u.shape}")
        bad = ~(seconds >= 0)  # NaN too
        if bad.any():
            refuse("Link.delay.quantile(u)", float(seconds[bad][0]), "at least 0 for every u")
        return to_ns_array(seconds.astype(np.float64, copy=False))
