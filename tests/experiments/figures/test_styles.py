"""Lines and bars are told apart without color, in every published figure."""

import re
from pathlib import Path
from typing import Any

import pytest
from matplotlib.container import BarContainer, ErrorbarContainer

from experiments import catalogue
from experiments.figures.naming import Naming
from experiments.figures.plotting import draw_figure, style
from experiments.figures.rows import lines_of
from experiments.figures.styles import GUARANTEES, OTHERS, styles_in
from experiments.framework import manifest, results, tables
from experiments.framework.figure import Bars, Dots, Timeline
from simulator.drawing import THEMES

RESULTS = Path(__file__).parents[3] / "results"
FIGURES = [
    pytest.param(name, figure, id=f"{name}-{figure.name}")
    for name in catalogue.names()
    for figure in catalogue.load(name).figures
]


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_two_lines_or_bars_of_a_panel_look_alike_in_grey(name, figure):
    experiment = results.experiment_of(name, catalogue.load(name), manifest.read(RESULTS / name))
    written = tables.read(experiment, RESULTS / name)
    with style("light"):
        drawn = draw_figure(figure, written, Naming("en", experiment))
    for panel, axes in zip(figure.panels, drawn.axes, strict=False):
        seen: list[Any]
        shown = list(lines_of(written.of(panel), panel, experiment))
        if isinstance(panel, Dots):
            continue  # each has a row of its own, and all are alike
        if isinstance(panel, Bars):
            bars = [box for box in axes.containers if isinstance(box, BarContainer)]
            seen = [bar.patches[0].get_hatch() for bar in bars]
        elif isinstance(panel, Timeline):
            lines = axes.get_lines()
            assert len({str(vars(line)["_unscaled_dash_pattern"]) for line in lines}) == len(lines)
            seen = [line.get_marker() for line in lines]
        else:
            points = [box for box in axes.containers if isinstance(box, ErrorbarContainer)]
            seen = [point.lines[0].get_marker() for point in points]
        assert len(seen) == len(shown) > 0
        assert len(set(seen)) == len(seen), seen


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_two_names_of_a_legend_look_alike(name, figure):
    styles = styles_in(figure.panels, catalogue.load(name))
    assert len({style.marker for style in styles.values()}) == len(styles)
    assert len({style.color for style in styles.values()}) == len(styles)
    for (_, key), own in styles.items():
        assert GUARANTEES.get(str(key), own) == own


@pytest.mark.parametrize("styles", [GUARANTEES.values(), OTHERS])
def test_each_style_has_a_color_a_marker_dashes_and_a_hatch_of_its_own(styles):
    for part in ("color", "marker", "dashes", "hatch"):
        assert len({str(getattr(style, part)) for style in styles}) == len(styles), part


@pytest.mark.parametrize("name", ["circuit_breaker", "retry_policies", "delivery_guarantees"])
def test_a_dark_figure_has_no_color_of_the_light_one(name):
    for figure in catalogue.load(name).figures:
        light, dark = (
            set(re.findall("#[0-9a-f]{6}", path.read_text(encoding="utf-8")))
            for kind in ("svg", "dark.svg")
            for path in [RESULTS / name / "figures" / f"{figure.name}.en.{kind}"]
        )
        assert light == _colors("light") & light
        assert dark == _colors("dark") & dark
        assert len(light) == len(dark) >= 5  # paper, ink, quiet, grid, and a series


def _colors(theme):
    colors = THEMES[theme]
    return {colors.paper, colors.ink, colors.quiet, colors.grid, *colors.palette.values()}
