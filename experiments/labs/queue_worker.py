"""The program of the lab of the queue, whose worker may die."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from experiments.labs.conditions import Conditions
from simulator import At, ExactlyOnce, Message, Network, Retry
from simulator.languages.texts import Texts
from simulator.network import Steps

RETRY: Final = Retry(timeout=0.5, max_attempts=5)
WORK: Final = 0.1
"""How long a task takes, in seconds."""


def queue_worker(
    made: Any, net: Network, times: tuple[float, ...], conditions: Conditions, said: Texts
) -> str:
    """Put tasks into the queue, and say which was done too rarely or too often."""
    producer, broker, worker = net.node("producer"), net.broker("queue"), net.node("worker")
    net.connect(producer, broker, conditions.link)
    net.connect(broker, worker, conditions.link)
    done = Counter[int]()

    def carry_out(task: Message) -> Steps:
        yield worker.work(WORK)
        done[task.data] += 1

    made(broker, worker, carry_out)

    def publish(number: int) -> None:
        producer.publish(broker, "tasks", number, guarantee=ExactlyOnce(retry=RETRY))

    producer.drive(At(times=times), publish, messages=len(times))
    conditions.inject(net, "worker", times[-1])
    net.run()
    accepted = producer.ledger["belief"] == "acknowledged"
    if any(not done[number] for number in range(len(times)) if accepted[number]):
        return said("rules", "not_done")
    if conditions.asks_to_survive(net) and max(done.values(), default=0) > 1:
        return said("rules", "done_twice")
    return ""
