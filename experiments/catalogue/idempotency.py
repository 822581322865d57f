"""A hundred is deposited by each message: what does the account show in the end?"""

from dataclasses import dataclass, field
from typing import Literal

from experiments.framework.axis import grid
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    ExactlyOnce,
    Exponential,
    IdempotencyKeys,
    Link,
    Message,
    Network,
    Periodic,
    Retry,
    theory,
)
from simulator.fields import PROBABILITY
from simulator.protocols import Guarantee

AMOUNT = 100
RETRY = Retry(timeout=2.0, max_attempts=5)


@dataclass(frozen=True, kw_only=True)
class Bank(Model):
    """A customer deposits 100 again and again, over a network that loses.

    Attributes:
        deposits: "at_most_once", "at_least_once", "idempotent" (at least once, and the bank knows
            the key of each deposit) or "exactly_once" (the bank's network layer deduplicates).
        loss: Loss rate, each way.
    """

    deposits: Literal["at_most_once", "at_least_once", "idempotent", "exactly_once"] = (
        "at_least_once"
    )
    loss: float = field(default=0.2, metadata=PROBABILITY)

    metrics = (Metric("balance"),)

    def measure(self, replication: int) -> Measures:
        """Return the balance, as a multiple of what was deposited."""
        net = Network(self.seed, replication=replication, trace=False)
        customer, bank = net.node("customer"), net.node("bank")
        net.connect(customer, bank, Link(delay=Exponential(mean=0.05), loss=self.loss))
        balance = 0

        @bank.on("deposit", keys=IdempotencyKeys() if self.deposits == "idempotent" else None)
        def deposit(message: Message) -> None:
            nonlocal balance
            balance += message.data

        guarantees: dict[str, Guarantee] = {
            "at_most_once": AtMostOnce(),
            "at_least_once": AtLeastOnce(retry=RETRY),
            "idempotent": AtLeastOnce(retry=RETRY),
            "exactly_once": ExactlyOnce(retry=RETRY),
        }
        guarantee = guarantees[self.deposits]

        def pay(_: int) -> None:
            customer.send(bank, "deposit", AMOUNT, guarantee=guarantee)

        customer.drive(Periodic(interval=0.01), pay, messages=self.messages)
        net.run()
        return {"balance": balance / (AMOUNT * self.messages)}


def expected_balance(bank: Bank) -> float:
    """Return the mean balance: handovers that have an effect, for each deposit."""
    if bank.deposits == "at_most_once":
        return 1 - bank.loss
    expected = theory.at_least_once(
        loss=bank.loss, ack_loss=bank.loss, attempts=RETRY.max_attempts or 0
    )
    delivered = 1 - expected.loss_rate
    return delivered + (expected.duplicate_rate if bank.deposits == "at_least_once" else 0.0)


EXPERIMENT = Experiment(
    question="A hundred is deposited by each message: what does the account show in the end?",
    base=Bank(messages=2_000),
    sweep={
        "deposits": {
            key: key for key in ("at_most_once", "at_least_once", "idempotent", "exactly_once")
        },
        "loss": grid(0.0, 0.5, 0.1),
    },
    units={"loss": "%"},
    metrics=Bank.metrics,
    theory={"balance": expected_balance},
    figures=(Figure(name="balance", panels=(Lines(x="loss", y="balance", color="deposits"),)),),
    replications=20,
)
