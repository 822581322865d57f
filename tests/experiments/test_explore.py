"""A move of a control changes the picture; what it shows is what the scenario gives."""

import pytest

from experiments.explore import GUARANTEES, METRICS, Picture, explore, scenario_of
from simulator import simulate


def shown(widget):
    *controls, image = widget.children
    return controls, bytes(image.value)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_control_changes_the_picture(language):
    pytest.importorskip("ipywidgets")
    widget = explore(language, messages=500)
    controls, before = shown(widget)
    assert before.startswith(b"\x89PNG")
    for control, value in zip(controls, ("exactly_once", 0.5, 0.1, 0.4, 5), strict=True):
        control.value = value
        _, after = shown(widget)
        assert after != before
        before = after


def test_the_picture_shows_the_metrics():
    outcome = simulate(scenario_of(loss=0.5, messages=1_000))
    picture = Picture("fr")
    picture.show(outcome)
    numbers = [number.get_text() for number in picture._numbers]
    expected = [f"{outcome.summary[metric]:.3g}".replace(".", ",") for metric in METRICS]
    assert numbers == expected


def test_the_picture_is_drawn_for_dark_pages_too():
    assert Picture("en", "dark").png() != Picture("en").png()


def test_the_controls_make_every_guarantee_and_refuse_others():
    kinds = {type(scenario_of(guarantee=name).guarantee) for name in GUARANTEES}
    assert len(kinds) == 4
    with pytest.raises(ValueError, match=r"explore\.guarantee"):
        scenario_of(guarantee="twice")
