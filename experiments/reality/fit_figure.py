"""The picture of a fit: round trips measured beside those simulated over the link."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.figures import svg
from experiments.figures.plotting import style
from experiments.reality.fit import Fit
from experiments.reality.round_trips import RoundTrips
from experiments.reality.wording import texts
from simulator.drawing import THEMES, Theme
from simulator.drawing.atomic import atomic
from simulator.languages.numbers import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LENGTHS: Final = 8
"""The longest burst with a bar of its own; longer ones share the last."""
SHARE: Final = 0.999
"""The share of round trips measured that is drawn: one late answer would flatten all others."""

STEPS: Final = 500
"""Steps of the distribution that is drawn."""


def draw(fit: Fit, path: Path, language: str) -> list[Path]:
    """Draw a fit in both themes, into a file and its dark sister: `fit.svg`, `fit.dark.svg`.

    Returns:
        The files.
    """
    files = [path, path.with_suffix(f".dark{path.suffix}")]
    like = None
    with ExitStack() as stack:
        for file, (name, theme) in zip(files, THEMES.items(), strict=True):
            part = stack.enter_context(atomic(file))
            with style(name):
                figure = plot(fit, language, theme)
                if path.suffix == ".svg":
                    said = {"title": texts(language)("link", "title"), "language": language}
                    svg.save(figure, part, **said, description=describe(fit, language), like=like)
                else:
                    figure.savefig(part, metadata={"Software": None})
            like = figure
    return files


def read_in_words(measured: RoundTrips, language: str) -> str:
    """Say how many probes there were, and what became of them."""
    count = numbers(language).count
    return texts(language)("link", "read").format(
        sent=count(measured.sent),
        answered=count(len(measured.answered)),
        lost=count(int(measured.lost.sum())),
        duplicates=count(measured.duplicates),
    )


def describe(fit: Fit, language: str) -> str:
    """Say in words what the picture shows."""
    written = numbers(language)
    values = {
        name: written.quantity(written.significant(1e3 * one.mean, 4), "ms")
        for name, one in (("mean", fit.measured), ("simulated", fit.simulated))
    }
    has_bursts = len(fit.measured.bursts) and len(fit.simulated.bursts)
    if has_bursts:
        for name, one in (("burst", fit.measured), ("simulated_burst", fit.simulated)):
            values[name] = written.significant(float(one.bursts.mean()), 3)
    key = "shown" if has_bursts else "shown_whole"
    return texts(language)("link", key).format(read=read_in_words(fit.measured, language), **values)


def plot(fit: Fit, language: str, theme: Theme) -> Figure:
    """Return the figure: distributions of the round trips, lengths of bursts of losses."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import

    text = texts(language)
    figure = Figure(figsize=(10.4, 4.0), layout="constrained")
    figure.suptitle(text("link", "title"), x=0.012, ha="left", fontsize=14, fontweight="bold")
    delays, lengths = figure.subplots(1, 2)
    _plot_delays(fit, delays, language, theme)
    _plot_bursts(fit, lengths, language, theme)
    return figure


def _plot_delays(fit: Fit, axes: Axes, language: str, theme: Theme) -> None:
    text, written = texts(language), numbers(language)
    for key, color, looks in _pair(theme):
        one: RoundTrips = getattr(fit, key)
        shares = np.linspace(0, 1, STEPS + 1)
        places = 1e3 * np.quantile(one.answered, shares, method="inverted_cdf")
        axes.step(places, shares, where="post", label=text("link", key), color=color, **looks)
    least, most = fit.measured.quantile(0), fit.measured.quantile(SHARE)
    margin = 0.05 * (most - least) or 0.1 * most or 1e-3
    axes.set_xlim(1e3 * max(0, least - margin), 1e3 * (most + margin))
    axes.set_title(text("link", "delays"))
    axes.set_xlabel(text("link", "delays_axis"))
    axes.xaxis.set_major_formatter(lambda value, _: written.short(value))
    axes.yaxis.set_major_formatter(lambda value, _: _percent(value, language))
    axes.legend(loc="lower right")


def _plot_bursts(fit: Fit, axes: Axes, language: str, theme: Theme) -> None:
    text = texts(language)
    axes.set_title(text("link", "lengths"))
    longest = min(LENGTHS, max([*fit.measured.bursts, *fit.simulated.bursts], default=0))
    if not longest:
        axes.text(0.5, 0.5, text("link", "no_losses"), transform=axes.transAxes, ha="center")
        axes.set_axis_off()
        return
    places = np.arange(1, longest + 1)
    for shift, (key, color, _) in zip((-0.2, 0.2), _pair(theme), strict=True):
        bursts = np.minimum(getattr(fit, key).bursts, longest)
        shares = np.bincount(bursts, minlength=longest + 1)[1:] / max(1, len(bursts))
        hatch = "//" if key == "simulated" else ""
        bars: dict[str, Any] = {"color": color, "hatch": hatch, "edgecolor": theme.paper}
        axes.bar(places + shift, shares, 0.38, label=text("link", key), linewidth=0, **bars)
    loss = fit.measured.loss
    alone = (1 - loss) * loss ** (places - 1.0)
    if longest == LENGTHS:
        alone[-1] /= 1 - loss  # this one and all longer
    label = text("link", "independent")
    looks: dict[str, Any] = {"color": theme["vermilion"], "markerfacecolor": "none"}
    axes.plot(places, alone, "D", **looks, clip_on=False, label=label)
    more = [f"{places[-1]}+"] if longest == LENGTHS else [f"{places[-1]}"]
    axes.set_xticks(places, [*map(str, places[:-1]), *more])
    axes.set_xlabel(text("link", "lengths_axis"))
    axes.yaxis.set_major_formatter(lambda value, _: _percent(value, language))
    axes.grid(visible=False, axis="x")
    axes.legend(loc="upper right")


def _pair(theme: Theme) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Return what is drawn: the field of the fit, its color, and how its line looks."""
    thin, thick = {"linewidth": 1.4, "linestyle": (0, (5, 1.5))}, {"linewidth": 2.2}
    return ("measured", theme["grey"], thick), ("simulated", theme["blue"], thin)


def _percent(value: float, language: str) -> str:
    written = numbers(language)
    return written.share(written.short(100 * value))
