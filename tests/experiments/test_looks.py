"""Lines and bars are told apart without color, in every published figure."""

import re
from pathlib import Path

import pytest
from matplotlib.container import BarContainer, ErrorbarContainer

from experiments import catalogue, published, tables
from experiments.base import Bars, Timeline
from experiments.labels import labels
from experiments.looks import GUARANTEES, OTHERS, looks_in
from experiments.panels import lines_of
from experiments.plotting import draw_figure, style
from simulator.drawing import THEMES

RESULTS = Path(__file__).parents[2] / "results"
FIGURES = [
    pytest.param(name, figure, id=f"{name}-{figure.name}")
    for name in catalogue.names()
    for figure in catalogue.load(name).figures
]


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_two_lines_or_bars_of_a_panel_look_alike_in_grey(name, figure):
    experiment = published.experiment_of(name, published.manifest_of(RESULTS / name))
    written = tables.read(experiment, RESULTS / name)
    with style("light"):
        drawn = draw_figure(name, experiment, figure, written, labels("en"))
    for panel, axes in zip(figure.panels, drawn.axes, strict=False):
        shown = list(lines_of(written.of(panel), panel, experiment))
        if isinstance(panel, Bars):
            bars = [box for box in axes.containers if isinstance(box, BarContainer)]
            seen = [bar.patches[0].get_hatch() for bar in bars]
        elif isinstance(panel, Timeline):
            lines = axes.get_lines()
            assert len({str(line._unscaled_dash_pattern) for line in lines}) == len(lines)
            seen = [line.get_marker() for line in lines]
        else:
            points = [box for box in axes.containers if isinstance(box, ErrorbarContainer)]
            seen = [point.lines[0].get_marker() for point in points]
        assert len(seen) == len(shown) > 0
        assert len(set(seen)) == len(seen), seen


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_no_two_names_of_a_legend_look_alike(name, figure):
    looks = looks_in(figure.panels, catalogue.load(name))
    assert len({look.marker for look in looks.values()}) == len(looks)
    assert len({look.color for look in looks.values()}) == len(looks)
    for (_, key), look in looks.items():
        assert GUARANTEES.get(str(key), look) == look


@pytest.mark.parametrize("looks", [GUARANTEES.values(), OTHERS])
def test_each_look_has_a_color_a_marker_dashes_and_a_hatch_of_its_own(looks):
    for part in ("color", "marker", "dashes", "hatch"):
        assert len({str(getattr(look, part)) for look in looks}) == len(looks), part


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
        assert len(light) == len(dark) > 5


def _colors(theme):
    colors = THEMES[theme]
    return {colors.paper, colors.ink, colors.quiet, colors.grid, *colors.palette.values()}
