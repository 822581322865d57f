"""A scenario: everything that a run of one sender and one receiver depends on, as a value."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Self

from simulator import encoding
from simulator.adversary import Action, CrashAt, Script
from simulator.callables import hashable
from simulator.clock import END_OF_TIME, SECOND, to_ns, to_seconds
from simulator.conditions import At, Bursts, Constant, Delay, Link, Periodic, Poisson
from simulator.conditions.delay import least_of
from simulator.errors import EndlessRun
from simulator.fields import BOOLEAN, COUNT, LEFT_OUT, check_fields, checked, or_none
from simulator.network import Adversary, Network
from simulator.protocols import AtLeastOnce, Guarantee
from simulator.validation import duration, has_method, instance, refuse, seed_of, started

NO_TIME: Final = Constant(0.0)
SENDER = "sender"
RECEIVER = "receiver"


def _guarantee(name: str, value: Any) -> Guarantee:
    allowed = "a delivery guarantee, such as AtLeastOnce()"
    has_method(name, value, "send", allowed)
    guarantee: Guarantee = has_method(name, value, "receive", allowed)
    return guarantee


def _adversary(name: str, value: Any) -> Script | Adversary:
    has_method(name, value, "start", "an adversary, such as Script([Lose(message=0)]), or None")
    if not isinstance(value, Script):
        started(name, value, Network(trace=False), "decide")
    adversary: Script | Adversary = value
    return adversary


def _handling(name: str, value: Any) -> Delay:
    allowed = "a delay, such as Exponential(mean=0.1), or None for no time"
    delay: Delay = has_method(name, value, "quantile", allowed)
    return hashable(name, delay, "a hashable delay: @dataclass(frozen=True)")


LINK: Final = checked(instance, kind=Link, allowed="a Link")
RETURN_LINK: Final = or_none(instance, kind=Link, allowed="a Link, or None for one like `link`")
WORKLOAD: Final = checked(
    has_method, method="times_ns", allowed="a workload, such as Periodic(interval=0.01)"
)
HORIZON: Final = or_none(
    duration,
    allowed="a finite number of seconds above 0, or None to run until all is decided",
)
HANDLING: Final = or_none(_handling) | LEFT_OUT


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One sender, one receiver, a link each way, a workload and a guarantee.

    The run ends when nothing is in flight, or at the horizon.

    Attributes:
        guarantee: The delivery guarantee.
        link: The link from sender to receiver.
        return_link: The link back, for acknowledgements. None: like `link`.
        workload: When messages are created.
        messages: Maximum number of messages.
        horizon: End of the run in seconds, itself excluded. None: until nothing is in flight.
        handling: How long the receiver's handler takes, such as Exponential(mean=0.1): the same for
            each copy of a message, and for as many at a time as there are. None: no time.
        idempotent: Whether handling a message twice changes no more than handling it once.
        seed: Seed of all randomness, a whole number of at least 0.
        adversary: What else happens to the network, such as Script([Lose(message=0)]). None:
            nothing.
    """

    guarantee: Guarantee = field(default_factory=AtLeastOnce, metadata=checked(_guarantee))
    link: Link = field(default_factory=Link, metadata=LINK)
    return_link: Link | None = field(default=None, metadata=RETURN_LINK)
    workload: Periodic | Poisson | Bursts | At = field(
        default_factory=lambda: Periodic(interval=0.01), metadata=WORKLOAD
    )
    messages: int = field(default=1_000, metadata=COUNT)
    horizon: float | None = field(default=None, metadata=HORIZON)
    handling: Delay | None = field(default=None, metadata=HANDLING)
    idempotent: bool = field(default=False, metadata=BOOLEAN)
    seed: int = field(default=0, metadata=checked(seed_of))
    adversary: Script | Adversary | None = field(default=None, metadata=or_none(_adversary))

    def __post_init__(self) -> None:
        """Refuse bad parameters."""
        check_fields(self)
        if isinstance(self.adversary, Script):
            self._check_that_it_applies(self.adversary)

    def _check_that_it_applies(self, script: Script) -> None:
        """Refuse an action that can never apply, as far as that is known beforehand."""
        carriers = {"data": f"{SENDER}→{RECEIVER}", "acknowledgement": f"{RECEIVER}→{SENDER}"}
        for action in script.actions:
            if not isinstance(action, Action | CrashAt):
                self._check_fault(action)
            elif action.message is not None and action.message >= self.messages:
                allowed = f"about one of the messages 0 to {self.messages - 1}"
                refuse("Scenario.adversary", action, allowed)
            elif action.link not in {None, carriers[getattr(action, "what", "data")]}:
                carrier = carriers[getattr(action, "what", "data")]
                allowed = f'about "{carrier}", the link that carries it, or no link'
                refuse("Scenario.adversary", action, allowed)

    def _check_fault(self, fault: Any) -> None:
        if self.horizon is not None and fault.at >= self.horizon:
            refuse("Scenario.adversary", fault, f"before the horizon, {self.horizon:g} s")
        named = [getattr(fault, name, SENDER) for name in ("node", "sender", "receiver")]
        named += getattr(fault, "between", ())
        named += [name for group in getattr(fault, "groups", ()) for name in group]
        if not {SENDER, RECEIVER}.issuperset(named):
            refuse("Scenario.adversary", fault, f'about the nodes "{SENDER}" and "{RECEIVER}"')

    @property
    def link_back(self) -> Link:
        """The link that acknowledgements take."""
        return self.link if self.return_link is None else self.return_link

    @property
    def expected_messages(self) -> float:
        """Mean number of messages that a run creates: the horizon may come before the last."""
        count = getattr(self.workload, "count_before", None)
        if count is None:
            return self.messages
        end = END_OF_TIME / SECOND if self.horizon is None else self.horizon
        expected: float = min(self.messages, count(end))
        return expected

    def check_that_it_ends(self) -> None:
        """Refuse a run that could never end.

        Raises:
            EndlessRun: If it retries for ever over a link that loses everything, or ignores every
                answer as late, with no horizon.
        """
        retry = getattr(self.guarantee, "retry", None)
        if self.horizon is not None or retry is None or self.has_an_end(retry):
            return
        for name, link in (("link", self.link), ("return_link", self.link_back)):
            if getattr(link.loss_model, "rate", 0.0) >= 1:
                raise EndlessRun(
                    f"this run would never end: {name}.loss is 1 and the sender retries for ever; "
                    "set Scenario.horizon, Retry.max_attempts or Retry.deadline, or a loss below 1"
                )
        delays = self.link.delay, self.handling or NO_TIME, self.link_back.delay
        least_ns, longest = sum(to_ns(least_of(delay)) for delay in delays), retry.longest_timeout
        if retry.late_answers == "ignore" and least_ns > to_ns(longest):
            raise EndlessRun(
                f"this run would never end: no answer takes less than {to_seconds(least_ns):g} s, "
                f"the longest timeout is {longest:g} s, and the sender ignores late answers and "
                "retries for ever; set Scenario.horizon, Retry.max_attempts or Retry.deadline, or "
                "a longer Retry.timeout"
            )

    def has_an_end(self, retry: Any) -> bool:
        """Whether the sender gives up in the end, whatever is lost."""
        gives_up = getattr(self.guarantee, "gives_up", True)
        return gives_up and (retry.max_attempts is not None or retry.deadline is not None)

    def replace(self, path: str, value: Any) -> Self:
        """Return a copy of the scenario with one value replaced.

        Args:
            path: The field, with dots: "seed", "link.loss", "guarantee.retry.timeout".
            value: Its new value.

        Raises:
            ValueError: If there is no such field, or it does not allow the value.
        """
        changed: Self = replace_at(self, path, value)
        return changed

    def to_toml(self) -> str:
        """Write the scenario as canonical TOML: equal scenarios, equal text."""
        return encoding.to_toml(self)

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a scenario from TOML.

        Raises:
            ValueError: If the text is not TOML, or not a scenario.
        """
        return encoding.from_toml(text, cls)

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the canonical TOML, in hexadecimal: the same on every machine."""
        return sha256(self.to_toml().encode()).hexdigest()


def replace_at(target: Any, path: str, value: Any) -> Any:
    """Return a copy of a frozen dataclass with one value replaced.

    Args:
        target: The dataclass.
        path: The field, with dots.
        value: Its new value.

    Raises:
        ValueError: If there is no such field, or it does not allow the value.
    """
    return _replace(target, path.split("."), value, path)


def _replace(target: Any, path: list[str], value: Any, whole: str) -> Any:
    name, *rest = path
    known = [f.name for f in dataclasses.fields(target)] if dataclasses.is_dataclass(target) else []
    if name not in known:
        places = ", ".join(known) or "none"
        refuse("path", whole, f"a path of fields ({type(target).__name__} has: {places})")
    if rest:
        value = _replace(getattr(target, name), rest, value, whole)
    return dataclasses.replace(target, **{name: value})
