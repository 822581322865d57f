"""A move of a control draws the view again; a bad control is refused by name."""

import base64
import io

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from experiments.interactive.chart import chart
from experiments.interactive.guarantees import (
    GUARANTEES,
    METRICS,
    Picture,
    explore_guarantees,
    scenario_of,
)
from simulator import simulate

pytest.importorskip("ipywidgets")
from experiments.interactive.explore import explore


def parts(explored):
    panel, image = explored.widget.children
    return list(panel.kwargs_widgets), image


def view(loss=0.2, attempts=3):
    figure, axes = chart("fr")
    axes.bar(["a", "b"], [loss, loss**attempts])
    return figure


def test_a_move_draws_the_view_with_the_new_value_and_the_others():
    seen = []

    def watched(loss=0.2, attempts=3):
        seen.append((loss, attempts))
        return view(loss, attempts)

    controls, image = parts(explore(watched, loss=(0.0, 0.9, 0.1), attempts=(1, 8)))
    before = bytes(image.value)
    controls[0].value = 0.5
    controls[1].value = 2
    assert seen[-2:] == [(0.5, 3), (0.5, 2)]
    assert bytes(image.value).startswith(b"\x89PNG")
    assert bytes(image.value) != before


@pytest.mark.parametrize(("language", "written"), [("en", "0.3"), ("fr", "0,3")])
def test_a_slider_writes_its_values_as_the_language_does(language, written):
    controls, _ = parts(explore(view, language, loss=(0.0, 0.9, 0.1), attempts=(1, 8)))
    labels = [label for label, _ in controls[0].options]
    assert (labels[3], len(labels)) == (written, 10)  # 3 × 0.1 in floats is 0.30000000000000004


def test_a_figure_of_pyplots_is_drawn_and_closed():
    def usual(loss=0.2):
        figure, axes = plt.subplots()
        axes.plot([0, loss])
        return figure

    _, image = parts(explore(usual, loss=(0.0, 0.9, 0.1)))
    assert bytes(image.value).startswith(b"\x89PNG")
    assert not plt.get_fignums()


def test_who_only_reads_sees_the_picture_and_for_which_values():
    bundle = explore(view, "fr", loss=(0.0, 0.9, 0.1), attempts=(1, 8))._repr_mimebundle_()
    shown, drawn = (
        imread(io.BytesIO(png))
        for png in (base64.b64decode(bundle["image/png"]), view()._repr_png_())
    )
    assert (shown == drawn).all()
    assert "Taux de perte, dans chaque sens = 0,2 ; Tentatives au plus = 3." in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle  # for who runs it


@pytest.mark.parametrize(("language", "label"), [("en", "Loss rate, each way"), ("fr", "Taux de")])
def test_controls_are_named_in_the_language(language, label):
    controls, _ = parts(explore(view, language, loss=(0.0, 0.9, 0.1), attempts=(1, 8)))
    assert controls[0].description.startswith(label)


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ({"loss": (0.0, 0.9)}, r"explore\.controls must be the view's arguments"),
        ({"loss": (0.0, 0.9), "attempts": (1, 8), "los": (0, 1)}, r"explore\.controls"),
        ({"loss": (0.5, 0.9), "attempts": (1, 8)}, r"explore\.loss must be a start within"),
        ({"loss": (0.0, 0.9), "attempts": [1, 2]}, r"explore\.attempts must be a start within"),
        (
            {"loss": (0.9, 0.0), "attempts": (1, 8)},
            r"explore\.loss must be .*low below high",
        ),
        ({"loss": (0.0, 0.9, 0.0), "attempts": (1, 8)}, r"explore\.loss must be .*step above 0"),
        ({"loss": ("a", "b"), "attempts": (1, 8)}, r"explore\.loss must be \(low, high\), "),
        ({"loss": None, "attempts": (1, 8)}, r"explore\.loss must be .*, got None"),
    ],
)
def test_a_bad_control_is_refused(controls, message):
    with pytest.raises(ValueError, match=message):
        explore(view, **controls)


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        (3, "must be a function from values to a picture, got 3"),
        (lambda loss: loss, "must be a function whose argument loss has a default"),
        (lambda loss=0.2: loss, "must be a function that returns a picture, as a figure, got 0.2"),
    ],
)
def test_what_is_no_view_is_refused(shown, message):
    with pytest.raises(ValueError, match=rf"explore\.view {message}"):
        explore(shown, loss=(0.0, 0.9))


def test_a_figure_shows_itself_without_pyplot():
    figure, _ = chart("en", "Load", "Goodput", x="Time (s)")
    assert isinstance(figure, Figure)
    assert repr(figure) == "Load; Goodput; Time (s)"
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_numbers_along_the_axes_are_written_as_the_language_does():
    figure, axes = chart("fr")
    axes.set_xlim(0, 1)
    figure.canvas.draw()
    assert "0,2" in [label.get_text() for label in axes.get_xticklabels()]


def test_names_along_the_axes_stay_names():
    figure, axes = chart("fr", "Perdus")
    axes.bar(["a", "b"], [0.5, 1])
    figure.canvas.draw()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b"]
    assert axes.get_title(loc="left") == "Perdus"


def test_each_title_has_axes_of_its_own():
    _, (left, right) = chart("en", "Load", "Goodput", x="Time (s)")
    assert [axes.get_title(loc="left") for axes in (left, right)] == ["Load", "Goodput"]
    assert left.get_xlabel() == "Time (s)"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_control_of_a_guarantee_changes_the_picture(language):
    controls, image = parts(explore_guarantees(language, messages=500))
    before = bytes(image.value)
    for control, value in zip(controls, ("exactly_once", 0.5, 0.1, 0.4, 5), strict=True):
        control.value = value
        assert bytes(image.value) != before
        before = bytes(image.value)


def test_the_picture_shows_the_metrics():
    outcome = simulate(scenario_of(loss=0.5, messages=1_000))
    picture = Picture("fr")
    picture.show(outcome)
    numbers = [number.get_text() for number in picture._numbers]
    expected = [f"{outcome.summary[metric]:.3g}".replace(".", ",") for metric in METRICS]
    assert numbers == expected


def test_the_picture_is_drawn_for_dark_pages_too():
    assert Picture("en", "dark")._repr_png_() != Picture("en")._repr_png_()


def test_the_controls_make_every_guarantee_and_refuse_others():
    kinds = {type(scenario_of(guarantee=name).guarantee) for name in GUARANTEES}
    assert len(kinds) == 4
    with pytest.raises(ValueError, match=r"scenario_of\.guarantee"):
        scenario_of(guarantee="twice")
