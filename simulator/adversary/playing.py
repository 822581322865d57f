"""A script at work in one network: which of its actions are still to be applied."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator.adversary.crash_at import CrashAt, Place
from simulator.adversary.points import pointed_ends
from simulator.adversary.transmissions import Action, Address, address_of

if TYPE_CHECKING:
    from simulator.conditions import Transmission
    from simulator.network import Network
    from simulator.protocols.channel import Guarantee


class Playing:
    """Applies the actions of a script, each once."""

    def __init__(
        self,
        net: Network,
        actions: Sequence[Action],
        crashes: Sequence[CrashAt],
        faults: Sequence[Any],
    ) -> None:
        """Keep the actions on transmissions and at points; the faults run by themselves."""
        self._net = net
        self._faults = faults
        self._crashes: defaultdict[Place, list[CrashAt]] = defaultdict(list)
        for crash in crashes:
            self._crashes[crash.place].append(crash)
        self.ends = pointed_ends(self) if crashes else None
        self._named: defaultdict[Address, list[Action]] = defaultdict(list)
        self._counted: list[Action] = []
        self._seen = Counter[tuple[str, str | None]]()
        for action in sorted(actions, key=lambda action: action.turn):
            address = action.address
            if address is None:
                self._counted.append(action)
            else:
                self._named[address].append(action)

    def decide(self, transmission: Transmission, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Map the drawn delays of a transmission's copies to the actual ones."""
        address = address_of(transmission)
        met = [
            action
            for action in self._named.get(address, ())
            if action.link in {None, transmission.link}
        ]
        if self._counted:
            met = sorted(met + self._due(address.what, transmission.link), key=lambda a: a.turn)
        for action in met:
            if delays_ns or action.turn == 0:
                delays_ns = action.change(delays_ns)
                self._tick_off(action, address)
        return delays_ns

    def lasts_at(self, point: Any, copy: Any, link: str, guarantee: Guarantee) -> float:  # noqa: ARG002 - what is scripted needs no guarantee
        """Return how long the node is down that crashes at a point; 0 if it does not crash."""
        crashes = self._crashes.get((point, copy.message.number, copy.attempt, copy.number), [])
        for crash in crashes:
            if crash.link in {None, link}:
                crashes.remove(crash)
                return crash.lasts
        return 0.0

    @property
    def missed(self) -> tuple[Any, ...]:
        """The actions that have found nothing to act on so far."""
        named = [action for actions in self._named.values() for action in actions]
        late = [fault for fault in self._faults if fault.at >= self._net.now]
        points = [crash for crashes in self._crashes.values() for crash in crashes]
        return (*named, *self._counted, *points, *late)

    def _due(self, what: str, link: str) -> list[Action]:
        """Count a transmission; return the actions that name it by its number, `nth`."""
        self._seen[what, None] += 1
        self._seen[what, link] += 1
        return [
            action
            for action in self._counted
            if action.what == what
            and action.link in {None, link}
            and action.nth == self._seen[what, action.link]
        ]

    def _tick_off(self, action: Action, address: Address) -> None:
        kept = self._counted if action.address is None else self._named[address]
        kept.remove(action)
