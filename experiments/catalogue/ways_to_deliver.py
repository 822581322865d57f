"""What does it take to deliver a message: alone, sent again, remembered, or through a broker?"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from experiments.framework.axis import grid
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    Constant,
    ExactlyOnce,
    ExponentialBackoff,
    Link,
    Message,
    Network,
    Poisson,
    Retry,
    theory,
)
from simulator.fields import PROBABILITY
from simulator.protocols import Guarantee

RATE = 20.0
"""Messages a second."""
DELAY, DUPLICATE = 0.05, 0.05
"""Of each link: its delay in seconds, and how often it makes a second copy of what it carries."""
ATTEMPTS = 3
TIMEOUT = 0.2
RETRY = Retry(timeout=TIMEOUT, backoff=ExponentialBackoff(base=0.1), max_attempts=ATTEMPTS)
SENT = (0.0, 0.3, 0.7)
"""When that sends, in seconds after the creation: timeouts of 0.2 s, pauses of 0.1 and 0.2 s."""
VISIBILITY = 0.5
"""How long the broker waits for a worker's acknowledgement, in seconds."""
DIRECT: dict[str, Guarantee] = {
    "best_effort": BestEffort(),
    "at_most_once": AtMostOnce(),
    "at_least_once": AtLeastOnce(retry=RETRY),
    "exactly_once": ExactlyOnce(retry=RETRY),
}
SHOWN = {"way": ("best_effort", "at_least_once", "broker")}
"""The ways that differ in what is sent; a receiver that remembers only hands over less."""
Way = Literal["best_effort", "at_most_once", "at_least_once", "exactly_once", "broker"]


@dataclass(frozen=True, kw_only=True)
class Delivery(Model):
    """A sender of 20 messages a second, and a receiver: direct, or with a broker between them.

    A sender that is not acknowledged tries three times, as the chapter does. So does the broker,
    which has accepted each copy that reached it.

    Attributes:
        way: Under which guarantee a message goes to its receiver; or "broker": at least once to a
            broker, and from there in at most three deliveries.
        loss: Loss rate of each link, each way.
    """

    messages: int = 2_000
    way: Way = "best_effort"
    loss: float = field(default=0.1, metadata=PROBABILITY)

    metrics = (
        Metric("loss_rate", "%"),
        Metric("duplicate_rate"),
        Metric("latency_mean", "s"),
        Metric("cost", "transmissions per message"),
        Metric("sender_keeps"),
        Metric("receiver_remembers"),
        Metric("broker_keeps"),
    )

    def measure(self, replication: int) -> Measures:
        """Return what is lost or comes twice, how late, and what each end keeps for it."""
        net = Network(self.seed, replication=replication, trace=False)
        sender, receiver = net.node("sender"), net.node("receiver")
        link = Link(delay=Constant(DELAY), loss=self.loss, duplicate=DUPLICATE)
        handled: Counter[int] = Counter()
        latencies: list[float] = []
        kept: list[int] = []

        def handle(message: Message) -> None:
            handled[message.data] += 1
            if handled[message.data] == 1:
                latencies.append(net.now - message.created_s)

        def send(number: int) -> None:
            if self.way != "broker":
                sender.send(receiver, "order", number, guarantee=DIRECT[self.way])
                return
            kept.append(queue.counts.waiting + queue.counts.delivered)
            sender.publish(broker, "orders", number, guarantee=DIRECT["at_least_once"])

        if self.way == "broker":
            broker = net.broker("broker")
            net.connect(sender, broker, link)
            net.connect(broker, receiver, link)
            queue = broker.queue("orders", visibility_timeout=VISIBILITY, max_deliveries=ATTEMPTS)
            receiver.subscribe(broker, "orders", handle, prefetch=self.messages)
        else:
            net.connect(sender, receiver, link)
            receiver.on("order")(handle)
        sender.drive(Poisson(rate=RATE), send, messages=self.messages)
        net.run()
        ledger = sender.ledger
        done = np.fmax(ledger["acknowledged_s"], ledger["gave_up_s"])
        waited = np.nan_to_num(done - ledger["created_s"])
        remembered = 0
        if self.way in {"at_most_once", "exactly_once"}:
            channel = net.channel(sender, receiver, DIRECT[self.way])
            remembered = channel.receiver.memory().most
        transmissions = sum(counts.sent for counts in net.links.values())
        return {
            "loss_rate": 1 - len(handled) / self.messages,
            "duplicate_rate": (handled.total() - len(handled)) / self.messages,
            "latency_mean": float(np.mean(latencies)) if latencies else math.nan,
            "cost": transmissions / self.messages,
            "sender_keeps": RATE * float(waited.mean()),  # Little's law
            "receiver_remembers": remembered / self.messages,
            "broker_keeps": float(np.mean(kept)) if kept else 0.0,  # at arrivals that are Poisson
        }


def expected(model: Delivery) -> theory.Expected:
    """Return what to expect of a message; timeouts are longer than any round trip."""
    link = {"loss": model.loss, "duplicate": DUPLICATE}
    if model.way in {"best_effort", "at_most_once"}:
        once = theory.best_effort if model.way == "best_effort" else theory.at_most_once
        return once(**link)
    link["ack_loss"] = model.loss
    if model.way == "broker":
        return theory.through_a_broker(**link, attempts=ATTEMPTS, deliveries=ATTEMPTS)
    resent = theory.at_least_once if model.way == "at_least_once" else theory.exactly_once
    return resent(**link, attempts=ATTEMPTS)


def metric(name: str) -> Callable[[Delivery], float]:
    """Return the closed form of a metric that `theory.Expected` has."""
    return lambda model: float(getattr(expected(model), name))


def latency_mean(model: Delivery) -> float:
    """Return the expected latency of a message that is handed over: the first that is not lost."""
    if model.way == "broker" or model.loss == 1:
        return math.nan  # the copies that a broker accepted race each other
    sent = SENT if model.way in {"at_least_once", "exactly_once"} else SENT[:1]
    first = [model.loss**k * (1 - model.loss) for k in range(len(sent))]
    return DELAY + float(np.average(sent, weights=first))


def sender_keeps(model: Delivery) -> float:
    """Return how many messages the sender keeps on average: by Little's law, rate times time."""
    if model.way in {"best_effort", "at_most_once"}:
        return 0.0
    return RATE * kept_for(model.loss, SENT, SENT[-1] + TIMEOUT)


def broker_keeps(model: Delivery) -> float:
    """Return how many messages the broker keeps on average, copies of one message counted each."""
    if model.way != "broker":
        return 0.0
    accepted = theory.at_least_once(
        loss=model.loss, ack_loss=model.loss, duplicate=DUPLICATE, attempts=ATTEMPTS
    ).handovers_mean
    sent = [VISIBILITY * k for k in range(ATTEMPTS)]
    return RATE * accepted * kept_for(model.loss, sent, VISIBILITY * ATTEMPTS)


def receiver_remembers(model: Delivery) -> float:
    """Return how many identifiers the receiver remembers for a message: one, if it arrived."""
    remembers = model.way in {"at_most_once", "exactly_once"}
    return 1 - expected(model).loss_rate if remembers else 0.0


def kept_for(loss: float, sent: Sequence[float], end: float) -> float:
    """Return the mean time for which what is sent at these instants, until answered, is kept."""
    failed = 1 - (1 - loss) ** 2 * (1 + DUPLICATE * loss)  # one sending brings no answer back
    times = [at + 2 * DELAY for at in sent]
    answered = sum(failed**k * (1 - failed) * time for k, time in enumerate(times))
    return answered + failed ** len(times) * end


EXPERIMENT = Experiment(
    question=(
        "What does it take to deliver a message: alone, sent again, remembered, or through a "
        "broker?"
    ),
    base=Delivery(),
    sweep={
        "way": {way: way for way in (*DIRECT, "broker")},
        "loss": grid(0.0, 0.5, 0.05),
    },
    units={"loss": "%"},
    metrics=Delivery.metrics,
    theory={
        **{name: metric(name) for name in ("loss_rate", "duplicate_rate", "cost")},
        "latency_mean": latency_mean,
        "sender_keeps": sender_keeps,
        "receiver_remembers": receiver_remembers,
        "broker_keeps": broker_keeps,
    },
    figures=(
        Figure(
            name="outcome",
            panels=tuple(
                Lines(x="loss", y=metric, color="way", where=SHOWN)
                for metric in ("loss_rate", "duplicate_rate", "latency_mean", "cost")
            ),
        ),
        Figure(
            name="keeping",
            panels=tuple(
                Bars(x="way", y=metric, color="way", where={"loss": (0.2,)})
                for metric in (
                    "sender_keeps",
                    "broker_keeps",
                    "receiver_remembers",
                    "duplicate_rate",
                )
            ),
        ),
    ),
    replications=20,
)
