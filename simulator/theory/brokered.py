"""Closed forms for a message that goes to its receiver through a broker.

Assumptions: as in `guarantees`; the broker accepts each copy that reaches it, as a message of its
own, delivers it at once, and again after its visibility timeout while no acknowledgement has come.

Of n attempts let N copies arrive, A the event that one of them was answered. Attempt by attempt,

    P(c copies arrive) = p, (1−p)(1−d), (1−p) d    for c = 0, 1, 2,

and the next is sent if all c acknowledgements are lost, qᶜ. That gives the joint law of N and A.
The broker's deliveries follow the same law; each of the N that it accepted goes its own way.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.theory.guarantees import Expected, at_least_once

FloatArray = npt.NDArray[np.float64]


def through_a_broker(
    *, loss: float, ack_loss: float, attempts: int, deliveries: int, duplicate: float = 0.0
) -> Expected:
    """Publish at least once to a broker, which delivers at least once; all links are alike.

    Args:
        loss: p, probability that a data transmission is lost.
        ack_loss: q, probability that an acknowledgement is lost.
        attempts: How often the sender publishes at most.
        deliveries: How often the broker delivers what it accepted at most.
        duplicate: d, probability that the network duplicates a data transmission that survives.

    Raises:
        ValueError: If an argument is out of its range.
    """
    for name, count in (("attempts", attempts), ("deliveries", deliveries)):
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ValueError(f"{name} must be a whole number at least 1, got {count!r}")
    link = {"loss": loss, "ack_loss": ack_loss, "duplicate": duplicate}
    published = at_least_once(**link, attempts=attempts)
    delivered = at_least_once(**link, attempts=deliveries)
    answered, unanswered = arrivals(**link, attempts=attempts)
    accepted = answered + unanswered
    handed_over = np.add(*arrivals(**link, attempts=deliveries))
    copies = np.arange(len(accepted))
    never = handed_over[0] ** copies
    once = copies * handed_over[1] * handed_over[0] ** np.maximum(copies - 1, 0)
    lost = float(accepted @ never)
    let_in = published.handovers_mean
    # Rounding may make differences of equal numbers slightly negative.
    return Expected(
        loss_rate=lost,
        duplicate_rate=max(let_in * delivered.handovers_mean - (1 - lost), 0.0),
        duplicated_rate=max(1 - lost - float(accepted @ once), 0.0),
        in_doubt_rate=float(unanswered @ (1 - never)),
        attempts_mean=published.attempts_mean,
        cost=published.cost + let_in * delivered.cost,
    )


def arrivals(
    *, loss: float, ack_loss: float, attempts: int, duplicate: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return how many copies of a message arrive that is sent until it is acknowledged.

    Returns:
        Two arrays of shape (2 · attempts + 1,): the probability that so many copies arrive and the
        sender is answered, and that so many do and it is not.
    """
    answered = np.zeros(2 * attempts + 1)
    unanswered = np.zeros(2 * attempts + 1)
    unanswered[0] = 1.0
    copies = (loss, (1 - loss) * (1 - duplicate), (1 - loss) * duplicate)
    for _ in range(attempts):
        before, unanswered = unanswered, np.zeros_like(unanswered)
        for arrived, probability in enumerate(copies):
            after = probability * np.roll(before, arrived)  # no attempt left, no copy to wrap round
            answered += after * (1 - ack_loss**arrived)
            unanswered += after * ack_loss**arrived
    return answered, unanswered
