"""A recorder: the losses, duplicates, delays and crashes of a run, written down as a script.

Played in the calm network, that script gives the same run, to the last bit: each loss as a `Lose`,
each copy as a `Duplicate`, each delay that is not the usual one as a `Hold`, each crash as a
`Crash`. There is one exception: a fault that a program injects during the run, to begin at that
very instant, begins after the events that have already happened at it; in the script, it begins
before them.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.adversary.actions import Duplicate, Hold, Lose
from simulator.adversary.calm import calm
from simulator.adversary.crash_at import CrashAt
from simulator.adversary.script import Script
from simulator.adversary.transmissions import Action, Address, address_of
from simulator.clock import to_ns, to_seconds
from simulator.conditions import Link, Transmission
from simulator.network import Adversary, Fault, Interference, Network, RandomCrashes, SlowNode
from simulator.network.timers import now_ns
from simulator.randomness import link_name
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.network import Node


class Recorder:
    """An adversary that changes nothing, and records the delays of each transmission's copies."""

    def __init__(self, over: Adversary | None = None) -> None:
        """Record transmissions as another adversary, if any, has changed them."""
        self._over = over
        self._under: Interference | None = None
        self.usual_ns: dict[str, int] = {}
        self.fates: list[tuple[Transmission, tuple[int, ...]]] = []

    def start(self, net: Network) -> Recorder:
        """Begin to record."""
        self._under = None if self._over is None else self._over.start(net)
        self.ends = getattr(self._under, "ends", None)
        return self

    def decide(self, transmission: Transmission, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Record a transmission and the delays of its copies."""
        if self._under is not None:
            delays_ns = self._under.decide(transmission, delays_ns)
        self.fates.append((transmission, delays_ns))
        return delays_ns

    @property
    def missed(self) -> tuple[Any, ...]:
        """The actions of the other adversary that have found nothing to act on."""
        return getattr(self._under, "missed", ())

    def actions(self) -> list[Action]:
        """Return the actions that reproduce the transmissions, in order, each with its link."""
        counted = Counter[tuple[bool, str]]()
        seen: set[tuple[str, Address]] = set()
        actions: list[Action] = []
        for transmission, delays_ns in self.fates:
            link, address = transmission.link, address_of(transmission)
            kind = transmission.acknowledgement, link
            counted[kind] += 1
            where: dict[str, Any] = {**address._asdict(), "link": link}
            if (link, address) in seen:  # acknowledged before it was handled, and then refused
                where = {"what": address.what, "nth": counted[kind], "link": link}
            seen.add((link, address))
            actions += _actions(where, delays_ns, self.usual_ns[link])
        return actions

    def without_links(self, actions: Iterable[Any]) -> tuple[Any, ...]:
        """Drop the link of each action where only one link carries its kind of transmission."""
        carriers = {(t.acknowledgement, t.link) for t, _ in self.fates}
        busy = Counter("acknowledgement" if answers else "data" for answers, _ in carriers)
        return tuple(
            dataclasses.replace(action, link=None)
            if isinstance(action, Action | CrashAt) and busy[getattr(action, "what", "data")] == 1
            else action
            for action in actions
        )


def _actions(where: dict[str, Any], delays_ns: tuple[int, ...], usual_ns: int) -> Iterator[Action]:
    """Yield the actions that turn the usual delay of a transmission into the recorded ones."""
    if not delays_ns:
        yield Lose(**where)
        return
    first_ns, *copies_ns = delays_ns
    for copy_ns in copies_ns:
        yield Duplicate(**where, hold=None if copy_ns == usual_ns else to_seconds(copy_ns))
    if first_ns != usual_ns:
        yield Hold(**where, seconds=to_seconds(first_ns))


def _without_twins(faults: Iterable[Any]) -> Iterator[Any]:
    """Yield faults of the same effect, no two of them equal, as a script requires.

    Two equal crashes or cuts act as one; two equal slow-downs act as one with the factor squared.
    """
    kept: dict[Any, None] = {}
    for fault in faults:
        merged = fault
        while isinstance(merged, SlowNode) and merged in kept:
            del kept[merged]
            merged = dataclasses.replace(merged, factor=merged.factor * merged.factor)
        kept[merged] = None
    yield from kept


class RecordedNetwork(Network):
    """A network that records its random outcomes and its faults as the actions of a script."""

    def __init__(
        self,
        seed: int = 0,
        *,
        replication: int = 0,
        trace: bool = True,
        adversary: Adversary | None = None,
    ) -> None:
        """Make an empty network; see `Network`."""
        self._recorder = Recorder(adversary)
        planned = adversary.actions if isinstance(adversary, Script) else ()
        self._faults = [action for action in planned if not isinstance(action, Action)]
        super().__init__(seed, replication=replication, trace=trace, adversary=self._recorder)

    def connect(self, sender: Node, receiver: Node, link: Link, *, one_way: bool = False) -> None:
        """Lay a link, and note its usual delay."""
        super().connect(sender, receiver, link, one_way=one_way)
        usual_ns = int(calm(link).delays_ns(np.zeros(1))[0])
        self._recorder.usual_ns[link_name(sender.name, receiver.name)] = usual_ns
        if not one_way:
            self._recorder.usual_ns[link_name(receiver.name, sender.name)] = usual_ns

    def inject(self, *faults: Fault) -> None:
        """Inject faults, and record each with its absolute instant."""
        for fault in faults:
            super().inject(fault)
            if isinstance(fault, RandomCrashes):
                self._faults += fault.crashes(self)
                continue
            try:
                at_ns = now_ns(self.env) + to_ns(fault.at)  # type: ignore[attr-defined]  # it may be a student's own
                moved: Any = dataclasses.replace(fault, at=to_seconds(at_ns))  # type: ignore[type-var]  # all are dataclasses
            except (AttributeError, TypeError):
                refuse("Network.inject", fault, "a fault with an instant, `at`, to be recorded")
            self._faults.append(moved)

    @property
    def actions(self) -> tuple[Any, ...]:
        """The random outcomes and the faults so far, each action with its link."""
        missed = [one for one in self.missed if isinstance(one, CrashAt)]
        faults = [fault for fault in self._faults if fault not in missed]
        return (*_without_twins(faults), *self._recorder.actions())

    @property
    def script(self) -> Script:
        """The script that reproduces this run in the calm network."""
        return Script(self.without_links(self.actions))

    def without_links(self, actions: Iterable[Any]) -> tuple[Any, ...]:
        """Drop the link of each action where only one link carries its kind of transmission."""
        return self._recorder.without_links(actions)

    def senders_of(self, messages: int) -> frozenset[str]:
        """Return the names of the nodes that have sent exactly this many messages."""
        return frozenset(name for name, node in self._nodes.items() if len(node.rows) == messages)
