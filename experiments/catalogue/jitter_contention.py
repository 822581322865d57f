"""Many clients collide on one server: what does jitter save?"""

from dataclasses import dataclass

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import (
    AtLeastOnce,
    Constant,
    DecorrelatedJitter,
    ExponentialBackoff,
    Link,
    Message,
    Network,
    NoBackoff,
    Retry,
)
from simulator.network import Steps
from simulator.policies import Backoff

SERVICE = 0.01
SHOWN = {"backoff": ("none", "exponential_10ms", "full_jitter", "decorrelated")}


@dataclass(frozen=True, kw_only=True)
class Contention(Model):
    """Clients all call one server at the same instant; it serves one at a time, refuses the others.

    Each client tries again, for ever, until it is served.

    Attributes:
        messages: How many clients, of one request each.
        backoff: How long a client pauses after a refusal.
    """

    messages: int = 50
    backoff: Backoff = NoBackoff()  # noqa: RUF009 - a frozen value

    metrics = (Metric("attempts"), Metric("duration", "s"))
    unit = "requests"

    def measure(self, replication: int) -> Measures:
        """Return the calls that each client makes, and how long it takes until all are served."""
        net = Network(self.seed, replication=replication, trace=False)
        server = net.node("server", workers=1, backlog=0)
        retry = Retry(timeout=60.0, backoff=self.backoff, max_attempts=None)
        clients = [net.node(f"client {k}") for k in range(self.messages)]

        @server.on("job")
        def handle(_: Message) -> Steps:
            yield server.work(SERVICE)

        for client in clients:
            net.connect(client, server, Link(delay=Constant(0.001)))
            client.send(server, "job", guarantee=AtLeastOnce(retry=retry))
        net.run()
        ledgers = [client.ledger for client in clients]
        return {
            "attempts": sum(int(ledger["attempts"][0]) for ledger in ledgers) / self.messages,
            "duration": max(float(ledger["acknowledged_s"][0]) for ledger in ledgers),
        }


EXPERIMENT = Experiment(
    question="Many clients collide on one server: what does jitter save?",
    base=Contention(),
    sweep={
        "backoff": {
            "none": NoBackoff(),
            "exponential_10ms": ExponentialBackoff(base=0.01, cap=1.0),
            "equal_jitter": ExponentialBackoff(base=0.01, cap=1.0, jitter="equal"),
            "full_jitter": ExponentialBackoff(base=0.01, cap=1.0, jitter="full"),
            "decorrelated": DecorrelatedJitter(base=0.01, cap=1.0),
        },
        "messages": {n: n for n in (5, 10, 20, 50)},
    },
    metrics=Contention.metrics,
    figures=(
        Figure(
            name="contention",
            panels=tuple(
                Lines(x="messages", y=metric, color="backoff", where=SHOWN, scale="log")
                for metric in ("attempts", "duration")
            ),
        ),
    ),
    replications=20,
)
