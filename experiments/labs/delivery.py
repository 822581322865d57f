"""The program of the labs whose task is a guarantee: messages from a sender to a receiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from experiments.labs.conditions import Conditions
from simulator import At, Message, Network
from simulator.adversary.sentences import say_broken
from simulator.languages.texts import Texts
from simulator.network import Steps
from simulator.policies import Promise
from simulator.scenario import RECEIVER, SENDER
from simulator.trace import Trace
from simulator.verdict import judge


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Judge a guarantee by its promises, and by what it does where little is lost.

    Attributes:
        promises: What it must promise. None: its own promises.
        acknowledges: Whether the sender must learn that its message has arrived.
        handling: How long the receiver handles a message, in seconds. 0: no time.
        most_remembered: How many identifiers the receiver may remember. None: any number.
    """

    promises: frozenset[Promise] | None = None
    acknowledges: bool = False
    handling: float = 0.0
    most_remembered: int | None = None

    def __call__(
        self,
        made: Any,
        net: Network,
        times: tuple[float, ...],
        conditions: Conditions,
        said: Texts,
    ) -> str:
        """Send messages under the guarantee, and say what was broken."""
        sender, receiver = net.node(SENDER), net.node(RECEIVER)
        net.connect(sender, receiver, conditions.link)

        def handle(_: Message) -> Steps:
            yield receiver.work(self.handling)

        receiver.on("message")(handle if self.handling else lambda _: None)
        conditions.inject(net, RECEIVER, times[-1])
        sender.send_each(At(times=times), receiver, "message", messages=len(times), guarantee=made)
        net.run()
        asked = self.promises if self.promises is not None else made.promises
        ledger = sender.ledger
        promise = judge(ledger, asked, lambda _: Trace(enabled=False)).promise
        if promise is not None:
            return say_broken(promise, said.language)
        if (
            self.handling
            and ((ledger["belief"] == "acknowledged") & (ledger["effects"] == 0)).any()
        ):
            return said("rules", "no_effect")
        if conditions.asks_to_survive(net):
            if (ledger["handovers"] == 0).any():
                return said("rules", "not_handed_over")
            unknown = ledger["belief"] != "acknowledged"
            if self.acknowledges and unknown.any():
                forgotten = ledger["acks_sent"] < ledger["arrivals"]
                return said("rules", "unanswered" if (unknown & forgotten).any() else "unknown")
        if self.most_remembered is not None:
            remembered = net.channel(sender, receiver, made).receiver.memory().most
            if remembered > self.most_remembered:
                return said("rules", "unbounded").format(most=self.most_remembered)
        return ""
