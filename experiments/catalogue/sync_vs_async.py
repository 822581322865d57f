"""What does it cost to wait for each reply before sending the next request?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from experiments.framework.axis import grid
from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import At, AtLeastOnce, Constant, Exponential, Link, Message, Network, Retry
from simulator.fields import AT_LEAST_0
from simulator.network import Steps

SERVICE = 0.02
WORKERS = 4
WINDOW = 10
IN_HAND = {"interval": (0.0,)}
PATIENT = AtLeastOnce(retry=Retry(timeout=30.0, max_attempts=None))


@dataclass(frozen=True, kw_only=True)
class SyncOrAsync(Model):
    """A client has requests to make of a server with a few workers.

    Attributes:
        style: "blocking" waits for each reply before the next request; "pipelined" keeps up to 10
            requests on their way; "queue" hands all to a broker, from which the server takes them.
        one_way: Delay of a link, in seconds.
        interval: Time between two requests that the client gets to make, in seconds; 0: it has all
            of them in hand at the start.
    """

    style: Literal["blocking", "pipelined", "queue"] = "blocking"
    one_way: float = field(default=0.05, metadata=AT_LEAST_0)
    interval: float = field(default=0.0, metadata=AT_LEAST_0)

    metrics = (
        Metric("throughput", "requests per second"),
        Metric("done_after", "s"),
        Metric("caller_held", "s"),
    )
    unit = "requests"

    def measure(self, replication: int) -> Measures:
        """Return requests a second, how long each takes, and how long it holds up its caller.

        A request's time runs from when the client has it in hand, whether or not it waits for
        others before it is sent: only so can the styles be compared.
        """
        net = Network(self.seed, replication=replication, trace=False)
        client, server = net.node("client"), net.node("server", workers=WORKERS)
        in_hand = np.arange(self.messages) * self.interval
        held, done = np.zeros((2, self.messages))

        @server.on("job")
        def handle(message: Message) -> Steps:
            yield server.work(message.sample(Exponential(mean=SERVICE)))
            done[message.data] = net.now

        def caller(numbers: Iterator[int]) -> Steps:
            for number in numbers:
                yield net.timeout(max(0.0, in_hand[number] - net.now))
                asked = net.now
                yield client.ask(server, "job", number, guarantee=PATIENT)
                held[number] = net.now - asked

        link = Link(delay=Constant(self.one_way))
        if self.style == "queue":
            broker = net.broker("broker")
            net.connect(client, broker, link)
            net.connect(broker, server, link)
            broker.queue("jobs")
            server.subscribe(broker, "jobs", handle, prefetch=self.messages)
            client.drive(
                At(times=tuple(map(float, in_hand))),
                lambda number: client.publish(broker, "jobs", number, guarantee=PATIENT),
                messages=self.messages,
            )
        else:
            net.connect(client, server, link)
            numbers = iter(range(self.messages))
            for _ in range(1 if self.style == "blocking" else WINDOW):
                net.process(caller(numbers))
        net.run()
        return {
            "throughput": self.messages / float(done.max()),
            "done_after": float((done - in_hand).mean()),
            "caller_held": float(held.mean()),
        }


def throughput(model: SyncOrAsync) -> float:
    """Return the throughput of a caller that waits: one request a round trip and a service."""
    return 1 / (2 * model.one_way + SERVICE) if model.style == "blocking" else float("nan")


def caller_held(model: SyncOrAsync) -> float:
    """Return how long a request holds up a caller that waits, or one that does not."""
    waits = {"blocking": 2 * model.one_way + SERVICE, "queue": 0.0}
    return waits.get(model.style, float("nan"))


EXPERIMENT = Experiment(
    question="What does it cost to wait for each reply before sending the next request?",
    base=SyncOrAsync(),
    sweep={
        "style": {style: style for style in ("blocking", "pipelined", "queue")},
        "one_way": {t: t for t in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)},
        "interval": grid(0.0, 0.25, 0.05),
    },
    units={"one_way": "s", "interval": "s"},
    metrics=SyncOrAsync.metrics,
    theory={"throughput": throughput, "caller_held": caller_held},
    figures=(
        Figure(
            name="waiting",
            panels=(
                Lines(x="one_way", y="throughput", color="style", where=IN_HAND),
                Lines(x="one_way", y="caller_held", color="style", where=IN_HAND),
                Lines(
                    x="interval",
                    y="done_after",
                    color="style",
                    where={"one_way": (0.05,)},
                    scale="log",
                ),
            ),
        ),
    ),
    replications=20,
    quick_messages=100,
)
