"""What breaks “exactly once”, and what breaks “at least once”?"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Figure
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    ExactlyOnce,
    Exponential,
    Link,
    Message,
    Network,
    Periodic,
    RandomCrashes,
    Retry,
)
from simulator.protocols import Guarantee, Steps

PROCESSING = 0.05
INTERVAL = 0.05
RETRY = Retry(timeout=0.5, max_attempts=10)

GUARANTEES: dict[str, Guarantee] = {
    "kept": ExactlyOnce(retry=RETRY),
    "forgetful": ExactlyOnce(retry=RETRY, max_age=0.4),
    "volatile": ExactlyOnce(retry=RETRY, durable=False),
    "ack_before": ExactlyOnce(retry=RETRY, acknowledge="before"),
    "ack_before_once_more": AtLeastOnce(retry=RETRY, acknowledge="before"),
}
CRASHES = {"kept", "volatile", "ack_before", "ack_before_once_more"}


@dataclass(frozen=True, kw_only=True)
class Limits(Model):
    """A receiver takes 50 ms to handle a message, and forgets, crashes, or is slower than allowed.

    One transmission in five is lost; senders try up to 10 times, 0.5 s apart. Where the receiver
    crashes, it does so every 2 s on average, for 0.1 s on average.

    Attributes:
        case: "kept": nothing is forgotten, and crashes do no harm; "forgetful": identifiers are
            remembered for 0.4 s, less than the time between attempts; "volatile": they are lost in
            a crash; "ack_before": a message is acknowledged before it is handled, exactly once;
            "ack_before_once_more": so, at least once; "visibility": a queue whose visibility
            timeout, 60 ms, is shorter than a delivery takes.
    """

    case: Literal[
        "kept", "forgetful", "volatile", "ack_before", "ack_before_once_more", "visibility"
    ] = "kept"

    metrics = ("loss_rate", "effects_twice")

    def measure(self, replication: int) -> Measures:
        """Return the messages without any effect, and those with more than one."""
        net = Network(self.seed, replication=replication, trace=False)
        sender, receiver = net.node("sender"), net.node("receiver")
        link = Link(delay=Exponential(mean=0.01), loss=0.2)
        effects = Counter[str]()

        def handle(message: Message) -> Steps:
            yield receiver.work(PROCESSING)
            effects[message.id] += 1

        if self.case == "visibility":
            broker = net.broker("broker")
            net.connect(sender, broker, link)
            net.connect(broker, receiver, link)
            broker.queue("work", visibility_timeout=0.06, max_deliveries=None)
            receiver.subscribe(broker, "work", handle, prefetch=20)
        else:
            net.connect(sender, receiver, link)
            receiver.on("work")(handle)
        if self.case in CRASHES:
            until = self.messages * INTERVAL
            net.inject(
                RandomCrashes(
                    node="receiver", mean_time_to_failure=2.0, mean_time_to_repair=0.1, until=until
                )
            )

        def send(_: int) -> None:
            if self.case == "visibility":
                sender.publish(broker, "work", guarantee=ExactlyOnce(retry=RETRY))
            else:
                sender.send(receiver, "work", guarantee=GUARANTEES[self.case])

        sender.drive(Periodic(interval=INTERVAL), send, messages=self.messages)
        net.run()
        return {
            "loss_rate": 1 - len(effects) / self.messages,
            "effects_twice": sum(count > 1 for count in effects.values()) / self.messages,
        }


EXPERIMENT = Experiment(
    question="What breaks “exactly once”, and what breaks “at least once”?",
    base=Limits(messages=2_000),
    sweep={
        "case": {
            key: key
            for key in (
                "kept",
                "forgetful",
                "volatile",
                "ack_before",
                "ack_before_once_more",
                "visibility",
            )
        },
    },
    metrics=Limits.metrics,
    figures=(
        Figure(
            name="limits",
            panels=(
                Bars(x="case", y="effects_twice", color="case"),
                Bars(x="case", y="loss_rate", color="case"),
            ),
        ),
    ),
    replications=20,
)
