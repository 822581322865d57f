"""Themes: the colors of a picture, on a light page and on a dark one.

Each color keeps its name in both, so that a guarantee is the same hue everywhere. Vermilion, blue,
green and pink on light paper are Okabe and Ito's. Their orange, sky blue and yellow are too pale on
white, so amber, azure and moss stand in: the contrast of every line with the paper is at least 3
(WCAG 2.2, 1.4.11), that of every letter 4.5 (1.4.3). The other colors were chosen so that any two
stay distinct for readers who do not see red, green or blue; `tests/simulator/drawing/
test_themes.py` measures both.

Sources: M. Okabe, K. Ito, "Color Universal Design", 2008; W3C, "Web Content Accessibility
Guidelines 2.2", 2023.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.validation import choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colors of a picture.

    Attributes:
        paper: Background.
        ink: Letters and axes.
        quiet: Letters that matter less.
        grid: Lines of the grid.
        shade: Bands where something is broken.
        palette: Colors of lines and bars, by name.
    """

    paper: str
    ink: str
    quiet: str
    grid: str
    shade: str
    palette: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a color of the palette."""
        return self.palette[name]

    @property
    def rc(self) -> dict[Any, Any]:
        """Matplotlib's settings, its rcParams, for this theme."""
        ink = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
        paper = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
        colors = ", ".join(f"'{color}'" for color in self.palette.values())
        return {
            **dict.fromkeys(ink, self.ink),
            **dict.fromkeys(paper, self.paper),
            "grid.color": self.grid,
            "hatch.color": self.paper,
            "axes.prop_cycle": f"cycler('color', [{colors}])",
        }


THEMES: Final = {
    "light": Theme(
        paper="#ffffff",
        ink="#1a1a1a",
        quiet="#555555",
        grid="#e4e4e4",
        shade="#e4e4e4",
        palette={
            "ink": "#1a1a1a",
            "grey": "#5c5c5c",
            "vermilion": "#d55e00",
            "blue": "#0072b2",
            "green": "#009e73",
            "amber": "#704622",
            "azure": "#1a94ff",
            "pink": "#cc79a7",
            "moss": "#7f9d4d",
        },
    ),
    # Between the papers of mdBook's dark themes: navy #161923, coal #141617, ayu #0f1419.
    "dark": Theme(
        paper="#13161c",
        ink="#e6e6e6",
        quiet="#a8adb5",
        grid="#2b3038",
        shade="#2b3038",
        palette={
            "ink": "#e6e6e6",
            "grey": "#989898",
            "vermilion": "#f0702e",
            "blue": "#70b2ff",
            "green": "#22d695",
            "amber": "#feb708",
            "azure": "#6674ee",
            "pink": "#c863c0",
            "moss": "#a0e070",
        },
    ),
}
"""Every theme by its name."""


def theme_of(name: str) -> Theme:
    """Return a theme.

    Raises:
        ValueError: If there is none of that name.
    """
    return THEMES[choice("theme", name, tuple(THEMES))]
