"""Must a receiver remember every message for ever, to handle none of them twice?"""

from dataclasses import dataclass, field
from typing import Literal

from experiments.framework.axis import grid
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import ExactlyOnce, Exponential, Handshake, Link, Network, Periodic, Retry
from simulator.fields import PROBABILITY
from simulator.protocols import Guarantee

RETRY = Retry(timeout=0.5, max_attempts=None)
WAYS: dict[str, Guarantee] = {
    "remember": ExactlyOnce(retry=RETRY),
    "remember_a_second": ExactlyOnce(retry=RETRY, max_age=1.0),
    "release_ordered": Handshake(retry=RETRY),
    "release": Handshake(retry=RETRY),
}


@dataclass(frozen=True, kw_only=True)
class Memory(Model):
    """A sender of 100 messages a second never gives up; each attempt waits 0.5 s.

    The network duplicates one transmission in twenty.

    Attributes:
        way: "remember": the receiver remembers every message; "remember_a_second": each for 1 s;
            "release": until the sender releases it; "release_ordered": so, over a link that keeps
            order.
        loss: Loss rate, each way.
    """

    way: Literal["remember", "remember_a_second", "release_ordered", "release"] = "remember"
    loss: float = field(default=0.2, metadata=PROBABILITY)

    metrics = (
        Metric("remembered"),
        Metric("cost", "transmissions per message"),
        Metric("effects_twice", "%"),
    )

    def measure(self, replication: int) -> Measures:
        """Return the most that was remembered at a time, transmissions, and what was done twice."""
        net = Network(self.seed, replication=replication, trace=False)
        sender, receiver = net.node("sender"), net.node("receiver")
        ordered = self.way == "release_ordered"
        link = Link(delay=Exponential(mean=0.05), loss=self.loss, duplicate=0.05, ordered=ordered)
        net.connect(sender, receiver, link)
        receiver.on("work")(lambda _: None)
        once = WAYS[self.way]

        def send(_: int) -> None:
            sender.send(receiver, "work", guarantee=once)

        sender.drive(Periodic(interval=0.01), send, messages=self.messages)
        net.run()
        ledger = sender.ledger
        return {
            "remembered": float(net.channel(sender, receiver, once).receiver.memory().most),
            "cost": float((ledger["attempts"] + ledger["acks_sent"]).mean()),
            "effects_twice": float((ledger["effects"] > 1).mean()),
        }


EXPERIMENT = Experiment(
    question="Must a receiver remember every message for ever, to handle none of them twice?",
    base=Memory(messages=5_000),
    sweep={"way": {way: way for way in WAYS}, "loss": grid(0.0, 0.4, 0.1)},
    units={"loss": "%"},
    metrics=Memory.metrics,
    figures=(
        Figure(
            name="memory",
            panels=(
                Lines(x="loss", y="remembered", color="way", scale="log"),
                Lines(x="loss", y="effects_twice", color="way"),
                Lines(x="loss", y="cost", color="way"),
            ),
        ),
    ),
    replications=20,
)
