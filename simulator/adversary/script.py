"""A script: everything that an adversary does in a run, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from simulator import encoding
from simulator.adversary.actions import Duplicate, Hold, Lose
from simulator.adversary.playing import Playing
from simulator.adversary.sentences import say
from simulator.adversary.transmissions import Action
from simulator.network import Crash, Cut, LinkOutage, Partition, SlowNode
from simulator.validation import parts, refuse

if TYPE_CHECKING:
    from simulator.network import Network

ACTIONS: Final = (Lose, Duplicate, Hold, Crash, Cut, LinkOutage, Partition, SlowNode)
"""What a script may hold: actions on transmissions, and faults that begin at a given instant."""


@dataclass(frozen=True, slots=True)
class Script:
    """What an adversary does to transmissions, nodes and links. Nothing in it is random.

        script = Script([Lose(message=0, what="acknowledgement"), Hold(message=3, seconds=1.0)])
        simulate(Scenario(adversary=script)).missed     # actions that found nothing to act on

    Each action on a transmission happens once. The order of actions does not matter.

    Attributes:
        actions: What it does; any of `ACTIONS`.
    """

    actions: tuple[Any, ...] = field(default=(), metadata={"holds": ACTIONS})

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        expected = "actions, such as [Lose(message=0), Crash(node=…, at=…, lasts=…)]"
        actions = parts("Script.actions", self.actions, expected)
        seen = set()
        for action in actions:
            if not isinstance(action, ACTIONS):
                refuse("Script.actions", action, expected)
            try:
                hash(action)
            except TypeError:
                refuse("Script.actions", action, "actions whose fields are hashable")
            if action in seen:
                refuse("Script.actions", action, "different from each other: this one is repeated")
            seen.add(action)
        object.__setattr__(self, "actions", actions)

    def start(self, net: Network) -> Playing:
        """Start the script in a network."""
        faults = [action for action in self.actions if not isinstance(action, Action)]
        for fault in faults:
            net.env.process(fault.steps(net))
        meddling = [action for action in self.actions if isinstance(action, Action)]
        return Playing(net, meddling, faults)

    def explain(self, language: str = "en") -> str:
        """Describe its actions, one sentence a line, in "en" or "fr"."""
        return "\n".join(say(self.actions, language))

    def to_toml(self) -> str:
        """Write the script as canonical TOML: equal scripts, equal text."""
        return encoding.to_toml(self)

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a script from TOML.

        Raises:
            ValueError: If the text is not TOML, or not a script.
        """
        return encoding.from_toml(text, cls)

    def __str__(self) -> str:
        """Describe its actions, in English."""
        return self.explain()

    def __len__(self) -> int:
        """Count the actions."""
        return len(self.actions)
