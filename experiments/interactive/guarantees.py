"""A guarantee under sliders: one scenario, and what its controls change, redrawn as they move.

    from experiments.interactive.guarantees import explore_guarantees
    explore_guarantees("fr")

The figure is made once. A move of a slider runs the scenario again and changes what is drawn, not
the figure: with 10,000 messages the answer is there while the hand is still on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.catalogue.delivery_guarantees import PAUSES
from experiments.figures.plotting import style
from experiments.interactive.names import names
from experiments.interactive.places import encoded
from simulator import (
    AtLeastOnce,
    AtMostOnce,
    BestEffort,
    ExactlyOnce,
    Exponential,
    Link,
    Outcome,
    Retry,
    Scenario,
    simulate,
)
from simulator.drawing import theme_of
from simulator.validation import choice

if TYPE_CHECKING:
    from experiments.interactive.explore import Explored

GUARANTEES: Final = ("best_effort", "at_most_once", "at_least_once", "exactly_once")
METRICS: Final = ("loss_rate", "duplicate_rate", "latency_p99", "cost")
BINS: Final = np.linspace(0.0, 2.0, 81)
"""Edges of the latency distribution that is drawn, in seconds."""


def scenario_of(
    *,
    guarantee: str = "at_least_once",
    loss: float = 0.2,
    delay: float = 0.05,
    timeout: float = 0.2,
    attempts: int = 3,
    messages: int = 10_000,
    seed: int = 1,
) -> Scenario:
    """Return the scenario that the controls describe.

    Args:
        guarantee: One of `GUARANTEES`.
        loss: Loss rate of the link, each way.
        delay: Mean of its exponential delay, each way, in seconds.
        timeout: How long each attempt waits, in seconds.
        attempts: How many attempts at most; the pauses between them are the chapter's.
        messages: How many messages, a hundred a second.
        seed: Seed of all randomness.
    """
    choice("scenario_of.guarantee", guarantee, GUARANTEES)
    retry = Retry(timeout=timeout, max_attempts=attempts, backoff=PAUSES)
    kinds = (BestEffort(), AtMostOnce(), AtLeastOnce(retry=retry), ExactlyOnce(retry=retry))
    return Scenario(
        guarantee=kinds[GUARANTEES.index(guarantee)],
        link=Link(delay=Exponential(mean=delay), loss=loss),
        messages=messages,
        seed=seed,
    )


class Picture:
    """Four metrics and the distribution of latencies, drawn once and changed often.

    A notebook shows it as it is.
    """

    def __init__(self, language: str = "en", theme: str = "light") -> None:
        """Draw the frame."""
        self._text = names(language)
        color = theme_of(theme)["blue"]
        with style(theme):
            self._figure = Figure(figsize=(8.5, 3.2), dpi=100)
            self._canvas = FigureCanvasAgg(self._figure)
            bars, latencies = self._figure.subplots(1, 2, width_ratios=(1, 1.4))
            self._bars = bars.barh(range(len(METRICS)), [0.0] * len(METRICS), color=color)
            called = [self._text.metric(metric) for metric in METRICS]
            bars.set_yticks(range(len(METRICS)), called)
            bars.invert_yaxis()
            bars.set_xlim(0, 1.3)
            bars.set_xticks([])
            bars.grid(visible=False)
            bars.spines[:].set_visible(False)
            self._numbers = [
                bars.text(1.02, place, "", va="center") for place in range(len(METRICS))
            ]
            self._steps = latencies.stairs(np.zeros(len(BINS) - 1), BINS, fill=True, color=color)
            latencies.set_title(self._text("axes", "latency_share"))
            latencies.set_xlabel(self._text("axes", "latency"))
            latencies.set_xlim(BINS[0], BINS[-1])
            latencies.set_ylim(0, 0.4)  # all of it, at the delay it starts with and without loss
            for side in (latencies.xaxis, latencies.yaxis):
                side.set_major_formatter(lambda value, _: self._text.number(round(value, 9)))
            self._figure.tight_layout()
        self._moving: list[Artist] = [*self._bars, *self._numbers, self._steps]
        for artist in self._moving:
            artist.set_animated(True)  # left out of what is drawn once
        self._canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's
        self._frame = self._canvas.copy_from_bbox(self._figure.bbox)  # type: ignore[no-untyped-call]  # too

    def show(self, outcome: Outcome) -> None:
        """Change what is drawn to an outcome."""
        for bar, number, metric in zip(self._bars, self._numbers, METRICS, strict=True):
            value = outcome.summary[metric]
            known = value == value  # noqa: PLR0124 - a latency of no message is NaN
            full = 8.0 if metric == "cost" else 1.0
            bar.set_width(min(value / full, 1.0) if known else 0.0)
            number.set_text(self._text.numbers.short(value, 3) if known else "–")
        latencies = outcome.ledger["delivered_s"] - outcome.ledger["created_s"]
        shares, _ = np.histogram(latencies[~np.isnan(latencies)], BINS)
        self._steps.set_data(shares / max(len(latencies), 1))

    def _repr_png_(self) -> bytes:
        self._canvas.restore_region(self._frame)  # type: ignore[no-untyped-call]  # matplotlib's
        for artist in self._moving:
            assert artist.axes is not None  # noqa: S101 - each is in one
            artist.axes.draw_artist(artist)
        return encoded(self._canvas)


def explore_guarantees(
    language: str = "en", theme: str = "light", *, messages: int = 10_000, seed: int = 1
) -> Explored:
    """Put a scenario's guarantee, loss, delay and timeout under controls, for a notebook.

    Args:
        language: "en" or "fr".
        theme: "light" or "dark".
        messages: How many messages, a hundred a second.
        seed: Seed of all randomness.
    """
    from experiments.interactive.explore import explore  # noqa: PLC0415 - the notebooks extra

    picture = Picture(language, theme)

    def view(
        guarantee: str = "at_least_once",
        loss: float = 0.2,
        delay: float = 0.05,
        timeout: float = 0.2,
        attempts: int = 3,
    ) -> Picture:
        scenario = scenario_of(
            guarantee=guarantee,
            loss=loss,
            delay=delay,
            timeout=timeout,
            attempts=attempts,
            messages=messages,
            seed=seed,
        )
        picture.show(simulate(scenario))
        return picture

    return explore(
        view,
        language,
        guarantee=list(GUARANTEES),
        loss=(0.0, 0.9, 0.05),
        delay=(0.01, 0.5, 0.01),
        timeout=(0.05, 2.0, 0.05),
        attempts=(1, 10),
    )
