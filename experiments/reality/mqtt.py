"""MQTT: its three qualities of service, over connections that are cut, beside three guarantees.

Mosquitto is the broker and paho the client; a proxy of ours cuts the publisher's connection at one
packet in ten. A cut loses the packet, and the publisher reconnects and sends again at once. In
Pigeon that is a link that loses one copy in ten, each way, and a timeout just above the round trip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from experiments.reality.comparison import Comparison, Line
from experiments.reality.installed import library, program
from experiments.reality.mqtt_proxy import CuttingProxy
from experiments.reality.options import Options
from experiments.reality.servers import HOST, server
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    Constant,
    Handshake,
    Link,
    Periodic,
    Retry,
    Scenario,
    simulate,
)
from simulator.protocols import Guarantee

MESSAGES: Final = 400
CUT: Final = 0.1
"""Probability that the connection is cut at a packet."""

REPLICATIONS: Final = 100
"""How often each guarantee is simulated."""

RETRY: Final = Retry(timeout=0.01, max_attempts=None)
GUARANTEES: Final[dict[int, Guarantee]] = {
    0: AtMostOnce(),
    1: AtLeastOnce(retry=RETRY),
    2: Handshake(retry=RETRY),
}
"""What each quality of service is in Pigeon."""

METRICS: Final = {"lost": "loss_rate", "duplicates": "duplicate_rate", "packets": "cost"}
"""What is counted, and what that is called in a summary, per message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What became of the messages of one quality of service.

    Attributes:
        messages: How many were published.
        lost: How many never came.
        duplicates: How often one came again.
        sent: How many packets went between publisher and broker for them, by their kind.
        cut: At how many of these the connection was cut.
    """

    messages: int
    lost: int
    duplicates: int
    sent: Mapping[str, int]
    cut: Mapping[str, int]

    @property
    def packets(self) -> int:
        """How many packets were sent."""
        return sum(self.sent.values())


def measure(options: Options) -> Sequence[Comparison]:
    """Measure each quality of service, beside its guarantee.

    Raises:
        NotInstalled: If Mosquitto is not here, or paho is not.
    """
    return [_compared(qos, options) for qos in GUARANTEES]


def _compared(qos: int, options: Options) -> Comparison:
    with broker() as port:
        found = exchange(port, qos, messages=options.messages or MESSAGES, seed=options.draws)
    cuts = ", ".join(f"{count} {kind}" for kind, count in found.cut.items())
    return Comparison(
        title="mqtt",
        lines=_lines(found, qos, options.draws),
        values=(
            ("qos", str(qos)),
            ("guarantee", type(GUARANTEES[qos]).__name__),
            ("messages", str(found.messages)),
            ("cuts", cuts),
        ),
    )


def _lines(found: Exchange, qos: int, seed: int) -> Sequence[Line]:
    """Simulate the same, again and again, and set it beside what was found."""
    scenario = Scenario(
        guarantee=GUARANTEES[qos],
        link=Link(delay=Constant(0.001), loss=CUT),
        workload=Periodic(interval=1.0),  # one message in flight at a time
        messages=found.messages,
        seed=seed,
    )
    runs = [simulate(scenario, replication=k).summary for k in range(REPLICATIONS)]
    lines = []
    for name, metric in METRICS.items():
        counts = [found.messages * run[metric] for run in runs]
        lines.append(
            Line(
                name=name,
                measured=getattr(found, name),
                simulated=float(np.mean(counts)),
                spread=float(np.std(counts, ddof=1)) or None,
            )
        )
    return lines


@contextmanager
def broker() -> Iterator[int]:
    """Start Mosquitto, with its port.

    Raises:
        NotInstalled: If it is not here, or paho is not.
    """
    library("paho", "paho-mqtt")
    mosquitto = program("mosquitto", "mosquitto")

    def command(port: int, folder: Path) -> Sequence[str]:
        settings = folder / "mosquitto.conf"
        settings.write_text(
            f"listener {port} {HOST}\n"
            "allow_anonymous true\n"
            "persistence false\n"
            "set_tcp_nodelay true\n"
            "max_queued_messages 0\n",
            encoding="utf-8",
        )
        return [mosquitto, "-c", str(settings)]

    with server(command) as port:
        yield port


def exchange(port: int, qos: int, *, messages: int, seed: int) -> Exchange:
    """Publish messages through the proxy, one at a time, and count what comes.

    Args:
        port: Of a broker that has just started.
        qos: Their quality of service: 0, 1 or 2.
        messages: How many.
        seed: Of the cuts.
    """
    from experiments.reality.mqtt_clients import (  # noqa: PLC0415 - not everyone has paho
        Publisher,
        Subscriber,
    )

    draws = np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence((seed, qos))))
    with (
        Subscriber(port, qos) as subscriber,
        CuttingProxy(port, probability=CUT, generator=draws) as proxy,
    ):
        publisher = Publisher(proxy.port)
        try:
            for number in range(messages):
                publisher.publish(number, qos)
        finally:
            publisher.close()
        subscriber.drain()
    came = subscriber.deliveries
    return Exchange(
        messages=messages,
        lost=messages - len(came),
        duplicates=came.total() - len(came),
        sent=proxy.drawn,
        cut=proxy.cut,
    )
