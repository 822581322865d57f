"""The worlds of a scenario or a program: how many, what happens in them, and how likely that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from simulator.adversary import Script
from simulator.adversary.sentences import say, say_broken
from simulator.conditions import Bernoulli, Link
from simulator.drawing import Player
from simulator.policies import Promise
from simulator.randomness import link_name
from simulator.scenario import RECEIVER, SENDER
from simulator.validation import choice, probability, refuse
from simulator.verdict import Status
from simulator.worlds.chooser import Bounds
from simulator.worlds.findings import Findings, Weight
from simulator.worlds.polynomials import Polynomial, add, loss_weight, of_at_least_one, scale
from simulator.worlds.replay import script_of, trace_of
from simulator.worlds.subject import EVENTS, METRICS, UNSAID, ScenarioSubject, Subject

Number = Fraction | float
DATA = link_name(SENDER, RECEIVER)
MOST_DEGREE: Final = 2_000
"""The highest degree of a polynomial that is written out."""
LONGEST: Final = 15
"""Digits of a count that is written out."""


@dataclass(frozen=True, repr=False, eq=False)
class Worlds:
    """Every world that the network could make of a scenario, or of a program.

    Losses are independent, by assumption: a world weighs the product, over its transmissions, of
    the probability to be lost, or not to be.

    Attributes:
        subject: What was searched.
        bounds: What the network might do.
        findings: What was found.
        copies: How many messages there are that do not meet, of which one was searched.
    """

    subject: Subject
    bounds: Bounds
    findings: Findings
    copies: int = 1

    @property
    def count(self) -> int:
        """How many worlds there are."""
        return int(self.findings.count**self.copies)

    def count_of(self, event: str) -> int:
        """Return in how many worlds an event happens to at least one message.

        Args:
            event: As for `probability`.
        """
        choice("Worlds.count_of.event", event, EVENTS)
        count = self.findings.count
        others = count - sum(tally.events[event] for tally in self.findings.tallies.values())
        return int(count**self.copies - others**self.copies)

    @property
    def status(self) -> Status:
        """The verdict over all: "violated" or "undecided" if it is in one; else "held"."""
        if self.findings.violating is not None:
            return "violated"
        if self.findings.undecided:
            return "undecided"
        scenario = getattr(self.subject, "scenario", None)
        if scenario is not None and not getattr(scenario.guarantee, "promises", ()):
            return "no promise"
        return "held"

    @cached_property
    def counterexample(self) -> Script | None:
        """The script with the fewest actions that breaks a promise; None if none does.

        It plays in the calm network, together with what happens in every world.
        """
        path = self.findings.violating
        return None if path is None else script_of(self.subject, self.bounds, path)

    def probability(
        self, event: str, loss: Number | None = None, return_loss: Number | None = None
    ) -> Number:
        """Return the exact probability that an event happens to at least one message.

        Args:
            event: "lost", never handed over; "duplicated", handed over twice or more; "gave_up";
                "in_doubt", given up though handed over; or "violated", breaking a promise.
            loss: Probability that a transmission of data is lost. None: as the links say.
            return_loss: Likewise of an answer. None: `loss`, or as the links say.

        Returns:
            A `Fraction` if the rates are fractions or whole numbers.

        Raises:
            ValueError: If worlds have no weight, since the network does more than to lose.
        """
        choice("Worlds.probability.event", event, EVENTS)
        self._check_weights("probability")
        chance, is_exact = self._sum(loss, return_loss, lambda tally: tally.events[event])
        if is_exact:
            return 1 - (1 - chance) ** self.copies
        alone = float(chance)
        if self.copies == 1 or alone == 1:
            return alone
        return -math.expm1(self.copies * math.log1p(-alone))

    def expectation(
        self, metric: str, loss: Number | None = None, return_loss: Number | None = None
    ) -> Number:
        """Return the exact expectation of a metric, summed over all messages.

        Args:
            metric: "attempts", "duplicates", or "cost": transmissions by anyone.
            loss: As for `probability`.
            return_loss: As for `probability`.
        """
        choice("Worlds.expectation.metric", metric, METRICS)
        self._check_weights("expectation")
        total, is_exact = self._sum(loss, return_loss, lambda tally: tally.sums[metric])
        total *= self.copies
        return total if is_exact else float(total)

    def polynomial(self, event: str) -> Polynomial:
        """Return the probability of an event as a polynomial in p, where all links lose at rate p.

        Args:
            event: As for `probability`; or "any", whose polynomial is 1.

        Returns:
            Its coefficients, the lowest power first.
        """
        choice("Worlds.polynomial.event", event, (*EVENTS, "any"))
        self._check_weights("polynomial")
        total: Polynomial = (0,)
        for weight, tally in self.findings.tallies.items():
            count = tally.count if event == "any" else tally.events[event]
            if count:
                lost = sum(lost for _, lost, _ in weight)
                kept = sum(kept for _, _, kept in weight)
                total = add(total, scale(loss_weight(lost, kept), count))
        degree = (len(total) - 1) * self.copies
        if degree > MOST_DEGREE:
            allowed = f"so few that its degree is at most {MOST_DEGREE:,}, not {degree:,}"
            refuse("Worlds.polynomial: messages", self.copies, allowed)
        return of_at_least_one(total, self.copies)

    def explain(self, language: str = "en") -> str:
        """Describe the least world that breaks a promise, one sentence a line; empty if none."""
        script = self.counterexample
        if script is None:
            return ""
        said = self.findings.said
        promise = next((promise for promise in Promise if promise.value == said), None)
        end = said if promise is None else say_broken(promise, language)
        rows = trace_of(self.subject, self.bounds, self.findings.violating or ()).rows
        said_of_it = say(script.actions, language, rows)
        return "\n".join(filter(None, (*said_of_it, end.removeprefix(UNSAID))))

    def page(self, language: str = "en", *, broken: bool = False) -> Player:
        """Return a page in which one makes the worlds by hand: a click loses a copy on its way.

        Args:
            language: The first language of the page, "en" or "fr"; its reader can switch.
            broken: Whether it opens on the counterexample, if there is one.

        Returns:
            A page that needs no network. A notebook shows it; `page().save(path)` keeps it.

        Raises:
            ValueError: If there are more worlds than a page can hold.
        """
        from simulator.worlds.page import page_of_worlds  # noqa: PLC0415 - it is seldom needed

        events = EVENTS if isinstance(self.subject, ScenarioSubject) else ("violated",)
        odds = {}
        if self.bounds.only_loses:
            odds = {event: self.polynomial(event) for event in events}
        return page_of_worlds(
            self.subject,
            self.bounds,
            self.findings,
            copies=self.copies,
            status=self.status,
            odds=odds,
            language=language,
            broken=broken,
        )

    def __repr__(self) -> str:
        """Say how many there are, and what holds in them."""
        alone, copies = self.findings.count, self.copies
        few = copies * math.log10(alone) < LONGEST
        count = f"{self.count:,}" if few else f"{alone:,}^{copies:,}"
        return f"<{count} worlds: {self.status}>"

    def _check_weights(self, method: str) -> None:
        if not self.bounds.only_loses:
            allowed = "left out: worlds that the network chooses have no probability"
            refuse(f"Worlds.{method}: {self.bounds.named}", self.bounds.named, allowed)

    def _sum(
        self, loss: Number | None, return_loss: Number | None, of: Any
    ) -> tuple[Fraction, bool]:
        """Sum something over all worlds, each with its weight; say whether the rates are exact."""
        loss = None if loss is None else _checked("loss", loss)
        return_loss = loss if return_loss is None else _checked("return_loss", return_loss)
        given: dict[tuple[str, bool], Number] = {}
        for link in sorted({link for weight in self.findings.tallies for link, _, _ in weight}):
            rate = return_loss if link[1] else loss
            given[link] = self._rate_of(link) if rate is None else rate
        rates = {link: Fraction(rate) for link, rate in given.items()}
        total = Fraction(0)
        for weight, tally in self.findings.tallies.items():
            value = of(tally)
            if value:
                total += value * _product(weight, rates)
        return total, all(isinstance(rate, Fraction) for rate in given.values())

    def _rate_of(self, link: tuple[str, bool]) -> Number:
        """Return the rate at which a link loses, as it is written in the link."""
        if not isinstance(self.subject, ScenarioSubject):
            refuse("Worlds.probability.loss", None, "given: a program's links may be any")
        scenario = self.subject.scenario
        laid = scenario.link if link[0] == DATA else scenario.link_back
        return rate_of("Scenario.link" if link[0] == DATA else "Scenario.return_link", laid)


def rate_of(field: str, link: Link) -> float:
    """Return the rate of a link that loses at random, and does nothing else.

    Raises:
        ValueError: If it loses in another way, or duplicates.
    """
    model = link.loss_model
    if not isinstance(model, Bernoulli):
        refuse(f"{field}.loss", link.loss, "a rate, or one given: probability(…, loss=0.1)")
    if link.duplicate:
        refuse(f"{field}.duplicate", link.duplicate, "0: duplicates have no weight here")
    rate: float = model.rate
    return rate


def _checked(name: str, rate: Any) -> Number:
    if isinstance(rate, int | Fraction) and not isinstance(rate, bool):
        if not 0 <= rate <= 1:
            refuse(f"Worlds.{name}", rate, "a probability from 0 to 1")
        return Fraction(rate)
    return probability(f"Worlds.{name}", rate)


def _product(weight: Weight, rates: dict[tuple[str, bool], Fraction]) -> Fraction:
    product = Fraction(1)
    for link, lost, kept in weight:
        product *= rates[link] ** lost * (1 - rates[link]) ** kept
    return product
