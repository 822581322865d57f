"""The worlds that the course shows whole: pages in which a reader loses what they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from experiments.course.stories import CHAPTER
from experiments.course.texts import texts
from simulator import (
    At,
    AtLeastOnce,
    AtMostOnce,
    Constant,
    Link,
    Message,
    Network,
    Scenario,
    Worlds,
    worlds,
)
from simulator.network import Node

LINK: Final = Link(delay=Constant(0.05))
STAGES: Final = 3
"""Messages in the chain of the two generals."""


def at_least_once(_: str) -> Worlds:
    """A message that is sent until acknowledged, as the chapter's loop does with our timeout."""
    return worlds(Scenario(guarantee=AtLeastOnce(retry=CHAPTER), link=LINK, messages=1))


def two_generals(language: str) -> Worlds:
    """The generals' chain of messages, each carried by one messenger."""
    names = [texts(language)("worlds", f"general {number}") for number in (1, 2)]

    def campaign(net: Network, _: tuple[float, ...]) -> str:
        generals = [net.node(name) for name in names]
        net.connect(generals[0], generals[1], LINK)
        heard: list[int] = []
        for general, other in (generals, generals[::-1]):
            _listen(general, other, heard)
        _say(*generals, stage=1)
        net.run()
        # The last message alone is missing: who sent it has heard all that was for him.
        return texts(language)("worlds", "alone") if len(heard) == STAGES - 1 else ""

    return worlds(campaign, workload=At(times=(0.0,)))


def _listen(general: Node, other: Node, heard: list[int]) -> None:
    @general.on("attack")
    def hear(message: Message) -> None:
        heard.append(message.data)
        if message.data < STAGES:
            _say(general, other, stage=message.data + 1)


def _say(general: Node, other: Node, *, stage: int) -> None:
    general.send(other, "attack", stage, guarantee=AtMostOnce())


WORLDS: Final[Mapping[str, Callable[[str], Worlds]]] = {
    "at_least_once": at_least_once,
    "two_generals": two_generals,
}
"""What makes them, in a language."""
