"""A figure can be read from the last row: large letters, nothing overlaps, nothing is empty."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import catalogue
from experiments.figures.line_ends import spread
from experiments.figures.naming import Naming, folded
from experiments.figures.plotting import draw_figure, style
from experiments.figures.rows import lines_of
from experiments.framework import manifest, results, tables
from experiments.framework.figure import Bars

RESULTS = Path(__file__).parents[3] / "results"
SLIDE = 1280
"""How wide a figure is on a slide, in pixels."""

APART = 6
"""How many pixels there are at least between two texts beside each other."""

FIGURES = [
    pytest.param(name, figure, id=f"{name}-{figure.name}")
    for name in catalogue.names()
    for figure in catalogue.load(name).figures
]


def drawn(name, figure, language):
    experiment = results.experiment_of(name, catalogue.load(name), manifest.read(RESULTS / name))
    with style("light"):
        canvas = draw_figure(
            figure, tables.read(experiment, RESULTS / name), Naming(language, experiment)
        )
        canvas.set_dpi(SLIDE / canvas.get_figwidth())
        canvas.draw_without_rendering()
    return canvas


def letters(canvas):
    """Go through what is written in a figure."""
    yield from canvas.texts
    for legend in canvas.legends:
        yield from legend.get_texts()
    for axes in canvas.axes:
        yield from (axes.xaxis.label, axes.yaxis.label, *axes.texts)
        yield axes._left_title
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if tick.label1.get_visible() and low <= tick.get_loc() <= high:
                    yield tick.label1


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_on_a_slide_letters_are_large_and_do_not_overlap(name, figure, language):
    canvas = drawn(name, figure, language)
    written = [text for text in letters(canvas) if text.get_text().strip()]
    boxes = [text.get_window_extent() for text in written]
    for text, box in zip(written, boxes, strict=True):
        assert text.get_fontsize() / 72 * canvas.dpi >= 18, text
        assert 0 <= box.x0 < box.x1 <= canvas.bbox.width, text
        assert 0 <= box.y0 < box.y1 <= canvas.bbox.height, text
    for (one, here), (other, there) in combinations(zip(written, boxes, strict=True), 2):
        across = min(here.x1, there.x1) - max(here.x0, there.x0) + APART
        up = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert min(across, up) <= 1, (one, other)


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_a_figure_has_at_most_four_lines_a_panel_and_no_empty_place(name, figure):
    canvas = drawn(name, figure, "en")
    written = tables.read(catalogue.load(name), RESULTS / name)
    for panel in figure.panels:
        if not isinstance(panel, Bars):
            assert 1 <= len(list(lines_of(written.of(panel), panel, catalogue.load(name)))) <= 4
    assert len(canvas.axes) == len(figure.panels)
    places = [axes.get_subplotspec() for axes in canvas.axes]
    taken = sum(len(place.rowspan) * len(place.colspan) for place in places)
    rows, columns = canvas.axes[0].get_gridspec().get_geometry()
    assert taken == rows * columns


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 0.2)), max_size=5))
def test_names_that_would_touch_are_moved_apart_and_the_others_stay(ends):
    ends.sort()
    wanted, sizes = [place for place, _ in ends], [size for _, size in ends]
    places = spread(wanted, sizes)
    assert len(places) == len(ends)
    for (low, high), (under, over) in zip(pairwise(places), pairwise(sizes), strict=True):
        assert high - low >= (under + over) / 2 - 1e-9
    for place, size in zip(places, sizes, strict=True):
        assert size / 2 - 1e-9 <= place <= 1 - size / 2 + 1e-9


def test_two_names_that_touch_are_moved_by_the_same_and_a_third_is_not():
    assert spread([0.3, 0.32, 0.8], [0.1, 0.1, 0.1]) == pytest.approx([0.26, 0.36, 0.8])


def test_a_text_is_folded_evenly_and_a_number_stays_with_what_it_counts():
    assert folded("one two three four", 14) == "one two\nthree four"
    assert folded("at most 3 attempts", 10) == "at most\n3\N{NO-BREAK SPACE}attempts"
    assert folded("une politique : la mienne", 14) == "une\npolitique\N{NO-BREAK SPACE}:\nla mienne"
    assert folded("anticonstitutionnel", 5) == "anticonstitutionnel"


def test_of_two_lines_that_coincide_the_one_below_is_wider():
    (figure,) = (f for f in catalogue.load("delivery_guarantees").figures if f.name != "patience")
    lost = drawn("delivery_guarantees", figure, "en").axes[0]
    best, most, least, exactly = (box.lines[0].get_linewidth() for box in lost.containers)
    assert best >= most + 2  # points: one on each side
    assert least >= exactly + 2


def test_a_storm_ends_before_the_last_calls_come():
    (figure,) = catalogue.load("circuit_breaker").figures
    for axes in drawn("circuit_breaker", figure, "en").axes:
        steady = axes.get_lines()[1].get_ydata()[-10:]  # with a retry budget
        assert min(steady) > 0.9 * max(steady)
