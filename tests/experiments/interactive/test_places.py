"""Places: the panels of a view stay where they were, and its picture is that of a fresh drawing."""

from io import BytesIO

from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.layout_engine import ConstrainedLayoutEngine

from experiments.interactive.chart import chart
from experiments.interactive.places import Places
from simulator.drawing.canvas import png


def figure_to(top):
    figure, axes = chart("en", "A line")
    axes.plot([0, 1], [0, top])
    return figure


def pixels(data):
    return imread(BytesIO(data))


def test_a_picture_is_the_one_that_is_drawn_afresh_wherever_its_panels_stood_before():
    places = Places()
    for top in (1.0, 0.9, 50_000.0, 1.0, 40_000.0):  # numbers up the side need room, then less
        drawn = pixels(places.png(figure_to(top)))
        assert (drawn == pixels(png(figure_to(top)))).all()


def test_places_are_found_once_for_numbers_of_a_length(monkeypatch):
    ran = []
    run = ConstrainedLayoutEngine.execute

    def counted(engine, figure):
        ran.append(figure)
        return run(engine, figure)

    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", counted)
    places = Places()
    for top in (1.0, 50_000.0):
        places.png(figure_to(top))
    ran.clear()
    for top in (0.9, 40_000.0, 1.0):
        places.png(figure_to(top))
    assert not ran


def test_a_figure_without_a_layout_is_drawn_as_it_is():
    def bare():
        figure = Figure(figsize=(2, 2))
        figure.subplots().plot([0, 1])
        return figure

    places = Places()
    for _ in range(2):
        assert (pixels(places.png(bare())) == pixels(png(bare()))).all()
