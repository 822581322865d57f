"""The command `pigeon worlds`: all that the network could do to a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import click

from experiments.cli.languages import in_language
from experiments.cli.options import scenario_of, which_scenario, who_computes
from experiments.cli.tracing import PAGES, check_out
from experiments.framework import runner, search
from experiments.framework.parallel import Workers
from experiments.framework.progress import Progress
from simulator import AtLeastOnce, Bernoulli, Constant, Link, Retry, Scenario, Worlds, worlds
from simulator.languages.numbers import numbers
from simulator.languages.texts import texts
from simulator.validation import refuse
from simulator.worlds.chooser import Bounds
from simulator.worlds.outcome import rate_of
from simulator.worlds.polynomials import in_words
from simulator.worlds.search import LIMIT
from simulator.worlds.subject import EVENTS

BASE: Final = Scenario(
    guarantee=AtLeastOnce(retry=Retry(max_attempts=3)),
    link=Link(delay=Constant(0.05), loss=0.2),
    messages=2,
)
"""The scenario without a file: two messages, three attempts each."""

SEVERAL: Final = 20
"""How many messages that do not meet have their numbers in full: those of more fill pages."""

LEAST: Final = -300
"""The power of ten of the least rate, but 0."""
LONGEST: Final = 24
"""Characters of a fraction that is shown beside its decimals."""


def rate_as_written(_: click.Context, parameter: click.Parameter, text: str | None) -> Any:
    """Read a rate exactly as it is written: 0.2 is one fifth."""
    if text is None:
        return None
    option = f"--{parameter.human_readable_name.replace('_', '-')}"
    try:
        # Decimals are looked at first: written out, 1e999999999 is a gigabyte.
        is_one = "/" in text or (0 <= Decimal(text) <= 1 and Decimal(text).adjusted() > LEAST)
        rate = Fraction(text) if is_one else None
    except (ArithmeticError, ValueError):
        refuse(option, text, "a number such as 0.2 or 1/5")
    if rate is None or not 0 <= rate <= 1:
        refuse(option, text, "a probability from 0 to 1")
    return rate


@click.command("worlds")
@which_scenario
@click.option("--losses", type=click.IntRange(0), help="Lose so many at most. Default: all.")
@click.option("--duplicates", type=click.IntRange(0), default=0, help="Duplicate so many at most.")
@click.option("--crashes", type=click.IntRange(0), default=0, help="Let nodes crash so often.")
@click.option(
    "--crashes-of",
    type=click.Choice(["receiver", "sender"]),
    default="receiver",
    help="Which node crashes. Default: receiver.",
)
@click.option("--hold", type=float, help="Hold copies for so long, in seconds. Default: none.")
@click.option("--holds", type=click.IntRange(1), default=1, help="Hold so many. Default: 1.")
@click.option(
    "--limit", type=click.IntRange(1), default=LIMIT, help=f"Most worlds. Default: {LIMIT:,}."
)
@click.option(
    "--event",
    "events",
    type=click.Choice(EVENTS),
    multiple=True,
    help="Only the probability of this event; may be given again, for several.",
)
@click.option("--loss", callback=rate_as_written, help="Rate of the link. Default: the scenario's.")
@click.option(
    "--return-loss", callback=rate_as_written, help="Rate of the link back. Default: as --loss."
)
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page, .html, in which one makes these worlds by hand.",
)
@in_language
@who_computes
def command(
    events: tuple[str, ...],
    loss: Fraction | None,
    return_loss: Fraction | None,
    page: Path | None,
    lang: str,
    jobs: int | None,
    backend: Any,
    address: str | None,
    **asked: Any,
) -> None:
    """Go through every world that the network could make of a scenario: a proof, and exact odds.

    FILE is a scenario in TOML whose delays are constant; without one, two messages are sent at
    least once, in three attempts at most. Each transmission may be lost, whatever rates the links
    have: these say how likely a world is. Bounds count over a whole world.

    \b
    pigeon worlds --page worlds.html
    pigeon worlds story.toml --loss 0.1 --return-loss 0.2 --lang fr
    pigeon worlds --set guarantee=ExactlyOnce --set guarantee.retry.max_attempts=4 --event lost
    pigeon worlds story.toml --losses 2 --crashes 1
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    which = {name: asked.pop(name) for name in ("file", "settings", "messages", "seed")}
    if page is not None:
        check_out(page, PAGES, which["file"], "--page")
    scenario = scenario_of(base=BASE, **which)
    bounds = Bounds(**{name: asked[name] for name in ("losses", "duplicates", "crashes", "hold")})
    wants_odds = bool(events) or loss is not None or return_loss is not None
    if wants_odds and not bounds.only_loses:
        allowed = "left out with --event and rates: worlds that are chosen have no probability"
        refuse("bounds", bounds.named, allowed)
    rates = None
    if bounds.only_loses and (wants_odds or has_rates(scenario)):
        rates = _rates(scenario, loss, return_loss)
    workers = Workers(jobs=jobs or runner.default_jobs(), backend=backend, address=address)
    found = worlds(
        scenario, **asked, search=search.shared(workers, lambda size: Progress(size, "worlds"))
    )
    click.echo("\n".join(_account_of(found, events or EVENTS, rates, lang)))
    if page is not None:
        saved = found.page(lang).save(page)
        click.echo(f"worlds: open {saved} in a browser", err=True)


def has_rates(scenario: Scenario) -> bool:
    """Whether both links lose at a rate, and do nothing else."""
    links = scenario.link, scenario.link_back
    return all(isinstance(one.loss_model, Bernoulli) and not one.duplicate for one in links)


def _rates(
    scenario: Scenario, loss: Fraction | None, return_loss: Fraction | None
) -> tuple[Fraction, Fraction]:
    """Return the rates of both links, exactly as they are written."""
    if loss is None:
        loss = Fraction(str(rate_of("Scenario.link", scenario.link)))
        back = Fraction(str(rate_of("Scenario.return_link", scenario.link_back)))
        return loss, back if return_loss is None else return_loss
    return loss, loss if return_loss is None else return_loss


def _account_of(
    found: Worlds, events: tuple[str, ...], rates: tuple[Fraction, Fraction] | None, lang: str
) -> Iterator[str]:
    """Yield what is said of all worlds: how many, what holds, how likely it is, what breaks it."""
    text, written = texts(lang), numbers(lang)
    account = "account_one" if found.count == 1 else "account"
    yield text("worlds_account", f"{account}_{found.status}").format(
        count=_counted(found, lang), broken=_counted(found, lang, "violated")
    )
    yield ""
    if rates is not None:
        loss, return_loss = (written.short(float(rate)) for rate in rates)
        yield text("worlds_account", "rates").format(loss=loss, return_loss=return_loss)
        for event in events:
            is_short = found.copies <= SEVERAL
            given = rates if is_short else map(float, rates)
            chance = _exact(found.probability(event, *given), lang)
            yield text("worlds", "done").format(deed=text("worlds", f"odds_{event}"), name=chance)
            if is_short:
                yield f"    {in_words(found.polynomial(event))}"
    else:
        yield text("worlds_account", "no_rates")
    if found.counterexample is not None:
        yield ""
        yield text("worlds_account", "shortest")
        yield found.explain(lang)


def _counted(found: Worlds, lang: str, event: str | None = None) -> str:
    """Write how many worlds there are; or in how many an event happens."""
    count = numbers(lang).count
    if found.copies <= SEVERAL:
        return count(found.count if event is None else found.count_of(event))
    power = count(found.copies)
    one = found.findings.count
    if event is None:
        return f"{count(one)}^{power}"
    others = one - sum(tally.events[event] for tally in found.findings.tallies.values())
    return f"{count(one)}^{power} − {count(others)}^{power}"


def _exact(value: Fraction | float, lang: str) -> str:
    """Write a number in decimals, and exactly where it is a short fraction."""
    decimals = numbers(lang).short(float(value), 12)
    fraction = str(value)
    if isinstance(value, float) or value.denominator == 1 or len(fraction) > LONGEST:
        return decimals
    sign = "=" if Fraction(f"{float(value):.12g}") == value else "≈"
    return f"{fraction} {sign} {decimals}"
