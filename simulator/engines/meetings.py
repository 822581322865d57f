"""Where messages meet: the parts of a scenario that make messages depend on each other.

If there are none, the outcome of each message follows from its own draws, and an engine may compute
messages in any order, or many at once.
"""

from __future__ import annotations

from typing import Final

from simulator.policies import AdaptiveTimeout, Retry
from simulator.protocols import AtLeastOnce, AtMostOnce, BestEffort, ExactlyOnce
from simulator.scenario import Scenario

GUARANTEES: Final = (BestEffort, AtMostOnce, AtLeastOnce, ExactlyOnce)
"""The guarantees whose every step is known here. A student's own may do anything."""


def meetings(scenario: Scenario) -> list[str]:
    """Name what makes messages depend on each other, or may; empty if they are independent."""
    adversary = [] if scenario.adversary is None else ["adversary: it may do anything to anyone"]
    return _at_the_ends(scenario) + on_the_links(scenario) + in_the_retries(scenario) + adversary


def _at_the_ends(scenario: Scenario) -> list[str]:
    guarantee = scenario.guarantee
    reasons = []
    if type(guarantee) not in GUARANTEES:
        reasons.append(f"guarantee {guarantee!r}: not one of the four built in")
    if isinstance(guarantee, ExactlyOnce) and guarantee.window is not None:
        reasons.append("guarantee.window: with a bounded memory, messages meet")
    if isinstance(guarantee, ExactlyOnce) and guarantee.max_age is not None:
        reasons.append("guarantee.max_age: copies meet a memory that forgets")
    return reasons


def on_the_links(scenario: Scenario) -> list[str]:
    """Name what makes messages meet on the links."""
    reasons = []
    for name, link in (("link", scenario.link), ("return_link", scenario.link_back)):
        if hasattr(link.loss_model, "start"):
            reasons.append(f"{name}.loss {link.loss!r}: copies meet a loss that remembers")
        if link.ordered:
            reasons.append(f"{name}.ordered: copies meet on the link")
        if link.bandwidth is not None:
            reasons.append(f"{name}.bandwidth: copies meet on the link")
    return reasons


def in_the_retries(scenario: Scenario) -> list[str]:
    """Name what makes messages meet in the retries."""
    retry = getattr(scenario.guarantee, "retry", None)
    if not isinstance(retry, Retry):
        return []
    shared = {
        "timeout": isinstance(retry.timeout, AdaptiveTimeout),
        "budget": retry.budget is not None,
        "breaker": retry.breaker is not None,
    }
    names = [name for name, is_shared in shared.items() if is_shared]
    return [f"guarantee.retry.{name}: messages share it" for name in names]
