"""A chooser: an adversary that makes given choices, and notes what it could have chosen instead.

A path is the option taken at each choice, in their order; beyond its end the chooser takes the
first option, which leaves the network as it is. The same path always leads to the same world: the
network has no other randomness. So one path leads to all others, each changed at one place.

Source: P. Godefroid, "Model Checking for Programming Languages using VeriSoft", POPL 1997
(stateless search).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from simulator.adversary.crash_at import OF_THE_SENDER, CrashAt
from simulator.adversary.points import pointed_ends
from simulator.adversary.transmissions import address_of
from simulator.clock import to_ns
from simulator.errors import EndlessRun
from simulator.policies import AdaptiveTimeout, Retry
from simulator.validation import refuse

if TYPE_CHECKING:
    from simulator.conditions import Transmission
    from simulator.network import Adversary, Interference, Network
    from simulator.protocols.channel import Guarantee

MOST: Final = 10_000
"""How many transmissions a world may have: one with more has no end."""

NO_RETRY: Final = 1.0
"""How long a node is down whose message no retry carries, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the network may do in one world, beside losing whatever it likes.

    Attributes:
        losses: How many transmissions it may lose. None: all.
        duplicates: How many it may duplicate.
        crashes: How often a node may crash.
        crashes_of: Which: "receiver" or "sender".
        hold: How long it may hold a copy, in seconds. None: it holds none.
        holds: How many copies it may hold.
    """

    losses: int | None = None
    duplicates: int = 0
    crashes: int = 0
    crashes_of: str = "receiver"
    hold: float | None = None
    holds: int = 1

    @property
    def only_loses(self) -> bool:
        """Whether a world is made of losses alone, any number of them: then it has a weight."""
        others = self.duplicates or self.crashes or self.hold is not None
        return self.losses is None and not others

    @property
    def named(self) -> str:
        """What else it may do, as the arguments of `worlds` name it."""
        given = {
            "losses": self.losses is not None and self.losses,
            "duplicates": self.duplicates or False,
            "crashes": self.crashes or False,
            "hold": self.hold is not None and self.hold,
        }
        return ", ".join(f"{name}={value}" for name, value in given.items() if value is not False)


class Fate(NamedTuple):
    """One thing that may become of a transmission.

    Attributes:
        delays_ns: The delay of each copy.
        losses: How many losses it is.
        duplicates: How many duplicates.
        holds: How many copies are held.
        actions: How many actions of a script it takes; a duplicate says how long it is held.
    """

    delays_ns: tuple[int, ...]
    losses: int = 0
    duplicates: int = 0
    holds: int = 0
    actions: int = 0


class Asked(NamedTuple):
    """What a choice is about.

    Attributes:
        options: The fates of a transmission; or None, and the point at which a node may crash.
        copy: The transmission; or the copy, or the answer, that is at the point.
        link: For a point, the link that carries the data.
    """

    options: Sequence[Any]
    copy: Any
    link: str


class Chooser:
    """An adversary that goes along a path.

    Attributes:
        taken: The option taken at each choice so far.
        asked: What each of them was about.
        kept: By link and kind of transmission, how many were not lost.
        lost: Likewise, how many were.
        crashes: The crashes so far, as actions of a script.
        actions: How many actions it has taken in all.
        done: The addresses that they are about, in their order.
    """

    def __init__(
        self, bounds: Bounds, path: Sequence[int] = (), over: Adversary | None = None
    ) -> None:
        """Begin a path.

        Args:
            bounds: What the network may do.
            path: The options to take.
            over: What happens in every world, such as a script.
        """
        self.taken: list[int] = []
        self.asked: list[Asked] = []
        self.kept: dict[tuple[str, bool], int] = {}
        self.lost: dict[tuple[str, bool], int] = {}
        self.crashes: list[CrashAt] = []
        self.actions = 0
        self.done: list[tuple[Any, ...]] = []
        self._path = path
        self._bounds = bounds
        self._over = over
        self._under: Interference | None = None
        self._losses = 2 * MOST if bounds.losses is None else bounds.losses
        self._duplicates = bounds.duplicates
        self._holds = 0 if bounds.hold is None else bounds.holds
        self._hold_ns = 0 if bounds.hold is None else to_ns(bounds.hold)
        self._transmissions = 0
        self._reached: set[tuple[Any, ...]] = set()
        self.ends: Any = pointed_ends(self) if bounds.crashes else None

    def start(self, net: Network) -> Chooser:
        """Begin to decide in a network."""
        self._under = None if self._over is None else self._over.start(net)
        self.ends = self.ends or getattr(self._under, "ends", None)
        return self

    def decide(self, transmission: Transmission, delays_ns: tuple[int, ...]) -> tuple[int, ...]:
        """Let the path decide what becomes of a transmission.

        Raises:
            EndlessRun: If there have been too many for a world that ends.
        """
        self._transmissions += 1
        if self._transmissions > MOST:
            raise EndlessRun(
                f"a world must end, but this one has had {MOST:,} transmissions: set "
                "Retry.max_attempts, a deadline or a horizon"
            )
        if self._under is not None:
            delays_ns = self._under.decide(transmission, delays_ns)
        if not delays_ns:
            return ()
        held = min(self._holds, 2)
        fates = fates_of(delays_ns, self._losses > 0, self._duplicates > 0, held, self._hold_ns)
        fate = fates[self._choose(fates, transmission)]
        link = transmission.link, transmission.acknowledgement
        tally = self.lost if fate.losses else self.kept
        tally[link] = tally.get(link, 0) + 1
        self._losses -= fate.losses
        self._duplicates -= fate.duplicates
        self._holds -= fate.holds
        if fate.actions:
            self.actions += fate.actions
            self.done.append((transmission.link, *address_of(transmission)[1:]))
        return fate.delays_ns

    @property
    def missed(self) -> tuple[Any, ...]:
        """The actions of what happens in every world that have found nothing to act on."""
        return getattr(self._under, "missed", ())

    def lasts_at(self, point: Any, copy: Any, link: str, guarantee: Guarantee) -> float:
        """Let the path decide whether a node crashes at a point; return how long it is down."""
        scripted = getattr(self._under, "lasts_at", None)
        lasts: float = scripted(point, copy, link, guarantee) if scripted else 0.0
        is_its = (point in OF_THE_SENDER) == (self._bounds.crashes_of == "sender")
        place = point, link, copy.message.number, copy.attempt, copy.number
        is_new = place not in self._reached  # a script can name it once
        self._reached.add(place)
        if lasts or not is_its or not is_new or len(self.crashes) == self._bounds.crashes:
            return lasts
        if not self._choose((None, point), copy, link):
            return 0.0
        where = {"message": copy.message.number, "attempt": copy.attempt, "copy": copy.number}
        crash = CrashAt(**where, point=point, lasts=first_timeout(guarantee), link=link)
        self.crashes.append(crash)
        self.actions += 1
        self.done.append((link, crash.message, crash.attempt, crash.copy))
        return crash.lasts

    def _choose(self, options: Sequence[Any], copy: Any, link: str = "") -> int:
        """Take the next option of the path; beyond its end, the first."""
        if len(options) == 1:
            return 0
        place = len(self.taken)
        option = self._path[place] if place < len(self._path) else 0
        if option >= len(options):
            refuse_to_repeat()
        self.taken.append(option)
        self.asked.append(Asked(options, copy, link))
        return option


@lru_cache
def fates_of(
    delays_ns: tuple[int, ...],
    may_lose: bool,  # noqa: FBT001 - what is left of the bounds
    may_duplicate: bool,  # noqa: FBT001 - likewise
    may_hold: int,
    hold_ns: int,
) -> list[Fate]:
    """Return what may become of a transmission; first, that nothing is done to it."""
    fates = [Fate(delays_ns)]
    if may_lose:
        fates.append(Fate((), losses=1, actions=1))
    if may_duplicate and len(delays_ns) == 1:
        fates.append(Fate(delays_ns * 2, duplicates=1, actions=1))
    for fate in fates[:]:
        for held in product((False, True), repeat=len(fate.delays_ns)):
            if 0 < sum(held) <= may_hold:
                pairs = zip(fate.delays_ns, held, strict=True)
                delayed = tuple(hold_ns if is_held else delay for delay, is_held in pairs)
                actions = fate.duplicates + held[0]
                fates.append(fate._replace(delays_ns=delayed, holds=sum(held), actions=actions))
    return fates


class TheWorst(Sequence[int]):
    """The path on which everything goes wrong that can: all is lost, as far as that is a choice."""

    def __len__(self) -> int:
        """Count its options: more than any world may have."""
        return MOST + 1

    def __getitem__(self, place: Any) -> Any:
        """Return the second option, at each place."""
        return 1


def first_timeout(guarantee: Guarantee) -> float:
    """Return how long the first attempt of a guarantee waits, in seconds; 1 s without a retry."""
    retry = getattr(guarantee, "retry", None)
    if not isinstance(retry, Retry):
        return NO_RETRY
    timeout = retry.timeout
    first = timeout.initial if isinstance(timeout, AdaptiveTimeout) else None
    return retry.timeout_of(1, first)


def refuse_to_repeat() -> NoReturn:
    """Refuse a subject that goes another way although it is led the same way."""
    allowed = "one that depends on its network and its instants alone, to be repeated"
    refuse("worlds.subject", "one that went another way the second time", allowed)


def next_paths(chooser: Chooser, beyond: int) -> list[tuple[int, ...]]:
    """Return the paths that leave that of a chooser at one of its choices, from one on."""
    taken = chooser.taken
    return [
        (*taken[:place], option)
        for place in range(beyond, len(taken))
        for option in range(1, len(chooser.asked[place].options))
    ]
