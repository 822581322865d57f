"""Can enough acknowledgements make two generals certain?"""

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import Constant, Link, Message, Network, theory
from simulator.fields import COUNT, PROBABILITY
from simulator.network import Node
from simulator.protocols import AtMostOnce, Copy, ReceiverEnd, SenderEnd


@dataclass(frozen=True)
class Messengers:
    """Send so many messengers with each message; the first who gets through delivers it."""

    count: int

    acknowledges: ClassVar[bool] = False

    def send(self, channel: SenderEnd, message: Message) -> None:
        """Send them all."""
        for messenger in range(1, self.count + 1):
            channel.transmit(message, attempt=messenger)

    def receive(self, channel: ReceiverEnd, copy: Copy) -> None:
        """Hear the first, ignore the others."""
        AtMostOnce().receive(channel, copy)


@dataclass(frozen=True, kw_only=True)
class TwoGenerals(Model):
    """General 1 says when to attack; then each acknowledges what the other said last.

    A general attacks if every message addressed to him came. Each message goes out as soon as the
    one before it has come, so the chain stops at the first that does not get through.

    Attributes:
        stages: How many messages there are in all, at least 1.
        messengers: How many messengers carry each message.
        loss: Probability that a messenger is caught.
    """

    stages: int = field(default=3, metadata=COUNT)
    messengers: int = field(default=1, metadata=COUNT)
    loss: float = field(default=0.3, metadata=PROBABILITY)

    metrics = (Metric("both", "%"), Metric("exactly_one", "%"), Metric("none", "%"))
    unit = "campaigns"

    def measure(self, replication: int) -> Measures:
        """Count who attacks, campaign by campaign."""
        net = Network(self.seed, replication=replication, trace=False)
        generals = net.node("general 1"), net.node("general 2")
        net.connect(*generals, Link(delay=Constant(1.0), loss=self.loss))
        carried = Messengers(self.messengers)
        heard = Counter[int]()  # how many messages of a campaign came

        def say(sender: Node, receiver: Node, campaign: int, stage: int) -> None:
            sender.send(receiver, "message", (campaign, stage), guarantee=carried)

        def listen(general: Node, other: Node) -> None:
            @general.on("message")
            def hear(message: Message) -> None:
                campaign, stage = message.data
                heard[campaign] += 1
                if stage < self.stages:
                    say(general, other, campaign, stage + 1)

        listen(*generals)
        listen(*reversed(generals))
        for campaign in range(self.messages):
            say(*generals, campaign, 1)
        net.run()
        # Stages 1, 3, 5… are addressed to general 2, the others to general 1. If the last alone
        # is missing, its sender has heard all that was for him, and attacks on his own.
        both = sum(heard[campaign] == self.stages for campaign in range(self.messages))
        one = sum(heard[campaign] == self.stages - 1 for campaign in range(self.messages))
        return {
            "both": both / self.messages,
            "exactly_one": one / self.messages,
            "none": 1 - (both + one) / self.messages,
        }


EXPERIMENT = Experiment(
    question="Can enough acknowledgements make two generals certain?",
    base=TwoGenerals(messages=500),
    sweep={
        "loss": {0.1: 0.1, 0.3: 0.3},
        "messengers": {1: 1, 2: 2, 4: 4},
        "stages": {s: s for s in (1, 2, 3, 4, 6, 8, 10)},
    },
    units={"loss": "%"},
    metrics=TwoGenerals.metrics,
    theory={
        "both": lambda m: theory.generals_both(m.stages, m.messengers, m.loss),
        "exactly_one": lambda m: theory.generals_exactly_one(m.stages, m.messengers, m.loss),
    },
    figures=(
        Figure(
            name="certainty",
            panels=(
                Lines(x="stages", y="exactly_one", color="messengers", where={"loss": (0.3,)}),
                Lines(x="stages", y="both", color="messengers", where={"loss": (0.3,)}),
            ),
        ),
    ),
)
