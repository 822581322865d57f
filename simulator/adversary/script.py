"""A script: everything that an adversary does in a run, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

from simulator import encoding
from simulator.adversary.actions import Duplicate, Hold, Lose
from simulator.adversary.crash_at import CrashAt
from simulator.adversary.playing import Playing
from simulator.adversary.sentences import say
from simulator.adversary.transmissions import Action
from simulator.callables import hashable
from simulator.fields import LEFT_OUT, Checked, checked
from simulator.network import Crash, Cut, LinkOutage, Partition, SlowNode
from simulator.validation import parts, refuse

if TYPE_CHECKING:
    from simulator.network import Network

AnyAction: TypeAlias = (
    Lose | Duplicate | Hold | CrashAt | Crash | Cut | LinkOutage | Partition | SlowNode
)
"""What a script may hold: actions on transmissions, crashes at points of a message's way, and
faults that begin at a given instant."""


def _actions(name: str, value: Any) -> tuple[AnyAction, ...]:
    allowed = "actions, such as [Lose(message=0), Crash(node=…, at=…, lasts=…)]"
    actions = parts(name, value, allowed)
    seen = set()
    for action in actions:
        if not isinstance(action, AnyAction):
            refuse(name, action, allowed)
        hashable(name, action, "actions whose fields are hashable")
        if action in seen:
            refuse(name, action, "different from each other: this one is repeated")
        seen.add(action)
    return actions


@dataclass(frozen=True, slots=True)
class Script(Checked):
    """What an adversary does to transmissions, nodes and links. Nothing in it is random.

        script = Script([Lose(message=0, what="acknowledgement"), Hold(message=3, seconds=1.0)])
        simulate(Scenario(adversary=script)).missed     # actions that found nothing to act on

    Each action on a transmission happens once. The order of actions does not matter.

    Attributes:
        actions: What it does; any of `AnyAction`.
    """

    is_only_kind: ClassVar[bool] = True  # so TOML need not name its type

    actions: Sequence[AnyAction] = field(default=(), metadata=checked(_actions) | LEFT_OUT)

    def start(self, net: Network) -> Playing:
        """Start the script in a network."""
        faults = [action for action in self.actions if hasattr(action, "steps")]
        for fault in faults:
            net.env.process(fault.steps(net))
        meddling = [action for action in self.actions if isinstance(action, Action)]
        crashes = [action for action in self.actions if isinstance(action, CrashAt)]
        return Playing(net, meddling, crashes, faults)

    def explain(self, language: str = "en") -> str:
        """Describe its actions, one sentence a line, in "en" or "fr"."""
        return "\n".join(say(self.actions, language))

    def to_toml(self) -> str:
        """Write the script as canonical TOML: equal scripts, equal text."""
        return encoding.to_toml(self) or "actions = []\n"

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
