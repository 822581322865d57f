"""A link: the conditions on the one-way path from one node to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from simulator.clock import to_ns, to_ns_array
from simulator.conditions.delay import Constant, Delay, quantiles
from simulator.conditions.draws import Draws, copy_lane, loss_lane
from simulator.conditions.gilbert_elliott import GilbertElliott
from simulator.conditions.loss import Bernoulli, Loss, LossWithMemory
from simulator.conditions.transmission import Transmission
from simulator.fields import BOOLEAN, PROBABILITY, check_fields, checked, or_none
from simulator.randomness import Purpose
from simulator.validation import has_method, integer, number, probability, refuse, started


def _loss(name: str, value: Any) -> float | Loss | LossWithMemory:
    if isinstance(value, Real):
        return probability(name, value)
    if isinstance(value, GilbertElliott):
        return value
    if isinstance(value, LossWithMemory) and not isinstance(value, type):
        started(name, value, np.random.default_rng(0), "loses")
        return value
    allowed = "a probability from 0 to 1, or a loss model such as Bernoulli(rate=0.1)"
    loss: Loss = has_method(name, value, "loses", allowed)
    return loss


DELAY: Final = checked(
    has_method,
    method="quantile",
    allowed="a delay, such as Constant(0.05) or Exponential(mean=0.05)",
)
BANDWIDTH: Final = or_none(
    number,
    low=0,
    open_low=True,
    allowed="a finite number of bytes a second above 0, or None for no limit",
)
BUFFER: Final = or_none(
    integer, low=0, allowed="a whole number of bytes at least 0, or None for no limit"
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

    is_only_kind: ClassVar[bool] = True  # so TOML need not name its type

    delay: Delay = field(default_factory=lambda: Constant(0.0), metadata=DELAY)
    loss: float | Loss | LossWithMemory = field(default=0.0, metadata=checked(_loss))
    duplicate: float = field(default=0.0, metadata=PROBABILITY)
    ordered: bool = field(default=False, metadata=BOOLEAN)
    bandwidth: float | None = field(default=None, metadata=BANDWIDTH)
    buffer: int | None = field(default=None, metadata=BUFFER)

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        if self.buffer is not None and self.bandwidth is None:
            refuse("Link.buffer", self.buffer, "None where bandwidth is None: nothing ever waits")
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
        delay = self.delay
        return to_ns(delay.seconds) if type(delay) is Constant else None

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
