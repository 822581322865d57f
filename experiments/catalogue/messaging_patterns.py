"""What does each messaging pattern cost its caller, and the network?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from experiments.framework.experiment import Experiment
from experiments.framework.figure import Bars, Figure, Lines
from experiments.framework.metric import Metric
from experiments.framework.model import Measures, Model
from simulator import AtLeastOnce, Exponential, Link, Message, Network, Periodic, Retry
from simulator.fields import ABOVE_0
from simulator.network import Steps

SERVICE = 0.02
GUARANTEE = AtLeastOnce(retry=Retry(timeout=0.5, max_attempts=10))
SUBSCRIBERS = 3


@dataclass(frozen=True, kw_only=True)
class Patterns(Model):
    """A caller has work done by others, 20 ms each, over links of 50 ms that lose 5 %.

    Attributes:
        pattern: "ask" waits for the reply, "notify" does not (and sends once), "reply_queue" asks
            now and receives later, "publish" hands a message to a broker for one worker,
            "fan_out" for three subscribers.
        slowness: How many times slower the last subscriber of "fan_out" is.
    """

    pattern: Literal["ask", "notify", "reply_queue", "publish", "fan_out"] = "ask"
    slowness: float = field(default=1.0, metadata=ABOVE_0)

    metrics = (
        Metric("caller_held", "s"),
        Metric("copies", "transmissions per message"),
        Metric("done_after", "s"),
        Metric("slowest_after", "s"),
    )

    def measure(self, replication: int) -> Measures:
        """Return how long callers are held up, copies on the wire, and when the work is done."""
        net = Network(self.seed, replication=replication, trace=False)
        caller, broker = net.node("caller"), net.broker("broker")
        workers = [net.node(f"worker {k}") for k in range(SUBSCRIBERS)]
        link = Link(delay=Exponential(mean=0.05), loss=0.05)
        net.connect(caller, broker, link)
        for worker in workers:
            net.connect(caller, worker, link)
            net.connect(broker, worker, link)
        broker.queue("jobs", visibility_timeout=1.0, max_deliveries=10)
        events = broker.topic("events", visibility_timeout=1.0, max_deliveries=10)
        first_done = np.full((SUBSCRIBERS, self.messages), np.nan)
        created = np.zeros(self.messages)
        held: list[float] = []
        replies = caller.reply_queue(guarantee=GUARANTEE)

        def handling(k: int, slowness: float = 1.0) -> Callable[[Message], Steps]:
            def handle(message: Message) -> Steps:
                yield workers[k].work(message.sample(Exponential(mean=SERVICE)) * slowness)
                if np.isnan(first_done[k, message.data]):
                    first_done[k, message.data] = net.now
                return "done"

            return handle

        handlers = [handling(k) for k in range(SUBSCRIBERS - 1)]
        handlers.append(handling(SUBSCRIBERS - 1, self.slowness))
        workers[0].on("job")(handlers[0])
        workers[0].subscribe(broker, "jobs", handlers[0], prefetch=100)
        for worker, handler in zip(workers, handlers, strict=True):
            worker.subscribe(broker, events.name, handler, prefetch=10)

        def call(number: int) -> Steps:
            created[number] = net.now
            start = net.now
            if self.pattern == "ask":
                yield caller.ask(workers[0], "job", number, guarantee=GUARANTEE)
            elif self.pattern == "notify":
                caller.notify(workers[0], "job", number)
            elif self.pattern == "reply_queue":
                caller.send(workers[0], "job", number, guarantee=GUARANTEE, reply_to=replies)
                replies.receive(caller.last_sent)
            else:
                topic = "jobs" if self.pattern == "publish" else "events"
                caller.publish(broker, topic, number, guarantee=GUARANTEE)
            held.append(net.now - start)

        caller.drive(Periodic(interval=0.05), call, messages=self.messages)
        net.run()
        sent = sum(counts.sent for counts in net.links.values())
        last = SUBSCRIBERS - 1 if self.pattern == "fan_out" else 0
        return {
            "caller_held": float(np.mean(held)),
            "copies": sent / self.messages,
            "done_after": float(np.nanmean(first_done[0] - created)),
            "slowest_after": float(np.nanmean(first_done[last] - created)),
        }


EXPERIMENT = Experiment(
    question="What does each messaging pattern cost its caller, and the network?",
    base=Patterns(),
    sweep={
        "pattern": {key: key for key in ("ask", "notify", "reply_queue", "publish", "fan_out")},
        "slowness": {s: s for s in (1.0, 2.0, 5.0, 10.0)},
    },
    metrics=Patterns.metrics,
    figures=(
        Figure(
            name="patterns",
            panels=(
                Bars(x="pattern", y="caller_held", color="pattern", where={"slowness": (1.0,)}),
                Bars(x="pattern", y="copies", color="pattern", where={"slowness": (1.0,)}),
                Lines(
                    x="slowness",
                    y="slowest_after",
                    color="pattern",
                    where={"pattern": ("fan_out",)},
                ),
            ),
        ),
    ),
    replications=20,
)
