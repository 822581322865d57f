"""The command `pigeon link`: from a log of `ping` to a link, and from a link to netem."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import tomli_w

from experiments.cli.languages import in_language
from experiments.cli.options import scenario_of
from experiments.cli.tracing import check_out
from experiments.reality import fit_figure, ping
from experiments.reality.fit import LEVEL, Fit, fit
from experiments.reality.netem import netem
from experiments.reality.wording import texts
from simulator import Empirical, Link, encoding
from simulator.drawing.atomic import atomic
from simulator.languages.numbers import numbers
from simulator.validation import refuse

SHOWN: Final = 3
"""How many samples are printed."""


@click.command("link")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the link, .toml: a scenario, whose other parts are the default ones.",
)
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the fit, .svg or .png, and beside it a dark one, such as fit.dark.svg.",
)
@click.option("--dev", default="eth0", help="The device that tc is told. Default: eth0.")
@in_language
def command(file: Path, out: Path | None, figure: Path | None, dev: str, lang: str) -> None:
    """Make a link of round trips that were measured, and a tc command line of a link.

    FILE is what `ping` printed, on Linux, macOS, BSD or Windows, in any language; or a CSV file
    with a column rtt_s or rtt_ms, where nothing stands for a loss. It becomes a link: delays drawn
    from the round trips, halved; the loss; losses in bursts, where they come so. Or FILE is a
    scenario in TOML, and only the tc command lines of its links are printed.

    \b
    ping -c 1000 -i 0.2 example.org > ping.log
    pigeon link ping.log --out link.toml --figure fit.svg
    pigeon simulate link.toml --set guarantee=ExactlyOnce
    pigeon link link.toml --dev wlan0
    """  # noqa: D301 - \b is a character here, which keeps the lines apart
    if file.suffix == ".toml":
        if out is not None or figure is not None:
            refuse("--out and --figure", str(out or figure), "left out with a scenario")
        scenario = scenario_of(file)
        ends = {"sender": scenario.link, "receiver": scenario.link_back}
        click.echo("\n".join(_netem(ends, dev, lang)))
        return
    for path, kinds, option in (
        (out, (".toml",), "--out"),
        (figure, (".svg", ".png"), "--figure"),
    ):
        if path is not None:
            check_out(path, kinds, file, option)
    found = fit(ping.read(file))
    click.echo("\n".join(_account_of(found, dev, lang)))
    if out is not None:
        with atomic(out) as part:
            part.write_text(_in_toml(found.link), encoding="utf-8", newline="\n")
    if figure is not None:
        fit_figure.draw(found, figure, lang)


def _account_of(found: Fit, dev: str, lang: str) -> Iterator[str]:
    """Yield what is said of a fit."""
    text = texts(lang)
    yield fit_figure.read_in_words(found.measured, lang)
    yield ""
    yield found.comparison.table(lang)
    yield ""
    yield _losses(found, lang)
    yield text("link", "caveat")
    yield ""
    yield _shortened(_in_toml(found.link), lang)
    yield from _netem({"sender": found.link, "receiver": found.link}, dev, lang)


def _losses(found: Fit, lang: str) -> str:
    """Say why the link loses as it does."""
    measured, written = found.measured, numbers(lang)
    lost = int(measured.lost.sum())
    if not lost:
        return texts(lang)("link", "none_lost")
    expected = lost * (measured.sent - lost + 1) / measured.sent
    p = f"p = {written.fixed(found.p_value, 3)}"
    return texts(lang)("link", "bursty" if found.p_value < LEVEL else "alone").format(
        bursts=written.count(len(measured.bursts)),
        expected=written.significant(expected, 3),
        p=p if found.p_value >= 1e-3 else f"p < {written.fixed(1e-3, 3)}",  # noqa: PLR2004 - a thousandth, as it is read
    )


def _in_toml(link: Link) -> str:
    """Write a link as a scenario does."""
    return tomli_w.dumps({"link": tomllib.loads(encoding.to_toml(link))})


def _shortened(toml: str, lang: str) -> str:
    """Return the text with a few of its samples."""

    def few(found: re.Match[str]) -> str:
        samples = [line.strip(" ,") for line in found[0].splitlines()[1:-1]]
        if len(samples) <= SHOWN:
            return f"samples = [{', '.join(samples)}]"
        count = numbers(lang).count(len(samples))
        note = texts(lang)("link", "samples").format(count=count)
        return f"samples = [{', '.join(samples[: SHOWN - 1])}, …, {samples[-1]}]  # {note}"

    return re.sub(r"samples = \[[^\]]*\]", few, toml)


def _netem(ends: dict[str, Link], dev: str, lang: str) -> Iterator[str]:
    """Yield the commands that give each end its link: one for both, where they are alike."""
    text = texts(lang)
    links = list(dict.fromkeys(ends.values()))
    for name, link in zip(ends if len(links) > 1 else ["both"], links, strict=True):
        yield text("link", f"netem_{name}")
        yield shlex.join(["tc", "qdisc", "add", "dev", dev, "root", "netem", *netem(link)])
    if any(isinstance(link.delay, Empirical) for link in links):
        yield text("link", "netem_normal")
