"""What does it cost to wait for each reply before sending the next request?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import AtLeastOnce, Constant, Exponential, Link, Message, Network, Retry
from simulator.fields import AT_LEAST_0
from simulator.network import Steps

SERVICE = 0.02
WORKERS = 4
WINDOW = 10
PATIENT = AtLeastOnce(retry=Retry(timeout=30.0, max_attempts=None))


@dataclass(frozen=True, kw_only=True)
class SyncOrAsync(Model):
    """A client has requests to make of a server with a few workers.

    Attributes:
        style: "blocking" waits for each reply before the next request; "pipelined" keeps up to 10
            requests on their way; "queue" hands all to a broker, from which the server takes them.
        one_way: Delay of a link, in seconds.
    """

    style: Literal["blocking", "pipelined", "queue"] = "blocking"
    one_way: float = field(default=0.05, metadata=AT_LEAST_0)

    metrics = (
        Metric("throughput", "requests per second"),
        Metric("done_after", "s"),
        Metric("caller_held", "s"),
    )
    unit = "requests"

    def measure(self, replication: int) -> Measures:
        """Return requests a second, how long one takes, and how long it holds up its caller."""
        net = Network(self.seed, replication=replication, trace=False)
        client, server = net.node("client"), net.node("server", workers=WORKERS)
        asked, held, done = np.zeros((3, self.messages))

        @server.on("job")
        def handle(message: Message) -> Steps:
            yield server.work(message.sample(Exponential(mean=SERVICE)))
            done[message.data] = net.now

        def caller(numbers: Iterator[int]) -> Steps:
            for number in numbers:
                asked[number] = net.now
                yield client.ask(server, "job", number, guarantee=PATIENT)
                held[number] = net.now - asked[number]

        link = Link(delay=Constant(self.one_way))
        if self.style == "queue":
            broker = net.broker("broker")
            net.connect(client, broker, link)
            net.connect(broker, server, link)
            broker.queue("jobs")
            server.subscribe(broker, "jobs", handle, prefetch=self.messages)
            for number in range(self.messages):
                client.publish(broker, "jobs", number, guarantee=PATIENT)
        else:
            net.connect(client, server, link)
            numbers = iter(range(self.messages))
            for _ in range(1 if self.style == "blocking" else WINDOW):
                net.process(caller(numbers))
        net.run()
        return {
            "throughput": self.messages / float(done.max()),
            "done_after": float((done - asked).mean()),
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
    },
    units={"one_way": "s"},
    metrics=SyncOrAsync.metrics,
    theory={"throughput": throughput, "caller_held": caller_held},
    figures=(
        Figure(
            name="waiting",
            panels=(
                Lines(x="one_way", y="throughput", color="style"),
                Lines(x="one_way", y="caller_held", color="style"),
            ),
        ),
    ),
    replications=20,
    quick_messages=100,
)
